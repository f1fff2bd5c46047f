/** With `--watch-namespaces`, and the rights that the chart then gives, questions of those namespaces are answered and no others. */
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parse } from 'yaml'
import { render } from '../../../tools/chart/render.ts'
import { kubectl, tryKubectl } from '../../../tools/envtest/kubectl.ts'
import { agentWith, exampleManifest, isAsked, isFinal } from '../../../tools/local/agent.ts'
import { startWithoutController } from '../../../tools/local/cluster.ts'
import type { ClusterWithoutController } from '../../../tools/local/cluster.ts'
import { answerAs } from '../../../tools/local/person.ts'
import { kubeconfigFor, linesOf } from '../../../tools/local/processes.ts'
import type { Running } from '../../../tools/local/processes.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { widenLimits } from '../../support/clusters/widen-limits.ts'

const directory = mkdtempSync(join(tmpdir(), 'countersign-watched-'))
const deadline = AbortSignal.timeout(120_000)
let cluster: ClusterWithoutController
let controller: Running

before(async () => {
  cluster = await startWithoutController(directory, () => undefined)
  await widenLimits(cluster.controlPlane.kubeconfig)
  for (const name of ['elsewhere', 'second']) {
    const labels = { 'countersign.dev/environment': 'prod' }
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })
  }
  // The cluster has the rights of the defaults; these are narrower, under the same names.
  const narrow = await render({ values: { watchNamespaces: ['demo', 'second'] } })
  const rights = narrow.filter(({ object }) => /^(Cluster)?Role(Binding)?$/.test(object.kind))
  await apply(...rights.map(({ object }) => object))
  controller = await cluster.startController({ args: ['--watch-namespaces', 'demo,second'] })
})

after(async () => {
  await controller.stop()
  await cluster.stop()
})

test('a question of a watched namespace is asked and answered, one of another is left alone', async () => {
  const example = parse(exampleManifest()) as ApprovalRequest
  const { kubeconfig } = cluster.controlPlane
  await apply({ ...example, metadata: { name: 'foo-v2', namespace: 'elsewhere' } })
  const agent = agentWith(await kubeconfigFor(cluster.controlPlane, directory, 'demo/agent-release-bot'))
  await agent.apply(exampleManifest())
  await agent.until('foo-v2', isAsked, deadline)
  const [alice] = cluster.people
  assert.ok(alice !== undefined)
  const request = { namespace: 'demo', name: 'foo-v2' }
  await answerAs({ ...alice, inboxUrl: cluster.inboxUrl, request, decision: 'approve' })
  const finished = await agent.until('foo-v2', isFinal, deadline)
  assert.equal(finished.status?.outcome, 'Approved', JSON.stringify(finished.status?.conditions))
  assert.notEqual(await agent.readToken('foo-v2.countersign'), '')

  const output = await kubectl({
    kubeconfig,
    args: ['get', 'approvalrequest', 'foo-v2', '--namespace=elsewhere', '--output=json'],
  })
  assert.equal((JSON.parse(output) as ApprovalRequest).status, undefined)
})

test('no right on Secrets or questions reaches beyond the watched namespaces', async () => {
  for (const [verb, resource, namespace, want] of [
    ['get', 'secrets', 'demo', 'yes'],
    ['get', 'secrets', 'elsewhere', 'no'],
    ['create', 'secrets', 'elsewhere', 'no'],
    ['get', 'approvalrequests', 'elsewhere', 'no'],
    ['update', 'approvalrequests --subresource=status', 'second', 'yes'],
    ['update', 'approvalrequests --subresource=status', 'elsewhere', 'no'],
  ] as const) {
    const { output } = await tryKubectl({
      kubeconfig: cluster.controlPlane.kubeconfig,
      args: [
        ...['auth', 'can-i', verb, ...resource.split(' '), `--namespace=${namespace}`],
        '--as=system:serviceaccount:countersign-system:countersign-controller',
      ],
    })
    assert.equal(output.trim(), want, `${verb} ${resource} in ${namespace}`)
  }
})

test('nothing that is needed was refused', () => {
  const complaints = linesOf(controller.logFile).filter(({ level, error }) => {
    // Argo Rollouts is not here, which is no fault.
    return (
      (level === 'warn' || level === 'error') &&
      !String(error).includes('could not find the requested resource')
    )
  })
  assert.deepEqual(complaints, [])
})

async function apply(...objects: readonly object[]): Promise<void> {
  const { kubeconfig } = cluster.controlPlane
  const input = objects.map((object) => JSON.stringify(object)).join('\n---\n')
  await kubectl({ kubeconfig, args: ['apply', '--server-side', '--force-conflicts', '--filename=-'], input })
}
