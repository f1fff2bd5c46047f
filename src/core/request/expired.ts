/** What a request that was not answered in time has expired for. Pure. */
import { mayBeShown, promptOf } from '../prompt/prompt.ts'
import { expiredUnreachable } from '../sentences/fetching-messages.ts'
import { neverAsked } from '../sentences/never-asked.ts'
import { unreached } from '../sentences/progress.ts'
import { tallyOf } from '../tally/answers.ts'
import type { Observed } from './observed.ts'
import { allPrompts } from './part.ts'

/** A prompt whose id is known was shown; it expires unheard where its provider is gone, or allows no token request in time. */
export function expired({ request, prompt, surroundings }: Observed, tooLateFor: Date | undefined): string {
  const { effective, prompts = [] } = request.status ?? {}
  if (prompt === allPrompts && effective !== undefined && prompts.some(mayBeShown))
    return unreached(request, tallyOf(effective, prompts, { isOver: true }))
  if (effective === undefined || promptOf(request, prompt)?.handle === undefined)
    return neverAsked(request, tooLateFor)
  const { identityProvider: name } = effective
  const isThere = surroundings.providers.some(({ metadata }) => metadata.name === name)
  const why = isThere
    ? 'wants a longer pause between two token requests than the request had left'
    : 'was deleted'
  return expiredUnreachable(request, `IdentityProvider ${name} ${why}`)
}
