/** Every port that a Pod can reach, and what may be asked there without any permission. */
import type { Target } from './crowd.ts'

export type Places = {
  /** Of the controller's servers. */
  readonly urlOf: (server: 'gate' | 'ping' | 'probes' | 'metrics') => string
  readonly inboxUrl: string
  /** Of the embedded provider. */
  readonly issuer: string
}

const json = 'application/json'
const form = 'application/x-www-form-urlencoded'

const posted = { method: 'POST', type: json, body: '{"auth_req_id":"a"}' } as const

export function ofController(urlOf: Places['urlOf']): readonly Target[] {
  return [
    { ...posted, url: urlOf('gate'), path: '/v1/gates/argo-rollouts', bearer: anAccountsToken },
    { ...posted, url: urlOf('ping'), path: '/v1/ping', bearer: 'kid~demo~foo~uid~approver-1~1~' },
    { url: urlOf('probes'), method: 'GET', path: '/readyz?verbose' },
    { url: urlOf('metrics'), method: 'GET', path: '/metrics' },
  ]
}

export function everywhere({ urlOf, inboxUrl, issuer }: Places): readonly Target[] {
  const login = { method: 'GET', path: `/auth?${authorizationRequest(inboxUrl)}` } as const
  const guess = 'grant_type=authorization_code&client_id=inbox&client_secret=wrong'
  return [
    ...ofController(urlOf),
    { ...posted, url: inboxUrl, path: '/channel', bearer: unsigned({ iss: issuer }) },
    { url: inboxUrl, method: 'GET', path: '/login' },
    { ...login, url: issuer },
    { url: issuer, method: 'POST', path: '/token', type: form, body: guess },
  ]
}

/** As the cluster issues them, but for the signature, which the attacker makes up. */
const anAccountsToken = unsigned({
  iss: 'https://kubernetes.default.svc',
  aud: ['countersign-gate'],
  sub: 'system:serviceaccount:demo:countersign-gate',
})

function unsigned(claims: object): string {
  const parts = ['{"alg":"ES256","kid":"a"}', JSON.stringify(claims)]
  return `${parts.map((part) => Buffer.from(part).toString('base64url')).join('.')}.`
}

/** As large as the embedded provider takes it. */
function authorizationRequest(inboxUrl: string): string {
  return new URLSearchParams({
    ...{ client_id: 'inbox', response_type: 'code', scope: 'openid profile', state: 'NEW' },
    ...{ redirect_uri: `${inboxUrl}/login/callback`, nonce: 'n'.repeat(3000) },
    ...{ code_challenge_method: 'S256', code_challenge: 'c'.repeat(43) },
  }).toString()
}
