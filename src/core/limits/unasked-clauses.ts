/** Why one of several people is not asked yet, in few words: clauses that stand beside what is said of the others. Never text of the requester. */
import type { ApprovalRequestSpec } from '../../api/objects.ts'
import { clock } from '../sentences/messages.ts'
import { counted } from '../sentences/punctuation.ts'
import type { Limits } from './policy-limits.ts'

type About = { readonly target: ApprovalRequestSpec['target'] }
type Of = Limits & { readonly namespace: string }

/** The same requester's prompt about this target is open. */
export function slotTaken({ target }: About, until: Date): string {
  return `a prompt about ${target.kind} ${target.name} from this requester is open until ${clock(until)} at the latest`
}

/** The last prompt about this ended without an approval. */
export function paused({ target, policy }: About & Pick<Limits, 'policy'>, until: Date): string {
  return `the last prompt about ${target.kind} ${target.name} from this requester ended without an approval, and policy ${policy} pauses until ${clock(until)} (limits.pauseAfterRefusal)`
}

/** An older request of the same requester about the same target waits. */
export function slotQueued({ target }: About): string {
  return `an older request of this requester about ${target.kind} ${target.name} waits for the same person`
}

/** As many prompts to the approver are open as all may have, or as one namespace may: `most`. */
export function tooManyOpen({ openPromptsPerApprover: all, namespace }: Of, most: number): string {
  const room = 'one that is answered or expires makes room'
  return most === all
    ? `this person may have ${counted(all, 'open prompt')} (limits.openPromptsPerApprover), and ${room}`
    : `namespace ${namespace} may have ${counted(most, 'open prompt')} to this person, of ${all} in all (limits.openPromptsPerApprover), and ${room}`
}

/**
 * The approver got as many prompts within the hour as all may send, or as one namespace may: `most`.
 * @param from when the next one may be sent, if that is known
 */
export function tooManyInHour(
  { promptsPerApproverPerHour: all, namespace }: Of,
  most: number,
  from: Date | undefined,
): string {
  const next = from === undefined ? '' : `, the next one from ${clock(from)} on`
  return most === all
    ? `this person may get ${counted(all, 'prompt')} within an hour (limits.promptsPerApproverPerHour)${next}`
    : `namespace ${namespace} may send this person ${counted(most, 'prompt')} within an hour, of ${all} in all (limits.promptsPerApproverPerHour)${next}`
}
