/** What every demo is: a cluster that is started, used, and ended, by Ctrl-C at any time; and somebody who answers. */
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApprovalRequest, Outcome } from 'countersign/api'
import type { ClusterWithoutController, Tell } from '../local/cluster.ts'
import { directoryOfPeople } from '../local/embedded-provider.ts'
import { answerAs } from '../local/person.ts'
import { broken, exitCodeFor, interrupted, parseOptions, WrongInputError, wrongInput } from './options.ts'
import type { Options } from './options.ts'
import { done, failed, say } from './screen.ts'

export type Session = {
  readonly directory: string
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** Somebody answers by herself (`APPROVE=`, `DENY=`), or the person at the screen does. */
  readonly getAnswer: (request: ApprovalRequest, from: Asked) => Promise<void>
}

type Asked = Pick<ClusterWithoutController, 'inboxUrl' | 'people'>

export type Demo<Cluster> = {
  readonly name: string
  readonly description: string
  readonly start: (directory: string, tell: Tell) => Promise<Cluster>
  /** @returns how the question ended */
  readonly run: (cluster: Cluster, session: Session) => Promise<Outcome>
}

/** Sets the exit code of this process. */
export async function runDemo<Cluster extends Pick<ClusterWithoutController, 'stop'>>(
  demo: Demo<Cluster>,
): Promise<void> {
  const names = directoryOfPeople().people.map(({ username }) => username)
  const options = parseOptions(process.argv, demo, names)
  const signal = interruption()
  const directory = mkdtempSync(join(tmpdir(), 'countersign-demo-'))
  const getAnswer: Session['getAnswer'] = (request, from) => answerOf(options, request, from)
  say('… starting a cluster; Ctrl-C ends it at any time')
  try {
    // What has started by then is ended by whoever started it.
    const cluster = await demo.start(directory, (what, details) => {
      signal.throwIfAborted()
      done(what, details)
    })
    try {
      const outcome = await demo.run(cluster, { directory, signal, getAnswer })
      process.exitCode = exitCodeFor(outcome, options)
      await stayUp(options, signal)
    } finally {
      await cluster.stop()
    }
  } catch (error) {
    // Whatever fails once Ctrl-C was pressed fails because of it.
    if (signal.aborted) say('stopped')
    else failed('failed', error instanceof Error ? error.message : String(error))
    process.exitCode = exitCodeAfter(error, signal)
  }
}

function exitCodeAfter(error: unknown, { aborted }: AbortSignal): number {
  if (aborted) return interrupted
  return error instanceof WrongInputError ? wrongInput : broken
}

/** Aborted by Ctrl-C and SIGTERM. A second one changes nothing: the cluster is being ended already. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (!controller.signal.aborted) say('\n… ending the cluster')
      controller.abort()
    })
  }
  return controller.signal
}

async function stayUp(options: Options, signal: AbortSignal): Promise<void> {
  if (options.approve !== undefined || options.deny !== undefined || !process.stdout.isTTY) return
  say('\nThe cluster stays up to look around in. Ctrl-C ends it.')
  if (!signal.aborted) await once(signal, 'abort')
}

async function answerOf(
  { approve, deny }: Options,
  request: ApprovalRequest,
  { inboxUrl, people }: Asked,
): Promise<void> {
  const { namespace = '', name } = request.metadata
  const address = `${inboxUrl}/requests/${namespace}/${name}`
  say(
    `… waiting for ${request.status?.approverSummary ?? ''}   code ${request.status?.code ?? ''}   ${address}`,
  )
  const username = approve ?? deny
  if (username === undefined) {
    const [asked] = request.status?.effective?.approvers ?? []
    for (const { username: name, password } of people) {
      const whose = name === asked?.hint ? 'who is asked' : 'who is not, and sees no question'
      say(`  log in as ${name}, ${whose}, with the password ${password}`)
    }
    return
  }
  const person = people.find((candidate) => candidate.username === username)
  const hint = request.status?.effective?.approvers[0]?.hint
  if (person === undefined || (hint !== undefined && hint !== username))
    throw new WrongInputError(
      `${username} is not asked, and cannot answer; ${hint ?? 'somebody else'} is asked, as ApprovalPolicy ${request.status?.effective?.policy ?? ''} says`,
    )
  await answerAs({
    ...person,
    inboxUrl,
    request: { namespace, name },
    decision: approve === undefined ? 'deny' : 'approve',
  })
}
