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
import { done, failed, say, sayAsked } from './screen.ts'

export type Session = {
  readonly directory: string
  /** The policy that was chosen, if any. */
  readonly policy: string | undefined
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** The next one answers by herself (`APPROVE=`, `DENY=`), or the person at the screen does. */
  readonly getAnswer: (request: ApprovalRequest, from: Asked) => Promise<void>
}

type Asked = Pick<ClusterWithoutController, 'inboxUrl' | 'people'>

export type Demo<Cluster> = {
  readonly name: string
  readonly description: string
  /** Policies of deploy/examples/policies that can be chosen. */
  readonly policies?: readonly string[]
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
      const outcome = await demo.run(cluster, { directory, signal, getAnswer, policy: options.policy })
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

type Approver = NonNullable<NonNullable<ApprovalRequest['status']>['effective']>['approvers'][number]

/** Called again when one of several has answered: those who answer by themselves do so one after the other. */
async function answerOf(
  { approve = [], deny }: Options,
  request: ApprovalRequest,
  { inboxUrl, people }: Asked,
): Promise<void> {
  const { namespace = '', name } = request.metadata
  const { approvers = [], policy = '' } = request.status?.effective ?? {}
  const answered = (request.status?.prompts ?? []).filter(({ state }) => state !== undefined).length
  if (answered === 0) sayAsked(request, `${inboxUrl}/requests/${namespace}/${name}`)
  const answering = deny === undefined ? approve : [...approve, deny]
  const username = answering[answered]
  if (username === undefined) {
    if (answered === answering.length) sayLogins(approvers, people)
    return
  }
  const person = people.find((candidate) => candidate.username === username)
  if (person === undefined || !approvers.some(({ hint }) => hint === username))
    throw new WrongInputError(
      `${username} is not asked, and cannot answer; ${approvers.map(({ hint }) => hint).join(' and ')} ${approvers.length === 1 ? 'is' : 'are'} asked, as ApprovalPolicy ${policy} says`,
    )
  const decision = username === deny ? 'deny' : 'approve'
  await answerAs({ ...person, inboxUrl, request: { namespace, name }, decision })
}

function sayLogins(approvers: readonly Approver[], people: Asked['people']): void {
  for (const { username, password } of people) {
    const isAsked = approvers.some(({ hint }) => hint === username)
    const whose = isAsked ? 'who is asked' : 'who is not, and sees no question'
    say(`  log in as ${username}, ${whose}, with the password ${password}`)
  }
}
