import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenOutcome } from '../../../../src/core/ports/redeeming.ts'
import { ofRequest } from '../../../../src/oidc/ciba/answered-request.ts'
import { aTokenResponse, pendingError } from '../../../support/fakes/providers/port.ts'

const claim = 'urn:openid:params:jwt:claim:auth_req_id'

function grantedWith(claims: object): TokenOutcome {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    kind: 'Granted',
    response: aTokenResponse({ idToken: `${part({ alg: 'ES256' })}.${part(claims)}.c2ln` }),
  }
}

for (const [name, outcome] of [
  ['names no request', grantedWith({ sub: '750e' })],
  ['names the request', grantedWith({ [claim]: 'asked-about' })],
  ['is no JWT', { kind: 'Granted', response: aTokenResponse({ idToken: 'no.jwt' }) }],
  ['is not there', { kind: 'Granted', response: aTokenResponse({ idToken: undefined }) }],
  ['was not granted', pendingError],
] as const satisfies readonly (readonly [string, TokenOutcome])[])
  test(`an ID token that ${name} is left to its verification`, () => {
    assert.equal(ofRequest(outcome, 'asked-about'), outcome)
  })

for (const named of ['another', '', null, 5, ['asked-about']])
  test(`an ID token that names ${JSON.stringify(named)} answers another request`, () => {
    const outcome = ofRequest(grantedWith({ [claim]: named }), 'asked-about')
    assert.ok(outcome.kind === 'Granted')
    assert.deepEqual(outcome.response.malformed, {
      member: claim,
      message: 'the ID token answers another authentication request',
    })
  })
