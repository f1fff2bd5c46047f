/** Whether a request may be put before its approver now, or what it waits for. Within a limit the oldest request is first. */
import type { ApprovalRequest, EffectiveTerms } from '../../api/objects.ts'
import { approverWith } from '../prompt/prompt.ts'
import { secondsAfter } from '../duration.ts'
import * as say from './messages.ts'
import { namespaceShareOf, namespaceShareOfHour } from './policy-limits.ts'
import { hourQueue, namespaceQueue, openQueue, requesterQueue, slotQueue } from './queues.ts'
import type { Limits } from './policy-limits.ts'
import { approverKeyOf, slotKeyOf } from './sent-prompt.ts'
import type { SentPrompt } from './sent-prompt.ts'
import * as clauses from './unasked-clauses.ts'

/** Something of which there is only so much at a time. */
export type Tally = {
  readonly count: number
  /** When each of those counted ends, in milliseconds since 1970, earliest first. */
  endsMs(): readonly number[]
  /** How many of those counted are prompts of requests that were deleted. */
  orphans(): number
  /** When each of those ends, as in `endsMs`, whose answer has no effect any more and whose request is still there. */
  unneededMs(): readonly number[]
}

/** What the operator knows of the prompts and requests that there are. */
export type Counts = {
  /** The prompts of a slot that count still, in no order. */
  promptsOf(slot: string): readonly SentPrompt[]
  openPrompts(approver: string, namespace?: string): Tally
  promptsWithinHour(approver: string, namespace?: string): Tally
  /** Other requests of this requester or namespace that wait for a prompt, or hold one. */
  openRequests(queue: string, uid: string): number
  /** Requests older than this one that wait in the same queue. */
  ahead(queue: string, request: ApprovalRequest): number
}

/** In which queue a request waits, and what people read of that. */
export type Throttle = {
  /** The id of the prompt that is not sent, and the name of who would get it. */
  readonly prompt: string
  readonly approver: string
  /** A clause that says why in few words, where others are asked; absent where the limit keeps all of them waiting. */
  readonly why?: string
  /** The approver has too much to answer, whichever requester asks: somebody else may be asked in the meantime. */
  readonly isCrowded?: true
  /** Whoever waits for the same. */
  readonly queue: string
  readonly message: string
  /** When to look again even if nothing is heard until then. */
  readonly retryAt?: Date
  /** Before when the turn of this request cannot come, whatever others do; absent if it may come at any time. */
  readonly from?: Date
}

/** One of several approvers whose turn it is and whom a limit is in the way of. */
export type Unasked = Required<Pick<Throttle, 'approver' | 'why'>>

/** A request that would be asked now. */
export type Applicant = {
  readonly request: ApprovalRequest
  readonly terms: Pick<EffectiveTerms, 'issuer' | 'approvers'>
  readonly limits: Limits
  /** The id of the prompt that would be sent. */
  readonly prompt: string
}

/** The first limit that is in the way. */
export function throttleOf(applicant: Applicant, counts: Counts, now: Date): Throttle | undefined {
  const approver = approverWith(applicant.terms, applicant.prompt)
  if (approver === undefined) return undefined
  const key = approverKeyOf(applicant.terms.issuer, approver.hint)
  const asking = { ...applicant, approver: approver.name, key, counts, now }
  // A request that somebody was asked about has its place: who is asked about it next is no other request.
  const isUnderWay = applicant.request.status?.effective !== undefined
  const found =
    (isUnderWay ? undefined : firstExceeded(asking, requestLimitsOf(asking))) ??
    slotThrottle(asking) ??
    firstExceeded(asking, promptLimitsOf(asking))
  return found && { prompt: applicant.prompt, approver: approver.name, ...found }
}

type Found = Omit<Throttle, 'prompt' | 'approver'>

type Asking = Applicant & {
  readonly approver: string
  readonly key: string
  readonly counts: Counts
  readonly now: Date
}

type Limit = {
  readonly queue: string
  readonly most: number
  readonly used: Tally
  readonly message: (use: say.Use) => string
  /** @param from when the turn may come, in a limit that nothing but time makes room in */
  readonly why?: (from: Date | undefined) => string
  /** Whether nothing but time makes room. */
  readonly isTimed?: true
  readonly isCrowded?: true
}

/** One prompt for an approver, a requester and a target, and a pause after one that brought no approval. */
function slotThrottle(asking: Asking): Found | undefined {
  const { request, approver, key, limits, counts, now } = asking
  const slot = slotKeyOf(request, key)
  const queue = slotQueue(slot)
  const others = counts.promptsOf(slot).filter(({ uid }) => uid !== request.metadata.uid)
  const isFirst = counts.ahead(queue, request) === 0
  const wait = (said: Pick<Found, 'message' | 'why'>, until: Date, from?: Date): Found => ({
    ...{ queue, ...said },
    ...(isFirst && { retryAt: until }),
    ...(from !== undefined && { from }),
  })
  const about = { ...limits, approver, target: request.spec.target }
  const open = latest(others, ({ openUntilMs }) => openUntilMs)
  if (open !== undefined && open.at > now) {
    const message = say.slotTaken(about, open.prompt, open.at)
    return wait({ message, why: clauses.slotTaken(about, open.at) }, open.at)
  }
  const refused = latest(others, ({ refusedMs }) => refusedMs)
  const pauseEnd = refused && secondsAfter(refused.at, limits.pauseSeconds)
  if (refused !== undefined && pauseEnd !== undefined && pauseEnd > now)
    return wait(
      { message: say.paused(about, refused.at, pauseEnd), why: clauses.paused(about, pauseEnd) },
      pauseEnd,
      pauseEnd,
    )
  return isFirst ? undefined : { queue, message: say.slotQueued(about), why: clauses.slotQueued(about) }
}

