import type { ApprovalRequest, Prompt } from '../../../api/objects.ts'
import * as say from '../../../core/sentences/messages.ts'
import type { ActionOutcome } from '../../../core/request/outcome.ts'
import type { Dependencies } from '../dependencies.ts'
import { uidOf } from '../observe.ts'

/** Ends a request whose prompt may have been shown and whose id nobody knows, and says why. */
export function giveUp(
  { memory }: Pick<Dependencies, 'memory'>,
  request: ApprovalRequest,
  prompt: Prompt,
): ActionOutcome {
  const { progress } = memory.recall({ uid: uidOf(request), prompt: prompt.id })
  // What this process heard of the prompt, if it was this process that sent it.
  const heard = progress?.kind === 'Backoff' ? progress.heard : undefined
  return { kind: 'PromptLost', message: say.promptLost(request, heard ?? unheard(request)) }
}

function unheard({ status }: ApprovalRequest): string {
  return status?.effective?.delivery === 'Ping'
    ? 'the operator knows no usable answer to the prompt, and the provider’s ping did not bring its id'
    : 'the operator stopped, or got no answer from the provider, between sending the prompt and learning its id'
}
