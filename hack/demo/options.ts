import { Command } from 'commander'
import type { Outcome } from '../../src/api/objects.ts'

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

const exitCodes: Readonly<Record<Outcome, number>> = {
  Approved: 5,
  Denied: 3,
  Expired: 4,
  Withdrawn: 5,
  Failed: 5,
}

export function parseOptions(argv: readonly string[]): Options {
  return new Command('make demo')
    .description('Asks alice for one approval, on a real API server with the embedded OpenID Provider.')
    .option('--approve <person>', 'let this person approve (make demo APPROVE=alice)')
    .option('--deny <person>', 'let this person deny (make demo DENY=alice)')
    .addHelpText('after', '\nExit codes: 0 as asked, 3 denied, 4 expired, 5 failed.')
    .parse(argv)
    .opts<Options>()
}
