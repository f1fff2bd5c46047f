import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JWTPayload } from 'jose'
import type { BearerVerification } from '../../../src/core/ports/channel.ts'
import { createAuthenticationChannel } from '../../../src/oidc/authentication-channel.ts'
import { NoAnswerError } from '../../../src/oidc/http/bounded-fetch.ts'
import type { BoundedFetch } from '../../../src/oidc/http/bounded-fetch.ts'
import { manualClock, t } from '../../support/fakes/clocks/clock.ts'
import { aSigningKey } from '../../support/builders/signing-key.ts'

const issuer = 'https://sso.company.com/realms/prod'
const callback = `${issuer}/ext/ciba/auth/callback`
const key = await aSigningKey('k1')
const claims = {
  iss: issuer,
  aud: issuer,
  azp: 'agent',
  sub: '750e',
  jti: 'x',
  iat: seconds(0),
  exp: seconds(60),
}

test('a bearer of the provider for itself names client, person and end', async () => {
  const prompt = { clientID: 'agent', subject: '750e', expiresAt: t(60) }
  assert.deepEqual(await verified(claims), { kind: 'Verified', prompt })
})

for (const [name, changes, clause] of [
  ['for a client', { aud: 'agent-release-bot' }, 'aud'],
  ['of another provider', { iss: 'https://evil.example' }, 'iss'],
  ['that has expired', { iat: seconds(-120), exp: seconds(-60) }, 'exp'],
] as const) {
  test(`a bearer ${name} is refused`, async () => {
    assert.deepEqual(await verified({ ...claims, ...changes }), { kind: 'Refused', clause })
  })
}

test('a bearer that has expired within the tolerance is taken', async () => {
  const verification = await verified({ ...claims, iat: seconds(-120), exp: seconds(-59) })
  assert.equal(verification.kind, 'Verified')
})

for (const missing of ['exp', 'jti', 'azp', 'sub'] as const) {
  test(`a bearer without ${missing} is refused`, async () => {
    const rest = Object.fromEntries(Object.entries(claims).filter(([name]) => name !== missing))
    assert.deepEqual(await verified(rest), { kind: 'Refused', clause: missing })
  })
}

test('a bearer that somebody else signed is refused', async () => {
  const forged = await (await aSigningKey('k1')).sign(claims)
  assert.deepEqual(await channelTo({}).verifyBearer(forged), { kind: 'Refused', clause: 'signature' })
})

test('without the provider nothing is known about a bearer', async () => {
  const channel = channelTo({ [`${issuer}/.well-known/openid-configuration`]: undefined })
  assert.equal((await channel.verifyBearer(await key.sign(claims))).kind, 'Unreachable')
})

test('forged bearers cost a provider that is down one request in five seconds', async () => {
  const clock = manualClock()
  let requests = 0
  const fetch: BoundedFetch = () => {
    requests += 1
    return Promise.reject(new NoAnswerError('No', undefined))
  }
  const provider = { issuer, allowInsecureHTTP: false }
  const channel = createAuthenticationChannel({ provider, fetch, clock, timeoutSeconds: 5 })
  const forge = async (): Promise<string> => (await channel.verifyBearer(await key.sign(claims))).kind
  const several = (): Promise<string[]> => Promise.all([forge(), forge(), forge()])
  assert.deepEqual(await several(), ['Unreachable', 'Unreachable', 'Unreachable'])
  clock.advance(4.9)
  await several()
  assert.equal(requests, 1)
  clock.advance(0.1)
  await several()
  assert.equal(requests, 2)
})

for (const [name, status, want] of [
  ['200 is taken', 200, 'Taken'],
  ['403 is refused', 403, 'Refused'],
  ['500 is unknown', 500, 'Unknown'],
  ['no answer is unknown', undefined, 'Unknown'],
] as const) {
  test(`an answer to which the provider says ${name}`, async () => {
    assert.equal(await channelTo({ [callback]: status }).answer('bearer', { status: 'SUCCEED' }), want)
  })
}

test('an answer that is in counts, also if the client was not told of it', async () => {
  const said = {
    error: 'invalid_request',
    error_description: 'Failed to send request to client notification endpoint',
  }
  const answer = (body: object) =>
    channelTo({ [callback]: 400 }, body).answer('bearer', { status: 'SUCCEED' })
  assert.equal(await answer(said), 'Taken')
  assert.equal(await answer({ ...said, error_description: 'Invalid token recipient' }), 'Refused')
})

async function verified(payload: JWTPayload): Promise<BearerVerification> {
  return channelTo({}).verifyBearer(await key.sign(payload))
}

/** A provider whose answers are 200 but for those given; undefined is no answer. */
function channelTo(answers: Readonly<Record<string, number | undefined>>, called: object = {}) {
  const bodies: Readonly<Record<string, unknown>> = {
    [`${issuer}/.well-known/openid-configuration`]: {
      issuer,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/certs`,
      backchannel_authentication_endpoint: `${issuer}/ext/ciba/auth`,
    },
    [`${issuer}/certs`]: { keys: [key.publicJwk] },
    [callback]: called,
  }
  const fetch: BoundedFetch = (url) => {
    const status = url in answers ? answers[url] : 200
    if (status === undefined) return Promise.reject(new NoAnswerError('Maybe', undefined))
    return Promise.resolve(Response.json(bodies[url], { status }))
  }
  const provider = { issuer, allowInsecureHTTP: false }
  return createAuthenticationChannel({ provider, fetch, clock: manualClock(), timeoutSeconds: 5 })
}

function seconds(after: number): number {
  return t(after).getTime() / 1000
}
