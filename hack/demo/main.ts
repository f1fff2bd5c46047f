/** `make demo`: one approval, from `kubectl apply` to the token, on a real API server with everything started for it. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import type { ApprovalRequest } from '../../src/api/objects.ts'
import { agentWith, exampleManifest, isAsked, isFinal, type Agent } from './agent.ts'
import { startCluster, type Cluster } from './cluster.ts'
import { exitCodeFor, parseOptions } from './options.ts'
import { answerAs } from './person.ts'
import { kubeconfigFor, logged } from './processes.ts'
import { done, say, sayAudit, sayConditions, sayOutcome, sayToken } from './screen.ts'

const options = parseOptions(process.argv)
const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    interruption.abort()
  })
}

const directory = mkdtempSync(join(tmpdir(), 'countersign-demo-'))
try {
  const cluster = await startCluster(directory, done)
  try {
    process.exitCode = await run(cluster)
  } finally {
    await cluster.stop()
  }
} catch (error) {
  // Whatever fails once Ctrl-C was pressed fails because of it.
  if (!interruption.signal.aborted) throw error
  say('stopped')
  process.exitCode = 130
}

async function run({ controlPlane, inboxUrl, controllerLog, people }: Cluster): Promise<number> {
  const { signal } = interruption
  const agent = agentWith(await kubeconfigFor(controlPlane, directory, 'demo/agent-release-bot'))
  await agent.apply(exampleManifest())
  done('applied', 'IdentityProvider/embedded  ApprovalPolicy/prod-promotions  ApprovalRequest/foo-v2')

  const asked = await agent.until('foo-v2', (request) => isAsked(request) || isFinal(request), signal)
  if (!isFinal(asked)) await getAnswer(asked, { inboxUrl, people })
  const finished = await agent.until('foo-v2', isFinal, signal)
  await show(finished, agent, controllerLog)
  if (options.approve === undefined && options.deny === undefined && process.stdout.isTTY) {
    say('\nThe cluster stays up to look around in. Ctrl-C ends it.')
    if (!signal.aborted) await once(signal, 'abort')
  }
  return exitCodeFor(finished.status?.outcome ?? 'Failed', options)
}

/** Somebody answers by herself (`APPROVE=`, `DENY=`), or the person at the screen does. */
async function getAnswer(
  request: ApprovalRequest,
  { inboxUrl, people }: Pick<Cluster, 'inboxUrl' | 'people'>,
): Promise<void> {
  const { namespace = '', name } = request.metadata
  const address = `${inboxUrl}/requests/${namespace}/${name}`
  say(
    `… waiting for ${request.status?.approverSummary ?? ''}   code ${request.status?.code ?? ''}   ${address}`,
  )
  const { approve, deny } = options
  const username = approve ?? deny
  if (username === undefined) {
    for (const person of people) say(`  log in as ${person.username} with the password ${person.password}`)
    return
  }
  const person = people.find((candidate) => candidate.username === username)
  if (person === undefined)
    throw new Error(
      `nobody at the demo's provider is called ${username}; there are ${people.map((known) => known.username).join(', ')}`,
    )
  await answerAs({
    ...person,
    inboxUrl,
    request: { namespace, name },
    decision: approve === undefined ? 'deny' : 'approve',
  })
}

async function show(request: ApprovalRequest, agent: Agent, controllerLog: string): Promise<void> {
  sayOutcome(request)
  sayConditions(request)
  const { secretName } = request.status ?? {}
  if (secretName !== undefined)
    sayToken(`${request.metadata.namespace ?? ''}/${secretName}`, await agent.readToken(secretName))
  sayAudit(await logged(controllerLog, ({ msg }) => msg === 'audit'))
}
