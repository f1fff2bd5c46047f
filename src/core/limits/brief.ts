/** Why one of several people is not asked yet, in few words: clauses that stand beside what is said of the others. Never text of the requester. */
import type { ApprovalRequestSpec } from '../../api/objects.ts'
import { clock } from '../sentences/messages.ts'
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

/** As many prompts are open as the policy allows, in all or from one namespace. */
export function tooManyOpen({ openPromptsPerApprover: most, namespace }: Of): string {
  return `as many prompts to this person are open as limits.openPromptsPerApprover (${most}) allows namespace ${namespace} now, and one that is answered or expires makes room`
}

/** As many prompts were sent within the hour as the policy allows, in all or from one namespace. */
export function tooManyInHour(
  { promptsPerApproverPerHour: most, namespace }: Of,
  from: Date | undefined,
): string {
  return `limits.promptsPerApproverPerHour (${most}) allows namespace ${namespace} the next prompt to this person from ${clock(from)} on`
}

/** Nobody of such a request is asked yet, so this stands beside nothing. */
export const tooManyRequests = 'as many requests are open as the policy allows'
