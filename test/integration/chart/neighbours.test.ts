/** What the chart renders for other projects meets the schemas that they have themselves. */
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { releaseNamespace, render } from '../../../tools/chart/render.ts'
import type { KubernetesObject, Rendering } from '../../../tools/chart/render.ts'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { startControlPlane } from '../../../tools/envtest/start.ts'
import type { ControlPlane } from '../../../tools/envtest/start.ts'
import { installNeighbours } from '../../../tools/kinds/install.ts'
import { defaultedIn } from '../../support/builders/defaults.ts'
import { everything, isOfNeighbour, renderings } from '../../support/docs/chart.ts'

/** Of its own, since other tests need one where Argo Rollouts is not. */
let controlPlane: ControlPlane | undefined

before(async () => {
  controlPlane = await startControlPlane({
    directory: mkdtempSync(join(tmpdir(), 'countersign-neighbours-')),
  })
  const { kubeconfig } = controlPlane
  await kubectl({ kubeconfig, args: ['create', 'namespace', releaseNamespace] })
  await installNeighbours(kubeconfig)
})
after(() => controlPlane?.stop())

for (const [name, rendering] of renderings) {
  test(`other projects' kinds take ${name}`, async () => {
    const objects = await forNeighbours(rendering)
    if (objects.length > 0) assert.equal((await created(objects)).length, objects.length)
  })
}

test('everything has an object of each kind', async () => {
  const kinds = (await forNeighbours({ values: everything })).map(({ kind }) => kind)
  assert.deepEqual([...new Set(kinds)].sort(), [
    'Certificate',
    'ClusterAnalysisTemplate',
    'HTTPRoute',
    'PodMonitor',
    'PrometheusRule',
    'ServiceMonitor',
  ])
})

test('other projects add nothing to their kinds', async () => {
  for (const object of await forNeighbours({ values: everything })) {
    const [stored] = await created([object], ['--output=json'])
    assert.deepEqual(defaultedIn(object, JSON.parse(stored ?? '') as KubernetesObject), [], object.kind)
  }
})

test('a field that is not theirs is refused', async () => {
  const [monitor] = (await forNeighbours({ values: everything })).filter(({ kind }) => kind === 'PodMonitor')
  const wrong = { ...monitor, spec: { ...(monitor?.spec as object), endpoints: [{ port: 'metrics' }] } }
  await assert.rejects(created([wrong]), /unknown field "spec\.endpoints"/)
})

async function forNeighbours(rendering: Rendering): Promise<readonly KubernetesObject[]> {
  return (await render(rendering)).map(({ object }) => object).filter(isOfNeighbour)
}

async function created(
  objects: readonly object[],
  flags: readonly string[] = [],
): Promise<readonly string[]> {
  assert.ok(controlPlane)
  const output = await kubectl({
    kubeconfig: controlPlane.kubeconfig,
    args: ['create', '--dry-run=server', '--validate=strict', '--filename=-', ...flags],
    input: objects.map((object) => JSON.stringify(object)).join('\n---\n'),
  })
  return flags.length > 0 ? [output] : output.trim().split('\n')
}
