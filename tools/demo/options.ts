import { Command } from 'commander'
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
/** The demo itself does not work (EX_SOFTWARE of sysexits.h). */
export const broken = 70

export type Usage = { readonly name: string; readonly description: string }

export function parseOptions(argv: readonly string[], { name, description }: Usage): Options {
  return new Command(name)
    .description(description)
    .option('--approve <person>', `let this person approve (${name} APPROVE=alice)`)
    .option('--deny <person>', `let this person deny (${name} DENY=alice)`)
    .addHelpText(
      'after',
      '\nExit codes: 0 as asked, 1 denied, 2 expired, 3 failed, 5 withdrawn, 70 the demo does not work, 130 stopped.',
    )
    .parse(argv)
    .opts<Options>()
}
