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

export type Usage = { readonly name: string; readonly description: string }

export function parseOptions(argv: readonly string[], { name, description }: Usage): Options {
  return new Command(name)
    .description(description)
    .option('--approve <person>', `let this person approve (${name} APPROVE=alice)`)
    .option('--deny <person>', `let this person deny (${name} DENY=alice)`)
    .addHelpText('after', '\nExit codes: 0 as asked, 3 denied, 4 expired, 5 failed.')
    .parse(argv)
    .opts<Options>()
}
