/** What `record` makes of an outcome, in words that fit into a table. */
import type { ApprovalRequest, IdentityProvider } from '../../../src/api/objects.ts'
import { record } from '../../../src/core/request/record.ts'
import type { ActionOutcome, Recorded } from '../../../src/core/request/outcome.ts'
import type { Progress } from '../../../src/core/request/observed.ts'
import { firstPromptId } from '../../../src/core/prompt/prompt.ts'
import { aProvider, settings } from '../builders/builders.ts'
import { surroundings } from '../builders/surroundings.ts'
import { t } from '../fakes/clocks/clock.ts'

export type Given = {
  readonly request: ApprovalRequest
  readonly progress?: Progress | undefined
  readonly seconds?: number
  readonly provider?: IdentityProvider
}

export function recorded(
  { request, progress, seconds = 10, provider = aProvider() }: Given,
  outcome: ActionOutcome,
): Recorded {
  const around = surroundings({ providers: [provider] })
  const observed = { request, prompt: firstPromptId, progress, surroundings: around }
  return record(observed, outcome, { settings, now: t(seconds) })
}

/** `Failed PromptLost`, `waiting Throttled`, or `silence` if nothing is written. */
export function saidBy({ status }: Recorded): string {
  if (status === undefined) return 'silence'
  return `${status.outcome ?? 'waiting'} ${status.conditions?.[0]?.reason ?? ''}`
}