function requestLimitsOf({ request, limits, counts }: Asking): readonly Limit[] {
  const { uid = '', namespace = '' } = request.metadata
  const { username } = request.spec.requester
  const limit = (queue: string, most: number, message: Limit['message']): Limit => ({
    ...{ queue, most, message },
    used: {
      count: counts.openRequests(queue, uid),
      endsMs: () => [],
      orphans: () => 0,
      unneededMs: () => [],
    },
  })
  return [
    limit(requesterQueue(username), limits.openRequestsPerRequester, (use) =>
      say.tooManyOfRequester(limits, username, use),
    ),
    limit(namespaceQueue(namespace), limits.openRequestsPerNamespace, (use) =>
      say.tooManyOfNamespace(limits, namespace, use),
    ),
  ]
}

function promptLimitsOf({ request, approver, key, limits, counts }: Asking): readonly Limit[] {
  const { namespace = '' } = request.metadata
  const { openPromptsPerApprover: open, promptsPerApproverPerHour: hourly } = limits
  const subject = { ...limits, approver, namespace }
  const ofOpen = (most: number) =>
    ({ most, why: () => clauses.tooManyOpen(subject, most), isCrowded: true }) as const
  const ofHour = (most: number) => ({
    ...({ most, isTimed: true, isCrowded: true } as const),
    why: (from: Date | undefined) => clauses.tooManyInHour(subject, most, from),
  })
  return [
    {
      ...ofOpen(namespaceShareOf(open)),
      queue: openQueue(key, namespace),
      used: counts.openPrompts(key, namespace),
      message: (use) =>
        open === 1 ? say.tooManyOpen(subject, use) : say.tooManyOpenOfNamespace(subject, use),
    },
    {
      ...ofOpen(open),
      queue: openQueue(key),
      used: counts.openPrompts(key),
      message: (use) => say.tooManyOpen(subject, use),
    },
    {
      ...ofHour(namespaceShareOfHour(hourly)),
      queue: hourQueue(key, namespace),
      used: counts.promptsWithinHour(key, namespace),
      message: (use) =>
        hourly === namespaceShareOfHour(hourly)
          ? say.tooManyInHour(subject, use)
          : say.tooManyInHourOfNamespace(subject, use),
    },
    {
      ...ofHour(hourly),
      queue: hourQueue(key),
      used: counts.promptsWithinHour(key),
      message: (use) => say.tooManyInHour(subject, use),
    },
  ]
}

function firstExceeded(asking: Asking, limits: readonly Limit[]): Found | undefined {
  for (const limit of limits) {
    const throttle = exceeded(asking, limit)
    if (throttle !== undefined) return throttle
  }
  return undefined
}

/** Whoever is further back looks again when its own turn may come, so that not all look at once. */
function exceeded({ request, counts }: Asking, limit: Limit): Found | undefined {
  const { queue, most, used, message, why, isTimed, isCrowded } = limit
  const ahead = counts.ahead(queue, request)
  const excess = used.count + ahead - most
  if (excess < 0) return undefined
  const ends = used.endsMs()
  const [firstMs, endMs] = [ends[0], ends[Math.min(excess, ends.length - 1)]]
  const retryAt = endMs === undefined ? undefined : new Date(endMs)
  const use = {
    ...{
      count: used.count,
      waiting: used.count < most ? ahead : 0,
      orphans: isTimed === true ? 0 : used.orphans(),
      unneeded: isTimed === true ? [] : used.unneededMs().map((ms) => new Date(ms)),
    },
    ...(firstMs !== undefined && { firstEnd: new Date(firstMs) }),
    ...(retryAt !== undefined && { from: retryAt }),
  }
  return {
    ...{ queue, message: message(use) },
    ...(why !== undefined && { why: why(retryAt) }),
    ...(isCrowded === true && { isCrowded }),
    ...(retryAt !== undefined && { retryAt, ...(isTimed === true && { from: retryAt }) }),
  }
}

function latest(
  prompts: readonly SentPrompt[],
  momentOf: (prompt: SentPrompt) => number | undefined,
): { readonly prompt: SentPrompt; readonly at: Date } | undefined {
  const known = prompts.flatMap((prompt) => {
    const ms = momentOf(prompt)
    return ms === undefined ? [] : [{ prompt, at: new Date(ms) }]
  })
  return known.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0]
}
