/** `make demo`: one approval, from `kubectl create` to the token, on a real API server with everything started for it. */
import { fileURLToPath } from 'node:url'
import type { ApprovalRequest, Outcome } from 'countersign/api'
import { kubectl } from '../envtest/kubectl.ts'
import { agentWith, exampleManifest } from '../local/agent.ts'
import type { Agent } from '../local/agent.ts'
import { startCluster } from '../local/cluster.ts'
import type { Cluster } from '../local/cluster.ts'
import { follow } from './follow.ts'
import { kubeconfigFor, logged } from '../local/processes.ts'
import { done, sayAudit, sayConditions, sayOutcome, sayToken } from './screen.ts'
import { runDemo } from './session.ts'
import type { Session } from './session.ts'

await runDemo({
  name: 'make demo',
  description: 'Asks alice for one approval, on a real API server with the embedded OpenID Provider.',
  policies: ['two-people'],
  start: startCluster,
  run,
})

async function run(cluster: Cluster, { directory, signal, getAnswer, policy }: Session): Promise<Outcome> {
  if (policy !== undefined) await apply(policy, cluster)
  const agent = agentWith(await kubeconfigFor(cluster.controlPlane, directory, 'demo/agent-release-bot'))
  const uid = await agent.create(exampleManifest())
  const rule = `ApprovalPolicy/${policy ?? 'prod-promotions'}`
  done('applied', `IdentityProvider/embedded  ${rule}  ApprovalRequest/foo-v2`)

  const finished = await follow(uid, {
    read: () => agent.read('foo-v2'),
    answer: (request) => getAnswer(request, cluster),
    signal,
  })
  if (finished === undefined) return 'Withdrawn'
  await show(finished, agent, cluster.controllerLog)
  return finished.status?.outcome ?? 'Failed'
}

/** Returns once the controller knows the policy: a request that comes before is decided by the one of lower priority. */
async function apply(policy: string, { controlPlane: { kubeconfig } }: Cluster): Promise<void> {
  const file = fileURLToPath(new URL(`../../deploy/examples/policies/${policy}.yaml`, import.meta.url))
  await kubectl({ kubeconfig, args: ['apply', '--server-side', `--filename=${file}`] })
  await kubectl({ kubeconfig, args: ['wait', `apol/${policy}`, '--for=condition=Ready', '--timeout=30s'] })
}

async function show(request: ApprovalRequest, agent: Agent, controllerLog: string): Promise<void> {
  sayOutcome(request)
  sayConditions(request)
  const { secretName } = request.status ?? {}
  if (secretName !== undefined)
    sayToken(`${request.metadata.namespace ?? ''}/${secretName}`, await agent.tokenOf(request))
  const { uid: own } = request.metadata
  sayAudit(await logged(controllerLog, ({ msg, uid }) => msg === 'audit' && uid === own))
}
