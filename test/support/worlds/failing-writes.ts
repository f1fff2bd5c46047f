/** Status writes that fail, or whose answer is lost, in a world of tests. */
import type { World } from './approval-world.ts'

/** Before the `nth` status write from now on something happens. */
export function beforeStatusWrite({ requests }: World, nth: number, happens: () => unknown): void {
  let writes = 0
  requests.interpose({
    before: ({ verb }) => (verb === 'replaceStatus' && ++writes === nth ? happens() : undefined),
  })
}

/** The `nth` status write from now on reaches the API server, but its answer is lost. */
export function loseAnswerOfStatusWrite({ requests }: World, nth: number): void {
  let writes = 0
  requests.interpose({
    after: ({ verb }) => (verb === 'replaceStatus' && ++writes === nth ? fail() : undefined),
  })
}

/** What an API server that is away looks like to its client. */
export function fail(): never {
  throw new Error('the API server did not answer')
}
