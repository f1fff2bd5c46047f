import { Command, InvalidArgumentError, Option } from 'commander'
import type { Outcome } from 'countersign/api'

export type Options = {
  /** Who approves by herself, through the same pages as a person. */
  readonly approve?: string
  readonly deny?: string
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

export type Usage = { readonly name: string; readonly description: string }

/**
 * Ends the process with `wrongInput`, and a sentence, where the options cannot be.
 * @param people who exist at the demo's provider
 */
export function parseOptions(
  argv: readonly string[],
  { name, description }: Usage,
  people: readonly string[],
): Options {
  const person = (username: string): string => {
    if (people.includes(username)) return username
    throw new InvalidArgumentError(
      `Nobody at the demo's provider is called that; there are ${people.join(', ')}.`,
    )
  }
  const approve = new Option('--approve <person>', `let this person approve (${name} APPROVE=alice)`)
  const deny = new Option('--deny <person>', `let this person deny (${name} DENY=alice)`)
  return new Command(name)
    .description(description)
    .addOption(approve.argParser(person).conflicts('deny'))
    .addOption(deny.argParser(person))
    .addHelpText(
      'after',
      '\nExit codes: 0 as asked, 1 denied, 2 expired, 3 failed, 5 withdrawn, 64 wrong input, 70 the demo does not work, 130 stopped.',
    )
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : wrongInput))
    .parse(argv)
    .opts<Options>()
}
