import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { createTurnstile } from '../../../src/controllers/approval-request/limits/turnstile.ts'
import type { Surroundings } from '../../../src/core/request/terms.ts'
import type { Limited } from '../../../src/core/request/turns.ts'
import { aNamespace, aPolicy, aProvider } from './builders.ts'

/** Where `anApprovalRequest()` can be asked at once. */
export function surroundings(changes: ChangedSurroundings = {}): Surroundings {
  return { namespace: aNamespace(), policies: [aPolicy()], providers: [aProvider()], groups: [], ...changes }
}

/** `open`: the other requests that there are. */
export type ChangedSurroundings = Partial<Surroundings> & { readonly open?: readonly ApprovalRequest[] }

/** The limits at that moment, among the other requests that there are. */
export function limited(now: Date, { open = [] }: ChangedSurroundings = {}): Limited {
  return { counts: turnstileAmong(open).counts(now), now }
}

function turnstileAmong(requests: readonly ApprovalRequest[]): ReturnType<typeof createTurnstile> {
  const turnstile = createTurnstile({ wake: () => undefined, onAbandoned: () => undefined })
  for (const request of requests) turnstile.seen(request)
  return turnstile
}
