/** From the backchannel request to the token, through the pages that a person sees. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { answerAs, headingOf } from '../../../tools/local/person.ts'
import { digestOf } from '../../../src/api/digest.ts'
import { passwords, startInbox } from '../../support/worlds/inbox-world.ts'
import type { InboxWorld } from '../../support/worlds/inbox-world.ts'

let world: InboxWorld

before(async () => {
  world = await startInbox()
})
after(() => world.close())

test('approval mints the token of the founding example', async () => {
  const { request, authReqId } = await askAlice()
  assert.deepEqual((await world.redeem(authReqId)).body.error, 'authorization_pending')

  const page = await answer(request, 'approve')
  assert.equal(headingOf(page), 'You approved')

  const { status, body } = await world.redeem(authReqId)
  assert.equal(status, 200)
  const keys = createRemoteJWKSet(new URL(`${world.issuer}/jwks`))
  const accessToken = await jwtVerify(String(body.access_token), keys, {
    issuer: world.issuer,
    audience: 'https://rollouts.company.com',
    typ: 'at+jwt',
    algorithms: ['ES256'],
  })
  const { iat = 0, exp = 0, jti, ...claims } = accessToken.payload
  assert.equal(exp - iat, 300)
  assert.equal(typeof jti, 'string')
  assert.ok(Math.abs(Number(claims.auth_time) - iat) <= 5)
  const digest = digestOf(request)
  const granted = `rollouts:promote action:promote-rollout target:${request.metadata.name} namespace:demo kind:Rollout revision:7654b4484 environment:prod digest:${digest}`
  assert.deepEqual(claims, {
    iss: world.issuer,
    aud: 'https://rollouts.company.com',
    sub: 'alice',
    client_id: 'agent-release-bot',
    scope: granted,
    acr: 'ciba',
    amr: ['pwd', 'ciba', 'user_approval'],
    auth_time: claims.auth_time,
    action: 'promote-rollout',
    target: request.metadata.name,
    namespace: 'demo',
    kind: 'Rollout',
    revision: '7654b4484',
    environment: 'prod',
    digest,
    approved_by: 'alice@company.com',
  })
  assert.equal(body.scope, granted)
  assert.equal(body.refresh_token, undefined)

  const idToken = decodeJwt(String(body.id_token))
  const { sub, aud, acr, amr, auth_time } = idToken
  assert.deepEqual(
    { sub, aud, acr, amr, auth_time },
    { sub: 'alice', aud: 'agent-release-bot', acr: 'ciba', amr: claims.amr, auth_time: claims.auth_time },
  )
})

test('the acknowledgement names expiry and interval', async () => {
  const { body } = await askAlice()
  assert.deepEqual({ expires: body.expires_in, interval: body.interval }, { expires: 120, interval: 1 })
})

test('denial is access_denied', async () => {
  const { request, authReqId } = await askAlice()
  const page = await answer(request, 'deny')
  assert.equal(headingOf(page), 'You denied')
  assert.deepEqual((await world.redeem(authReqId)).body.error, 'access_denied')
})

test('a token is given out once', async () => {
  const { request, authReqId } = await askAlice()
  await answer(request, 'approve')
  assert.equal((await world.redeem(authReqId)).status, 200)
  assert.deepEqual((await world.redeem(authReqId)).body.error, 'invalid_grant')
})

test('the provider counts prompts and tokens', async () => {
  const { request, authReqId } = await askAlice()
  await answer(request, 'approve')
  await world.redeem(authReqId)
  const approvalRequest = `demo/${request.metadata.name}/${request.metadata.uid ?? ''}`
  const counted = world.events.filter(
    (event) => 'approvalRequest' in event && event.approvalRequest === approvalRequest,
  )
  assert.deepEqual(
    counted.map(({ event }) => event),
    ['PromptShown', 'PromptAnswered', 'TokenMinted'],
  )
})

test('the inbox logs who answered what, and no secret', async () => {
  const { request } = await askAlice()
  await answer(request, 'deny')
  const line = world.logged.find(({ event, uid }) => event === 'AnswerGiven' && uid === request.metadata.uid)
  assert.deepEqual(line, {
    message: 'answer given',
    event: 'AnswerGiven',
    request: `demo/${request.metadata.name}`,
    uid: request.metadata.uid,
    decision: 'deny',
    person: { issuer: world.issuer, subject: 'alice', name: 'Alice Liddell' },
    digest: digestOf(request),
  })
  const everything = JSON.stringify([world.logged, world.events])
  assert.doesNotMatch(everything, /wonderland|eyJ|secret/)
})

for (const [name, changes, status, error] of [
  ['an unknown hint is unknown_user_id', { login_hint: 'carol' }, 400, 'unknown_user_id'],
  ['a message with spaces is refused', { binding_message: 'Approve foo' }, 400, 'invalid_binding_message'],
  ['a scope nobody granted is refused', { scope: 'openid rollouts:abort' }, 400, 'invalid_scope'],
  ['an audience nobody knows is refused', { resource: 'urn:other' }, 400, 'invalid_target'],
  ['an action named twice is refused', { scope: 'openid action:a action:b' }, 400, 'invalid_scope'],
  ['a prompt that the inbox refuses is 503', { approval_digest: 'sha256:no' }, 503, 'server_error'],
] as const) {
  test(name, async () => {
    const answered = await world.ask(world.aRequest(), changes)
    assert.deepEqual([answered.status, answered.body.error], [status, error])
  })
}

async function askAlice() {
  const request = world.aRequest()
  world.put(request)
  const { status, body } = await world.ask(request)
  assert.equal(status, 200)
  return { request, body, authReqId: String(body.auth_req_id) }
}

function answer(
  { metadata }: { metadata: { namespace?: string; name: string } },
  decision: 'approve' | 'deny',
) {
  return answerAs({
    inboxUrl: world.inboxUrl,
    request: { namespace: metadata.namespace ?? '', name: metadata.name },
    username: 'alice',
    password: passwords.alice,
    decision,
  })
}
