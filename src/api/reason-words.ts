/** What the tables of reasons are made of: the form of a row, and the sentences that several rows share. */
import type { Outcome } from './objects.ts'

type Words = { readonly meaning: string; readonly next: string }
/** `stands`: while Complete is False, or once it is True; a final one has its outcome. */
export type Row =
  | (Words & { readonly stands: 'Waiting' })
  | (Words & { readonly stands: 'Final' | 'WaitingOrFinal'; readonly outcome: Outcome })

/** How the same is asked again: ends the next step of each reason after which that makes sense. */
export const howToAskAgain = 'kubectl replace --force, or a new ApprovalRequest under another name'
/** How to ask after a denial: ends the next step where the same must not be asked again. */
export const howToAskDifferently = 'ask with a summary that says what is different'
/** Where nothing has to be fixed before. */
export const askAgain = `To ask again: ${howToAskAgain}.`
/** Where the same would fail again as things are. */
export const askAgainOnceFixed = `Once that is fixed, ask again: ${howToAskAgain}.`
/** Where the request waits for a platform engineer. */
export const askAdministrator = 'Ask a platform engineer to fix it; the request resumes automatically.'
