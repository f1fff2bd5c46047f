/** What is said of a request that several people are asked about: who has answered, who is asked, what is still needed. */
import type { ApprovalRequest, EffectiveTerms, Prompt } from '../../api/objects.ts'
import { codeOf } from '../../api/digest.ts'
import { approverWith, mayBeShown } from '../prompt/prompt.ts'
import type { StageCount, Tally } from '../tally/tally.ts'
import { clock } from './messages.ts'
import { nextStep } from './next-step.ts'
import { roomForNext, whoIsNext } from './next-asked.ts'
import { clause, people } from './punctuation.ts'
import { abbreviated, endingIn, longestMessage } from '../words.ts'
import type { Unasked } from '../limits/throttle.ts'

/** `sre 1/2, security 0/1`: the approvals of each stage, and how many it needs. */
export function countsInShort({ counts }: Tally): string {
  return counts
    .map(({ stage, approvedBy, required }) => `${stage} ${approvedBy.length}/${required}`)
    .join(', ')
}

/** What is said of a request that is not decided. */
export type Course = {
  readonly prompts: readonly Prompt[]
  readonly tally: Tally
  /** Who was not asked yet because of a limit, as far as that is known. */
  readonly unasked?: readonly Unasked[] | undefined
}

/** While it is not decided. @param now leaves out what is due already, or can come too late */
export function progress(request: ApprovalRequest, course: Course, now: Date): string {
  return `${standing(request, course)}${whoIsNext(request, course, now)}`
}

/** The same without who is asked next, which alone is no news. */
export function standing(request: ApprovalRequest, { prompts, tally, unasked = [] }: Course): string {
  const until = clock(request.status?.deadline)
  const parts = [
    approvedBy(prompts.filter(({ state }) => state === 'Approved')),
    beingAsked(
      prompts.filter(({ state }) => state === undefined),
      codeOf(request),
    ),
    ...unasked
      .filter(({ approver }) => isMissing(approver, request.status?.effective, tally))
      .filter(({ approver }) => prompts.every((prompt) => prompt.approver !== approver))
      .map(({ approver, why }) => `${approver} is not asked yet: ${why}`),
    ...prompts.filter(hasFailed).map(failureOf),
  ]
  const said = parts.filter((part) => part !== '').join('; ')
  const end = `. Still needed: ${stillNeeded(tally)}. Awaited until ${until}.`
  return endingIn(said, end, longestMessage - roomForNext(request))
}

/** Whether an approval of this person could count for what is still needed. */
function isMissing(name: string, effective: EffectiveTerms | undefined, { counts }: Tally): boolean {
  const stages = effective?.stages?.filter(({ approvers }) =>
    approvers.some((id) => approverWith(effective, id)?.name === name),
  )
  const missing = counts
    .filter(({ approvedBy, required }) => approvedBy.length < required)
    .map(({ stage }) => stage)
  return stages?.some(({ name: stage, insteadOf = stage }) => missing.includes(insteadOf)) === true
}

function failureOf(prompt: Prompt): string {
  const { approver, message = '' } = prompt
  const what = mayBeShown(prompt) ? 'cannot answer any more' : 'was not asked'
  return `${approver} ${what}: ${clause(message)}`
}

/** Beside others, and what follows. */
const room = 250

/** `1 of 2 approvals of stage sre, 1 of 1 of stage security`. */
export function stillNeeded({ counts }: Tally): string {
  return counts
    .filter(({ approvedBy, required }) => approvedBy.length < required)
    .map(({ approvedBy, required, stage }) => {
      const noun = required === 1 ? 'approval' : 'approvals'
      return `${required - approvedBy.length} of ${required} ${noun} of stage ${stage}`
    })
    .join(', ')
}

/** Of a prompt whose answer is not needed any more, after another process was ended. */
export const perhapsFetched =
  'a controller that was ended may have fetched an answer; no token of it is stored, and one that was issued is valid until it expires'

