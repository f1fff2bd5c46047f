/** A token's Secret that a process before us wrote counts only by its seal. */
import type { ApprovalRequest, Prompt } from '../../../api/objects.ts'
import { bindingOf, matches, sealOf, tokenSecretOf } from '../../../core/answer/token-secret.ts'
import { keyOf } from '../../../core/object-key.ts'
import type { ActionOutcome, Approval } from '../../../core/request/outcome.ts'
import type { Dependencies } from '../dependencies.ts'

/** The approval that our own sealed Secret holds, if a process before us got that far. */
export async function findToken(
  { sealer, secrets }: Pick<Dependencies, 'sealer' | 'secrets'>,
  request: ApprovalRequest,
  prompt: Prompt,
): Promise<Approval | undefined> {
  const secret = await secrets.get(keyOf(tokenSecretOf(request)))
  const seal = secret && sealOf(secret)
  if (secret === undefined || seal === undefined) return undefined
  const opened = await sealer.open(bindingOf(request, prompt, 'token'), seal)
  if (opened.kind !== 'Opened' || !matches(opened.payload, secret, request)) return undefined
  return opened.payload.approval
}

/** Whether a process before us got as far as the token's Secret. */
export async function lookForToken(
  dependencies: Pick<Dependencies, 'sealer' | 'secrets'>,
  request: ApprovalRequest,
  prompt: Prompt,
): Promise<ActionOutcome> {
  const approval = await findToken(dependencies, request, prompt)
  return approval === undefined ? { kind: 'NoTokenFound' } : { kind: 'Approved', approval }
}
