/**
 * What counts against the limits: a prompt that a person was sent, or is about to be. It counts until it is answered or expires,
 * whatever happens to its request, and for an hour after it was sent.
 */
import type { ApprovalRequest, EffectiveTerms, Prompt } from '../../api/objects.ts'
import type { FinalReason } from '../../api/reasons.ts'
import { approverOf, approverWith, firstPromptId, onlyPromptOf } from '../prompt/prompt.ts'
import { isOfSeveral, partOf } from '../request/part.ts'
import { answeredReasons, refusalReasons } from '../prompt/provider-errors.ts'
import { summaryOf } from '../request/conditions.ts'
import { fingerprint } from '../../api/digest.ts'

/** Moments are milliseconds since 1970. */
export type SentPrompt = {
  /** Of the ApprovalRequest. */
  readonly uid: string
  /** The prompt's id; absent for the first approver's. */
  readonly prompt?: string
  /** `namespace/name` of the ApprovalRequest, for people. */
  readonly request: string
  readonly namespace: string
  /** Who is asked: a hash of issuer and hint. */
  readonly approver: string
  /** Who is asked by whom about what: of these, one prompt is open at a time. */
  readonly slot: string
  /** Absent while it is not sent yet. */
  readonly sentMs?: number
  /** Until when the approver may answer it; absent once it is answered. */
  readonly openUntilMs?: number
  /** From when on the requester pauses; absent while it is open, and after an approval. */
  readonly refusedMs?: number
  /** Its request was deleted; another one may have its name. */
  readonly isRequestGone?: true
  /** Its answer has no effect any more, and the approver may still see it: others have decided, or its request has ended otherwise. */
  readonly isUnneeded?: true
}

/** The hour within which prompts are counted, in milliseconds. */
export const hourMs = 3_600_000

const keyLength = 32

/** The key of a person at a provider. */
export function approverKeyOf(issuer: string, hint: string): string {
  return fingerprint(JSON.stringify([issuer, hint])).slice(0, keyLength)
}

/** The same whichever revision or action is asked about, and however its apiVersion is written. */
export function slotKeyOf({ metadata, spec }: ApprovalRequest, approver: string): string {
  const { kind, name } = spec.target
  const parts = [approver, spec.requester.username, metadata.namespace, kind, name]
  return fingerprint(JSON.stringify(parts)).slice(0, keyLength)
}

/** What tells it from every other prompt. */
export function keyOfSent({ uid, prompt }: Pick<SentPrompt, 'uid' | 'prompt'>): string {
  return prompt === undefined ? uid : `${uid}#${prompt}`
}

/** The same by the prompt's id within its request. */
export function keyOfPrompt(uid: string, id: string): string {
  return keyOfSent({ uid, ...(id !== firstPromptId && { prompt: id }) })
}

/** The prompt of this id as it is about to be sent under these terms. */
export function promptUnder(
  request: ApprovalRequest,
  { terms, id }: { readonly terms: Pick<EffectiveTerms, 'issuer' | 'approvers'>; readonly id: string },
  deadline: Date | string | undefined,
): SentPrompt | undefined {
  const approver = approverWith(terms, id)
  return approver && sentTo(approver, terms.issuer, { request, id, deadline })
}

type Sent = {
  readonly request: ApprovalRequest
  readonly id: string
  readonly deadline: Date | string | undefined
}

function sentTo(
  approver: EffectiveTerms['approvers'][number],
  issuer: string,
  { request, id, deadline }: Sent,
): SentPrompt {
  const key = approverKeyOf(issuer, approver.hint)
  const { uid = '', namespace = '', name } = request.metadata
  return {
    ...{ uid, namespace, request: `${namespace}/${name}` },
    ...(id !== firstPromptId && { prompt: id }),
    approver: key,
    slot: slotKeyOf(request, key),
    openUntilMs: momentOf(deadline) ?? 0,
  }
}

/** What status says of all prompts of a request. */
export function sentPromptsOf(request: ApprovalRequest): readonly SentPrompt[] {
  const { prompts = [] } = request.status ?? {}
  const ids = isOfSeveral(request) ? prompts.map(({ id }) => id) : [firstPromptId]
  return ids.flatMap((id) => sentPromptOf(partOf(request, id), id) ?? [])
}

/**
 * What status says of a prompt; undefined where nobody is, was or is about to be asked.
 * @param request the part of it that the prompt is about
 */
export function sentPromptOf(request: ApprovalRequest, id = firstPromptId): SentPrompt | undefined {
  const { effective, outcome, deadline } = request.status ?? {}
  const approver = effective && approverOf(effective)
  if (effective === undefined || approver === undefined) return undefined
  const prompt = onlyPromptOf(request)
  const planned = sentTo(approver, effective.issuer, { request, id, deadline: prompt?.expiresAt ?? deadline })
  const sentMs = momentOf(prompt?.sentAt)
  const open = { ...planned, ...(sentMs !== undefined && { sentMs }) }
  if (prompt?.state !== undefined) return endedAs(prompt.state, open, request)
  if (outcome === undefined) return open
  const summary = summaryOf(request)
  return ended(open, {
    reason: summary?.reason as FinalReason | undefined,
    endedMs: momentOf(summary?.lastTransitionTime) ?? 0,
    isKnownSent: prompt?.handle !== undefined,
  })
}

/** One of several prompts: the request may go on, or have ended by the answer of somebody else. */
function endedAs(
  state: NonNullable<Prompt['state']>,
  open: SentPrompt,
  request: ApprovalRequest,
): SentPrompt | undefined {
  const { openUntilMs = 0, ...closed } = open
  if (open.sentMs === undefined) return undefined
  const unneeded = { ...open, isUnneeded: true as const }
  switch (state) {
    case 'Approved':
      return closed
    case 'Denied':
      return { ...closed, refusedMs: momentOf(onlyPromptOf(request)?.answeredAt) ?? openUntilMs }
    case 'NotNeeded':
      return request.status?.outcome === 'Approved' ? unneeded : { ...unneeded, refusedMs: openUntilMs }
    default:
      return onlyPromptOf(request)?.answeredAt === undefined
        ? { ...unneeded, refusedMs: openUntilMs }
        : closed
  }
}

/** Its request is deleted. A prompt that was sent stays on the approver's screen; the operator hears no answer to it. */
export function abandoned(prompt: SentPrompt | undefined): SentPrompt | undefined {
  if (prompt?.sentMs === undefined) return undefined
  const { openUntilMs, refusedMs } = prompt
  const left = { ...prompt, isRequestGone: true as const }
  if (openUntilMs === undefined || refusedMs !== undefined) return left
  return { ...left, refusedMs: openUntilMs }
}

type Ending = {
  readonly reason: FinalReason | undefined
  readonly endedMs: number
  readonly isKnownSent: boolean
}

function ended(open: SentPrompt, { reason, endedMs, isKnownSent }: Ending): SentPrompt | undefined {
  const { openUntilMs = 0, ...closed } = open
  if (open.sentMs === undefined) return undefined
  if (reason !== undefined && answeredReasons.has(reason)) return closed
  if (reason === 'AccessDenied') return { ...closed, refusedMs: endedMs }
  // After every other end without an id nobody knows whether the approver sees the prompt, so it counts.
  if (!isKnownSent && reason !== undefined && refusalReasons.has(reason)) return undefined
  return { ...open, refusedMs: Math.max(endedMs, openUntilMs), isUnneeded: true }
}

function momentOf(moment: Date | string | undefined): number | undefined {
  const ms = new Date(moment ?? Number.NaN).getTime()
  return Number.isNaN(ms) ? undefined : ms
}
