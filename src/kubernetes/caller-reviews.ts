/** Asks the API server who a caller is and what it may do. */
import { group } from '../api/names.ts'
import type { CallerReviews, User } from '../core/ports/callers.ts'
import { isRecord, KubernetesApiError } from './client/api-error.ts'
import type { Transport } from './client/transport.ts'

const timeoutMs = 5000

/**
 * Reviews by TokenReview and SubjectAccessReview, five seconds each; nothing is cached.
 * @throws from each method what the transport throws
 */
export function callerReviews(transport: Transport): CallerReviews {
  return {
    issuer: () => issuer(transport),
    authenticate: (token, audience) => authenticate(transport, token, audience),
    mayAsk: (user, namespace) => mayAsk(transport, user, namespace),
  }
}

async function issuer(transport: Transport): Promise<string | undefined> {
  try {
    const path = '/.well-known/openid-configuration'
    const metadata = await transport.request({ method: 'GET', path, timeoutMs })
    return isRecord(metadata) && typeof metadata.issuer === 'string' ? metadata.issuer : undefined
  } catch (error) {
    // ServiceAccounts may read it unless somebody withdrew that right; it is not served where tokens are not published.
    if (error instanceof KubernetesApiError && [403, 404].includes(error.status)) return undefined
    throw error
  }
}

async function authenticate(
  transport: Transport,
  token: string,
  audience: string | undefined,
): Promise<User | undefined> {
  const audiences = audience === undefined ? {} : { audiences: [audience] }
  const status = await review(transport, '/apis/authentication.k8s.io/v1/tokenreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token, ...audiences },
  })
  if (status.authenticated !== true || !isRecord(status.user)) return undefined
  // An authenticator that knows no audiences accepts the token without naming ours.
  const isForUs = Array.isArray(status.audiences) && status.audiences.includes(audience)
  if (audience !== undefined && !isForUs) return undefined
  return typeof status.user.username === 'string' ? (status.user as User) : undefined
}

async function mayAsk(transport: Transport, user: User, namespace: string): Promise<boolean> {
  const { username, ...rest } = user
  const status = await review(transport, '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      ...rest,
      user: username,
      resourceAttributes: {
        ...{ namespace, group, verb: 'create' },
        ...{ resource: 'approvalrequests', subresource: 'gate' },
      },
    },
  })
  return status.allowed === true
}

async function review(
  transport: Transport,
  path: string,
  body: object,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await transport.request({ method: 'POST', path, body, timeoutMs })
  return isRecord(answer) && isRecord(answer.status) ? answer.status : {}
}
