/** What comes next for a request that has ended: its token's Secret is deleted, and later the request itself. Pure. */
import type { ApprovalRequest } from '../../api/objects.ts'
import { deliversToken } from '../answer/delivery.ts'
import { earlier, secondsAfter, secondsOf } from '../duration.ts'
import { wasTaken } from '../prompt/prompt.ts'
import { summaryOf } from './conditions.ts'
import type { Observed, Settings } from './observed.ts'
import { isOfSeveral } from './part.ts'

/** A member of `Step`, see step.ts. */
export type FinishedStep =
  | { readonly kind: 'Wait'; readonly until: Date }
  | { readonly kind: 'DeleteToken' }
  | { readonly kind: 'DeleteRequest' }

/** For a request that has an outcome. */
export function finishedStep({ request, progress }: Observed, settings: Settings, now: Date): FinishedStep {
  const ttl = request.spec.ttlAfterFinished
  const finishedAt = summaryOf(request)?.lastTransitionTime ?? ''
  const retainedUntil = secondsAfter(
    finishedAt,
    ttl === undefined ? settings.retentionSeconds : secondsOf(ttl),
  )
  if (now >= retainedUntil) return { kind: 'DeleteRequest' }
  const tokenEndsAt = tokenEndOf(request, settings)
  if (tokenEndsAt === undefined || progress?.kind === 'Spent') return { kind: 'Wait', until: retainedUntil }
  if (now >= tokenEndsAt) return { kind: 'DeleteToken' }
  return { kind: 'Wait', until: earlier(tokenEndsAt, retainedUntil) }
}

/**
 * When to delete the token's Secret. A process that stood still while it stored the token may have left one behind a request
 * that has ended otherwise since; by then it is of no use any more. Behind a denial it is deleted at once: what the others had
 * approved was stored while one of them denied.
 */
function tokenEndOf(request: ApprovalRequest, { approvalSeconds }: Settings): Date | undefined {
  const { outcome, tokenExpiresAt, effective } = request.status ?? {}
  if (tokenExpiresAt !== undefined) return new Date(tokenExpiresAt)
  const isOverruled = outcome === 'Denied' && isOfSeveral(request)
  const hasEndedOtherwise =
    isOverruled || outcome === 'Failed' || outcome === 'Expired' || outcome === 'Withdrawn'
  if (!hasEndedOtherwise || !deliversToken(request) || !wasTaken(request)) return undefined
  const lifeSeconds = isOverruled ? 0 : (effective?.tokenMaxLifetimeSeconds ?? approvalSeconds)
  return secondsAfter(summaryOf(request)?.lastTransitionTime ?? '', lifeSeconds)
}
