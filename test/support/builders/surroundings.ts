import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { createTurnstile } from '../../../src/controllers/approval-request/limits/turnstile.ts'
import type { Surroundings } from '../../../src/core/request/terms.ts'
import { aNamespace, aPolicy, aProvider } from './builders.ts'

/** Where `anApprovalRequest()` can be asked at once. */
export function surroundings({ open = [], ...changes }: ChangedSurroundings = {}): Surroundings {
  return {
    ...{ namespace: aNamespace(), policies: [aPolicy()], providers: [aProvider()] },
    countsAt: (now) => turnstileAmong(open).counts(now),
    ...changes,
  }
}

/** `open`: the other requests that there are. */
export type ChangedSurroundings = Partial<Omit<Surroundings, 'countsAt'>> & {
  readonly open?: readonly ApprovalRequest[]
}

function turnstileAmong(requests: readonly ApprovalRequest[]): ReturnType<typeof createTurnstile> {
  const turnstile = createTurnstile({ wake: () => undefined, onAbandoned: () => undefined })
  for (const request of requests) turnstile.seen(request)
  return turnstile
}
