/** `make demo`: one approval, from `kubectl create` to the token, on a real API server with everything started for it. */
import type { ApprovalRequest, Outcome } from 'countersign/api'
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
  start: startCluster,
  run,
})

async function run(cluster: Cluster, { directory, signal, getAnswer }: Session): Promise<Outcome> {
  const agent = agentWith(await kubeconfigFor(cluster.controlPlane, directory, 'demo/agent-release-bot'))
  const uid = await agent.create(exampleManifest())
  done('applied', 'IdentityProvider/embedded  ApprovalPolicy/prod-promotions  ApprovalRequest/foo-v2')

  const finished = await follow(uid, {
    read: () => agent.read('foo-v2'),
    answer: (request) => getAnswer(request, cluster),
    signal,
  })
  if (finished === undefined) return 'Withdrawn'
  await show(finished, agent, cluster.controllerLog)
  return finished.status?.outcome ?? 'Failed'
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
