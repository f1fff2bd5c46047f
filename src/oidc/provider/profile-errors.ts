/** Errors that a provider names in its own way, in the words of CIBA Core §13. */
import type { PromptOutcome } from '../../core/ports/prompting.ts'
import type { Habits } from '../../core/provider/profile.ts'

/** Translates an error of the backchannel authentication endpoint, by what the profile of its provider says of errors. */
export function inWordsOfCiba(
  { promptErrors }: Pick<Habits, 'promptErrors'>,
  answer: PromptOutcome,
): PromptOutcome {
  if (answer.kind !== 'NotPrompted') return answer
  const known = promptErrors.find(
    ({ error, description }) => error === answer.error && description.test(answer.description ?? ''),
  )
  return known === undefined ? answer : { ...answer, error: known.means }
}
