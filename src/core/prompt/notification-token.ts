/**
 * The client notification token (CIBA Core §7.1): it says which prompt a ping is about, and carries the proof that we made it, so
 * that a forged one costs no look at anything. Nothing in it is secret but its last part.
 *
 *   <kid>~<namespace>~<name>~<uid>~<prompt>~<attempt>~<HMAC over uid, prompt and attempt>
 */
import type { ApprovalRequest, Prompt } from '../../api/objects.ts'
import type { ObjectKey } from '../ports/cluster.ts'
import type { AttemptBinding, Sealer } from '../ports/sealing.ts'
import { bindingOf } from '../answer/token-secret.ts'

/** A prompt, as a token that is ours names it. Namespace and name only lead to the request; its uid is what counts. */
export type Notified = { readonly key: Required<ObjectKey>; readonly binding: AttemptBinding }

/** None of the parts contains it, and it may stand in a bearer token (RFC 6750 §2.1). */
const separator = '~'

/** The same for every sending of an attempt. @returns undefined if the key that W1 recorded is gone */
export function issueNotificationToken(
  request: ApprovalRequest,
  prompted: Prompt | undefined,
  { derive }: Pick<Sealer, 'derive'>,
): string | undefined {
  const { namespace = '', name } = request.metadata
  const binding = bindingOf(request, prompted, 'notification')
  const kid = prompted?.kid ?? ''
  const proof = derive(binding, kid)
  const { uid, prompt, attempt } = binding
  return proof === undefined ? undefined : [kid, namespace, name, uid, prompt, attempt, proof].join(separator)
}

/** The key that a token says it was made with. */
export function kidOf(token: string): string {
  const [kid = ''] = token.split(separator)
  return kid
}

/** @returns undefined for a token that we did not make, or not with a key that is still there */
export function readNotificationToken(
  token: string,
  { proves }: Pick<Sealer, 'proves'>,
): Notified | undefined {
  const [kid = '', namespace = '', name = '', uid = '', prompt = '', attempt = '', proof = '', ...rest] =
    token.split(separator)
  const binding = { purpose: 'notification', uid, prompt, attempt: Number(attempt) } as const
  if (rest.length > 0 || !proves(proof, binding, kid)) return undefined
  return { key: { namespace, name }, binding }
}
