/** The Secret that a granted token is put into, and the seal that proves that the operator made it for this request. */
import type { ApprovalRequest, Prompt, Secret } from '../../api/objects.ts'
import { apiVersion, group, tokenSecretName, tokenSecretType } from '../../api/names.ts'
import type { TokenResponse } from '../ports/redeeming.ts'
import type { AttemptBinding } from '../ports/sealing.ts'
import { digestOf, fingerprint } from '../../api/digest.ts'
import type { Approval } from '../request/outcome.ts'

const sealAnnotation = `${group}/seal`
const expiresAnnotation = `${group}/expires-at`

type Labels = Readonly<Record<string, string>>

/** What is sealed into the Secret: from it W4 can be written after a crash. */
export type TokenSeal = {
  readonly digest: string
  readonly tokenFingerprint: string
  readonly approval: Approval
}

/** The token stands in it as its hash. */
export function tokenSealOf(
  request: ApprovalRequest,
  response: TokenResponse,
  approval: Approval,
): TokenSeal {
  return { digest: digestOf(request), tokenFingerprint: fingerprint(response.accessToken), approval }
}

/**
 * What a seal is bound to.
 *
 * @param prompt the prompt whose id, answer or token is sealed; undefined binds to none, which opens nothing
 */
export function bindingOf(
  request: ApprovalRequest,
  prompt: Prompt | undefined,
  purpose: AttemptBinding['purpose'],
): AttemptBinding {
  return { purpose, uid: request.metadata.uid ?? '', prompt: prompt?.id ?? '', attempt: prompt?.attempt ?? 0 }
}

/**
 * @param labels those that the cluster's administrator wants on it
 * @param token absent for the server-side dry run that proves, before anyone is asked, that the Secret can be created
 */
export function tokenSecretOf(
  request: ApprovalRequest,
  labels: Labels = {},
  token?: { readonly response: TokenResponse; readonly seal: string; readonly expiresAt: string },
): Secret {
  const { name, namespace = '', uid = '' } = request.metadata
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: tokenSecretName(name),
      namespace,
      labels: { ...labels, 'app.kubernetes.io/managed-by': 'countersign' },
      ...(token !== undefined && {
        annotations: { [sealAnnotation]: token.seal, [expiresAnnotation]: token.expiresAt },
      }),
      ownerReferences: [{ apiVersion, kind: 'ApprovalRequest', name, uid, controller: true }],
    },
    type: tokenSecretType,
    immutable: true,
    data: token === undefined ? {} : dataOf(token.response),
  }
}

/** Undefined for a Secret of another type, or without a seal. */
export function sealOf(secret: Secret): string | undefined {
  return secret.type === tokenSecretType ? secret.metadata.annotations?.[sealAnnotation] : undefined
}

/** By uid: a request that was deleted and made again under the same name has another. */
export function belongsTo(secret: Secret, { metadata }: ApprovalRequest): boolean {
  return secret.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) ?? false
}

/** A token Secret of an earlier ApprovalRequest of the same name, which the garbage collector has not removed yet. */
export function isLeftover(secret: Secret, request: ApprovalRequest): boolean {
  return secret.type === tokenSecretType && !belongsTo(secret, request)
}

/** Does an opened seal speak of this request and of the token in this Secret? */
export function matches(payload: unknown, secret: Secret, request: ApprovalRequest): payload is TokenSeal {
  const { digest, tokenFingerprint } = (payload ?? {}) as Partial<TokenSeal>
  const token = Buffer.from(secret.data?.access_token ?? '', 'base64').toString()
  return digest === digestOf(request) && tokenFingerprint === fingerprint(token)
}

function dataOf({ accessToken, tokenType }: TokenResponse): Readonly<Record<string, string>> {
  return { access_token: base64(accessToken), token_type: base64(tokenType) }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
