/** Access tokens as providers sign them, with any claims, and a verifier that meets a provider in memory. */
import assert from 'node:assert/strict'
import { createVerifier, refusals } from 'countersign/verify'
import type { Expected, Refusal, VerifierOptions } from 'countersign/verify'
import { CompactSign, exportJWK, generateKeyPair } from 'jose'

export const issuer = 'https://login.company.com'
export const now = new Date('2026-12-01T09:22:00Z')
export const seconds = now.getTime() / 1000
const revision = 'a'.repeat(40)
export const target = { namespace: 'ci', kind: 'PullRequest', name: 'shop/feature' }
export const expected: Expected = { action: 'merge-pull-request', target, revision }
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
export const other = await generateKeyPair('ES256')
export const published = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }

export const byScopes = {
  ...{ action: 'merge-pull-request', target: 'shop/feature', namespace: 'ci', kind: 'PullRequest' },
  ...{ revision, digest: 'sha256:00' },
}
export const detail = {
  ...{ type: 'countersign.dev/action', actions: ['merge-pull-request'] },
  ...{ identifier: 'ci/PullRequest/shop/feature', digest: 'sha256:00', parameters: { wait: '5m' } },
}
export const standard: Claims = {
  ...{ iss: issuer, aud: 'https://git.company.com', client_id: 'countersign', sub: 'alice', jti: 'one' },
  ...{ iat: seconds - 10, exp: seconds + 300 },
}
export const good: Claims = { ...standard, ...byScopes }

export type Claims = Readonly<Record<string, unknown>>

type Header = { readonly alg?: string; readonly kid?: string; readonly typ?: string }

export async function signed(claims: Claims, header: Header = {}, key = privateKey): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt', ...header })
    .sign(key)
}

export type Served = {
  keys: readonly object[]
  requests: number
  status: number
  metadata: object
  body?: string
}

export function aProvider(): Served {
  const metadata = { issuer, jwks_uri: `${issuer}/jwks` }
  return { keys: [published], requests: 0, status: 200, metadata }
}

export function verifierOf(
  options: Partial<VerifierOptions> = {},
  served = aProvider(),
): ReturnType<typeof createVerifier> {
  return createVerifier({
    ...{ issuer, audience: 'https://git.company.com', clients: ['countersign'], now: () => now },
    fetch: (url) => {
      served.requests += 1
      const body = url.endsWith('/jwks') ? { keys: served.keys } : served.metadata
      return Promise.resolve(new Response(served.body ?? JSON.stringify(body), { status: served.status }))
    },
    ...options,
  })
}

export async function reasonOf(
  token: string,
  wanted = expected,
  verifier = verifierOf(),
): Promise<Refusal | 'Approved'> {
  const verdict = await verifier.verify(token, wanted)
  if (verdict.kind === 'Approved') return verdict.kind
  assert.equal(verdict.message, refusals[verdict.reason])
  return verdict.reason
}
