/** Every YAML of deploy/argo-rollouts is accepted as it is written, and the times in it fit together. */
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { installArgoKinds } from '../../../tools/argo-rollouts/install.ts'
import { install } from '../../../tools/envtest/install.ts'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { startControlPlane } from '../../../tools/envtest/start.ts'
import type { ControlPlane } from '../../../tools/envtest/start.ts'
import { secondsOf } from '../../../src/core/duration.ts'
import { documentsOf, theBlueGreen } from '../../support/builders/rollouts.ts'

const shipped = fileURLToPath(new URL('../../../deploy/argo-rollouts/', import.meta.url))
let controlPlane: ControlPlane

before(async () => {
  controlPlane = await startControlPlane({ directory: mkdtempSync(join(tmpdir(), 'countersign-shipped-')) })
  await Promise.all([install(controlPlane.kubeconfig), installArgoKinds(controlPlane.kubeconfig)])
  await run('create', 'namespace', 'prod')
})

after(() => controlPlane.stop())

test('templates: for the cluster, and the same for one namespace', async () => {
  await run('apply', '--server-side', `--kustomize=${shipped}templates`)
  await run('apply', '--server-side', `--kustomize=${shipped}namespaced-templates`)
  const specs = async (...where: readonly string[]): Promise<unknown> => {
    const { items } = JSON.parse(await run('get', ...where, '--output=json')) as {
      readonly items: readonly { readonly metadata: { readonly name: string }; readonly spec: unknown }[]
    }
    return items.map(({ metadata, spec }) => ({ name: metadata.name, spec }))
  }
  assert.deepEqual(
    await specs('clusteranalysistemplates'),
    await specs('analysistemplates', '--namespace=prod'),
  )
})

test('access: of the namespace to the gate', async () => {
  await run('apply', '--server-side', `--kustomize=${shipped}access`)
  const identity = ['--as=system:serviceaccount:prod:countersign-gate', '--namespace=prod']
  const mayAsk = ['auth', 'can-i', 'create', 'approvalrequests.countersign.dev', '--subresource=gate']
  assert.equal((await run(...mayAsk, ...identity)).trim(), 'yes')
})

test('admission and examples', async () => {
  await run('apply', '--server-side', `--filename=${shipped}admission.yaml`)
  // The provider, which the gate's client is added to, has a page of its own.
  await run('apply', '--server-side', `--filename=${shipped}../keycloak/1-identity-provider.yaml`)
  await run('apply', '--server-side', '--field-manager=rollouts-gate', `--filename=${shipped}examples`)
})

test('a question ends before the gate stops waiting', () => {
  const [policy] = documentsOf('examples/2-approval-policy.yaml')
  const { requestedExpiry } = policy?.spec as { requestedExpiry: { default: string; max: string } }
  // Argo Rollouts counts an interval from a whole second on, so each may be a second shorter.
  const waitSeconds = (template: string): number => countOf(template) * 9
  assert.ok(waitSeconds('human-approval') > secondsOf(requestedExpiry.max))
  assert.ok(waitSeconds('human-approval-or-pause') > secondsOf(requestedExpiry.default))
})

test('blue-green shows no failure while the gate waits', () => {
  const { progressDeadlineSeconds } = theBlueGreen('bar').spec as { progressDeadlineSeconds: number }
  assert.ok(progressDeadlineSeconds > countOf('human-approval') * 10)
})

type Template = { readonly metrics: readonly { readonly interval: string; readonly count: number }[] }

function countOf(name: string): number {
  const template = documentsOf('templates/templates.yaml').find(({ metadata }) => metadata.name === name)
  const [metric] = (template?.spec as Template).metrics
  assert.equal(metric?.interval, '10s')
  return metric.count
}

function run(...args: readonly string[]): Promise<string> {
  return kubectl({ kubeconfig: controlPlane.kubeconfig, args })
}
