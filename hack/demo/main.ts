/** `make demo`: one approval, from `kubectl apply` to the token, on a real API server with everything started for it. */
import type { ApprovalRequest, Outcome } from '../../src/api/objects.ts'
import { agentWith, exampleManifest, isAsked, isFinal, type Agent } from './agent.ts'
import { startCluster, type Cluster } from './cluster.ts'
import { kubeconfigFor, logged } from './processes.ts'
import { done, sayAudit, sayConditions, sayOutcome, sayToken } from './screen.ts'
import { runDemo, type Session } from './session.ts'

await runDemo({
  name: 'make demo',
  description: 'Asks alice for one approval, on a real API server with the embedded OpenID Provider.',
  start: startCluster,
  run,
})

async function run(cluster: Cluster, { directory, signal, getAnswer }: Session): Promise<Outcome> {
  const agent = agentWith(await kubeconfigFor(cluster.controlPlane, directory, 'demo/agent-release-bot'))
  await agent.apply(exampleManifest())
  done('applied', 'IdentityProvider/embedded  ApprovalPolicy/prod-promotions  ApprovalRequest/foo-v2')

  const asked = await agent.until('foo-v2', (request) => isAsked(request) || isFinal(request), signal)
  if (!isFinal(asked)) await getAnswer(asked, cluster)
  const finished = await agent.until('foo-v2', isFinal, signal)
  await show(finished, agent, cluster.controllerLog)
  return finished.status?.outcome ?? 'Failed'
}

async function show(request: ApprovalRequest, agent: Agent, controllerLog: string): Promise<void> {
  sayOutcome(request)
  sayConditions(request)
  const { secretName } = request.status ?? {}
  if (secretName !== undefined)
    sayToken(`${request.metadata.namespace ?? ''}/${secretName}`, await agent.readToken(secretName))
  sayAudit(await logged(controllerLog, ({ msg }) => msg === 'audit'))
}
