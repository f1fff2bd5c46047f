import { Command, InvalidArgumentError, Option } from 'commander'
import type { Outcome } from 'countersign/api'

export type Options = {
  /** Who approve by themselves, one after the other, through the same pages as a person. */
  readonly approve?: readonly string[]
  /** Who denies, after those who approve. */
  readonly deny?: string
  /** A policy of deploy/examples/policies, which counts before the founding example's. */
  readonly policy?: string
}

/** For scripts: 0 if it went as asked, else by outcome. */
export function exitCodeFor(outcome: Outcome, { deny }: Options): number {
  const asked: Outcome = deny === undefined ? 'Approved' : 'Denied'
  return outcome === asked ? 0 : exitCodes[outcome]
}

/** As approve.sh has them; an approval is unasked for only where a denial was asked for. */
const exitCodes: Readonly<Record<Outcome, number>> = {
  Approved: 3,
  Denied: 1,
  Expired: 2,
  Withdrawn: 5,
  Failed: 3,
}

/** Ctrl-C or SIGTERM, before the request was answered. */
export const interrupted = 130
/** An option that cannot be, or a person who is not asked (EX_USAGE of sysexits.h), as approve.sh has it. */
export const wrongInput = 64
/** The demo itself does not work (EX_SOFTWARE of sysexits.h). */
export const broken = 70

/** Something that whoever started the demo has to change; its message says what. */
export class WrongInputError extends Error {
  override readonly name = 'WrongInputError'
}

/** `policies`: those that can be chosen; none if absent. */
export type Usage = {
  readonly name: string
  readonly description: string
  readonly policies?: readonly string[]
}

/**
 * Ends the process with `wrongInput`, and a sentence, where the options cannot be.
 * @param people who exist at the demo's provider
 */
export function parseOptions(
  argv: readonly string[],
  { name, description, policies = [] }: Usage,
  people: readonly string[],
): Options {
  const person = (username: string): string => {
    if (people.includes(username)) return username
    throw new InvalidArgumentError(
      `Nobody at the demo's provider is called that; there are ${people.join(', ')}.`,
    )
  }
  const several = (usernames: string): readonly string[] => usernames.split(',').map(person)
  const approve = new Option('--approve <person>', `let this person approve (${name} APPROVE=alice)`)
  const deny = new Option('--deny <person>', `let this person deny (${name} DENY=alice)`)
  const command = new Command(name)
    .description(description)
    .addOption(approve.argParser(several))
    .addOption(deny.argParser(person))
  if (policies.length > 0) command.addOption(policyOption(name, policies))
  const options = command
    .addHelpText(
      'after',
      '\nExit codes: 0 as asked, 1 denied, 2 expired, 3 failed, 5 withdrawn, 64 wrong input, 70 the demo does not work, 130 stopped.',
    )
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : wrongInput))
    .parse(argv)
    .opts<Options>()
  const problem = problemOf(options)
  if (problem !== undefined) command.error(`error: ${problem}`)
  return options
}

function problemOf({ policy, approve = [], deny }: Options): string | undefined {
  const answering = deny === undefined ? approve : [...approve, deny]
  if (policy === undefined && answering.length > 1)
    return "option '--approve <person>' cannot be used with option '--deny <person>', or with several people: one person decides"
  return new Set(answering).size < answering.length ? 'a person answers once' : undefined
}

function policyOption(name: string, policies: readonly string[]): Option {
  const [example = ''] = policies
  return new Option('--policy <name>', `let this policy decide (${name} POLICY=${example})`).choices(policies)
}
