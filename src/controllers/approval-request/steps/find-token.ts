/** A token's Secret that a process before us wrote counts only by its seal. */
import type { ApprovalRequest, Prompt } from '../../../api/objects.ts'
import { bindingOf, matches, sealOf, tokenSecretOf } from '../../../core/answer/token-secret.ts'
import { keyOf } from '../../../core/object-key.ts'
import type { ActionOutcome, Approval } from '../../../core/request/outcome.ts'
import type { Dependencies } from '../dependencies.ts'

/** An approval, and the prompt by whose answer its token came. */
export type FoundToken = { readonly approval: Approval; readonly prompt: Prompt }

/** The approval that our own sealed Secret holds by one of these prompts, if a process before us got that far. */
export async function findToken(
  { sealer, secrets }: Pick<Dependencies, 'sealer' | 'secrets'>,
  request: ApprovalRequest,
  prompts: readonly Prompt[],
): Promise<FoundToken | undefined> {
  const secret = await secrets.get(keyOf(tokenSecretOf(request)))
  const seal = secret && sealOf(secret)
  if (secret === undefined || seal === undefined) return undefined
  for (const prompt of prompts) {
    const opened = await sealer.open(bindingOf(request, prompt, 'token'), seal)
    if (opened.kind === 'Opened' && matches(opened.payload, secret, request))
      return { approval: opened.payload.approval, prompt }
  }
  return undefined
}

/** Whether a process before us got as far as the token's Secret. */
export async function lookForToken(
  dependencies: Pick<Dependencies, 'sealer' | 'secrets'>,
  request: ApprovalRequest,
  prompt: Prompt,
): Promise<ActionOutcome> {
  const found = await findToken(dependencies, request, [prompt])
  return found === undefined ? { kind: 'NoTokenFound' } : { kind: 'Approved', approval: found.approval }
}
