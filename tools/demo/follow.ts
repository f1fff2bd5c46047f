/** Follows a request to its end. A request is its uid: one that is deleted was withdrawn, and another of its name is another request. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApprovalRequest } from 'countersign/api'
import { isAsked, isFinal } from '../local/agent.ts'
import { done, failed, sayProgress, sayWaiting } from './screen.ts'

const pauseMs = 100

export type Followed = {
  /** The request as it is now; `undefined` if there is none. */
  readonly read: () => Promise<ApprovalRequest | undefined>
  /** Called once for each request that somebody is asked about, and again when one of several has answered. */
  readonly answer: (request: ApprovalRequest) => Promise<void>
  readonly signal: AbortSignal
  /**
   * How long another request may take to come after one is deleted. `kubectl replace --force` creates the new one once the old one is
   * gone, which takes a second; 5 if absent.
   */
  readonly replacedWithinSeconds?: number
}

/**
 * Goes on with the request that takes the place of a deleted one.
 * @param uid of the request that was created
 * @returns the request once it is final; `undefined` if it was deleted and none took its place
 */
export async function follow(uid: string, followed: Followed): Promise<ApprovalRequest | undefined> {
  for (let current: string | undefined = uid; current !== undefined;) {
    const finished = await untilFinal(current, followed)
    if (finished !== undefined) return finished
    failed('withdrawn', 'the ApprovalRequest was deleted; an answer to it has no effect')
    current = await replacementOf(current, followed)
    if (current !== undefined)
      done('requested', 'another ApprovalRequest is there, which the demo follows now')
  }
  return undefined
}

async function untilFinal(uid: string, followed: Followed): Promise<ApprovalRequest | undefined> {
  const { read, signal } = followed
  let [shown, progress, answered] = ['', '', -1]
  for (;;) {
    const request = await read()
    if (request?.metadata.uid !== uid) return undefined
    if (isFinal(request)) return request
    if (!isAsked(request)) shown = sayWaiting(request, shown)
    else if (isEverybodyAsked(request) && answersTo(request) > answered) {
      answered = answersTo(request)
      if (answered > 0) progress = sayProgress(request, progress)
      await answerIfOpen(request, followed)
    }
    await sleep(pauseMs, undefined, { signal })
  }
}

/** Whether each of several who were to be asked has been: the demo shows that they are asked at the same time. */
function isEverybodyAsked({ status }: ApprovalRequest): boolean {
  return (status?.prompts ?? []).every(
    ({ expiresAt, state }) => expiresAt !== undefined || state !== undefined,
  )
}

function answersTo({ status }: ApprovalRequest): number {
  return (status?.prompts ?? []).filter(({ state }) => state !== undefined).length
}

/** An answer may come too late: what matters then is how the request ended. */
async function answerIfOpen(request: ApprovalRequest, { read, answer }: Followed): Promise<void> {
  try {
    await answer(request)
  } catch (error) {
    const now = await read()
    const isOpen = now !== undefined && now.metadata.uid === request.metadata.uid && !isFinal(now)
    if (isOpen) throw error
  }
}

async function replacementOf(uid: string, followed: Followed): Promise<string | undefined> {
  const { read, signal, replacedWithinSeconds = 5 } = followed
  const until = performance.now() + replacedWithinSeconds * 1000
  while (performance.now() < until) {
    const request = await read()
    if (request !== undefined && request.metadata.uid !== uid) return request.metadata.uid
    await sleep(pauseMs, undefined, { signal })
  }
  return undefined
}