/** Of a prompt whose answer came in the instant in which another one decided. */
export const fetchedAsWell =
  'its answer was fetched as well; its token is not delivered, and is being revoked: if that fails, it is valid until it expires'

/** Of one of several approvals that status holds. */
export const unprovenAnswer = 'the recorded approval does not carry the operator’s seal'

/** @param names of those whose recorded approval is not the operator's */
export function unproven(request: ApprovalRequest, names: readonly string[]): string {
  return `status held an approval of ${people(names, room)} that does not carry the operator’s seal: it does not count. ${nextStep('TokenRejected', request)}`
}

/** At the deadline, where those who were asked have all answered or failed, and the others could not be asked any more. */
export function unreached(request: ApprovalRequest, { counts }: Tally): string {
  const { effective, deadline, prompts = [] } = request.status ?? {}
  if (effective === undefined) return nextStep('RequestExpired', request)
  const all = counts.map(({ stage }) => stage)
  const failures = prompts
    .filter(hasFailed)
    .map(({ approver, message }) => ` ${approver} could not answer: ${clause(message ?? '')}.`)
  const what = `the request expired at ${clock(deadline)}. ${exhausted(effective, all, counts)}${failures.join('')}`
  return endingIn(what, ` ${nextStep('RequestExpired', request)}`)
}

/** Why a prompt that failed ends the request, after what happened to it. */
export function exhausted(
  effective: EffectiveTerms,
  unsatisfied: readonly string[],
  counts: readonly StageCount[],
): string {
  const missing = counts
    .filter(({ approvedBy, required, stage }) => unsatisfied.includes(stage) && approvedBy.length < required)
    .map(({ approvedBy, required, stage }) => {
      const got = approvedBy.map((id) => approverWith(effective, id)?.name ?? id)
      const only = got.length === 0 ? 'nobody' : people(got, room)
      return `stage ${stage} needs ${required} and got the approval of ${only}`
    })
  return `The approvals can no longer be reached: ${missing.join('; ')}.`
}

/** For a prompt that failed. @param what happened to it */
export function endedByFailure(what: string, why: string, next: string): string {
  const end = next === '' ? '' : ` ${next}`
  return endingIn(`${abbreviated(what, longestFailure)} ${why}`, end)
}

/** Why that ends the request stands after it. */
const longestFailure = 500

/** @param names of the approvers whose answers came from one account */
export function onePerson(request: ApprovalRequest, names: readonly string[], why: string): string {
  const provider = request.status?.effective?.identityProvider ?? ''
  const what = `${people(names, room)} are one person at IdentityProvider ${provider}, who counts once. ${why}`
  return endingIn(what, ` ${nextStep('TokenRejected', request)}`)
}

function approvedBy(prompts: readonly Prompt[]): string {
  return prompts.length === 0
    ? ''
    : `${people(
        prompts.map(({ answeredAt, approver }) => `${approver} (${clock(answeredAt)})`),
        room,
      )} approved`
}

function beingAsked(prompts: readonly Prompt[], code: string): string {
  const sent = prompts.filter(({ handle }) => handle !== undefined).map(({ approver }) => approver)
  const sending = prompts
    .filter((prompt) => mayBeShown(prompt) && prompt.handle === undefined)
    .map(({ approver }) => approver)
  // The last attempt has reached nobody; another one follows.
  const unasked = prompts.filter((prompt) => !mayBeShown(prompt)).map(({ approver }) => approver)
  const have = sent.length === 1 ? 'has' : 'have'
  const are = sending.length === 1 ? 'is' : 'are'
  return [
    sent.length === 0 ? '' : `${people(sent, room)} ${have} been asked, with the code ${code}`,
    sending.length === 0 ? '' : `${people(sending, room)} ${are} being asked`,
    unasked.length === 0 ? '' : `${people(unasked, room)} could not be asked yet`,
  ]
    .filter((part) => part !== '')
    .join('; ')
}

function hasFailed({ state }: Prompt): boolean {
  return state === 'Failed' || state === 'Expired'
}
