/** A request from its first pass to its last, when nothing goes wrong around it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest, settings } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'
import {
  accessToken,
  authReqId,
  granted,
  pendingError,
  prompted,
} from '../../../support/fakes/providers/port.ts'

const request = anApprovalRequest()
const wanting = request.wantingToken({ scopes: ['rollouts:promote'] })

test('an approval with a token costs three status writes and one Secret', async () => {
  const world = aWorld(wanting)
  await world.settle()
  assert.equal(world.said(), 'AuthorizationPending')
  await world.after(5)
  await world.after(5)
  world.openid.script.token = [granted]
  await world.after(5)
  assert.equal(world.said(), 'Approved')
  assert.deepEqual(world.writes(), { status: 3, secrets: 1 })
  assert.equal(world.openid.prompts.length, 1)
  assert.deepEqual(world.openid.tokenRequests, [authReqId, authReqId, authReqId])
  assert.deepEqual(world.openid.revoked, [])
  assert.deepEqual(world.reported, ['Prompting', 'AuthorizationPending', 'Approved'])
})

test('each effect has a place before and after it where a process may stop', async () => {
  const world = aWorld(wanting)
  const hits: string[] = []
  world.failpoints.hit = (name) => Promise.resolve(void hits.push(name))
  await world.settle()
  world.openid.script.token = [granted]
  await world.after(5)
  assert.deepEqual(
    hits,
    ['W1', 'I1', 'W2', 'I2', 'W3', 'W4'].flatMap((effect) => [`before:${effect}`, `after:${effect}`]),
  )
})

test('an approval says who, when, until when and where', async () => {
  const world = aWorld(wanting.saying({ parameters: { waitInterval: '5m' } }))
  await world.settle()
  world.openid.script.token = [granted]
  await world.after(5)
  const { decision, ...status } = world.request().status ?? {}
  assert.deepEqual(decision, {
    approvers: [{ issuer: 'https://sso.company.com', subject: '750e', name: 'alice@company.com' }],
    decidedAt: at(5),
    parameters: { waitInterval: '5m' },
    seal: decision?.seal,
  })
  const { outcome, validUntil, tokenExpiresAt, secretName, expires } = status
  assert.deepEqual(
    { outcome, validUntil, tokenExpiresAt, secretName, expires },
    {
      outcome: 'Approved',
      validUntil: at(605),
      tokenExpiresAt: at(305),
      secretName: 'foo-v2.countersign',
      expires: at(305),
    },
  )
  const token = Buffer.from(world.token()?.data?.access_token ?? '', 'base64').toString()
  assert.equal(token, accessToken)
})

for (const [name, asked] of [
  ['without a token', request],
  ['whose token is not wanted', request.wantingToken({ delivery: 'None' })],
] as const)
  test(`an approval ${name} costs three status writes, and the token is revoked`, async () => {
    const world = aWorld(asked)
    await world.settle()
    world.openid.script.token = [granted]
    await world.after(5)
    assert.equal(world.said(), 'Approved')
    assert.deepEqual(world.writes(), { status: 3, secrets: 0 })
    assert.deepEqual(world.openid.revoked, [accessToken])
    assert.equal(world.token(), undefined)
  })

test('a refusal costs three writes and leaves no Secret', async () => {
  const world = aWorld(wanting)
  await world.settle()
  world.openid.script.token = [{ kind: 'Error', error: 'access_denied' }]
  await world.after(5)
  assert.deepEqual([world.request().status?.outcome, world.said()], ['Denied', 'AccessDenied'])
  assert.deepEqual(world.writes(), { status: 3, secrets: 0 })
})

test('nothing is written while the answer is awaited', async () => {
  const world = aWorld(wanting)
  await world.settle()
  const before = world.request()
  for (let seconds = 5; seconds < 595; seconds += 5) await world.after(5)
  assert.equal(world.openid.tokenRequests.length, 118)
  assert.equal(world.request(), before)
})

test('a pass that comes too early does nothing', async () => {
  const world = aWorld(wanting)
  await world.settle()
  const calls = world.requests.calls.length
  const result = await world.after(4.999)
  assert.deepEqual(result, { kind: 'RequeueAt', at: t(5) })
  assert.equal(world.openid.tokenRequests.length, 0)
  assert.equal(world.requests.calls.length, calls)
})

test('nothing is written after the end', async () => {
  const world = aWorld(wanting)
  await world.settle()
  world.openid.script.token = [{ kind: 'Error', error: 'access_denied' }]
  await world.after(5)
  const before = world.request()
  for (let passes = 0; passes < 3; passes++) await world.after(60)
  assert.equal(world.request(), before)
  assert.equal(world.openid.tokenRequests.length, 1)
})

test('an answer that is there at the deadline counts', async () => {
  const world = aWorld(wanting)
  world.openid.script.token = [{ ...pendingError, retryAfterSeconds: 3600 }, granted]
  await world.settle()
  assert.deepEqual(await world.after(5), { kind: 'RequeueAt', at: t(600) })
  await world.after(595)
  assert.equal(world.said(), 'Approved')
})

test('no answer by the deadline is Expired', async () => {
  const world = aWorld(wanting)
  await world.settle()
  await world.after(600)
  assert.deepEqual([world.request().status?.outcome, world.said()], ['Expired', 'RequestExpired'])
  assert.equal(world.openid.tokenRequests.length, 1)
})

test('the deadline is the provider’s, if that is earlier', async () => {
  const world = aWorld(wanting)
  world.openid.script.prompt = [{ ...prompted, expiresInSeconds: 120 }]
  await world.settle()
  await world.after(120)
  assert.equal(world.said(), 'RequestExpired')
})

test('a token’s Secret is deleted when the token expires', async () => {
  const world = aWorld(wanting)
  await world.settle()
  world.openid.script.token = [granted]
  await world.after(5)
  assert.deepEqual(await world.after(299), { kind: 'RequeueAt', at: t(305) })
  assert.notEqual(world.token(), undefined)
  const before = world.request()
  assert.deepEqual(await world.after(1), { kind: 'RequeueAt', at: t(5 + settings.retentionSeconds) })
  assert.equal(world.token(), undefined)
  assert.equal(world.request(), before)
})

test('a finished request is deleted when its time is over', async () => {
  const world = aWorld(request.saying({ ttlAfterFinished: '60s' }))
  await world.settle()
  world.openid.script.token = [{ kind: 'Error', error: 'access_denied' }]
  await world.after(5)
  await world.after(59)
  assert.notEqual(world.requests.held('foo-v2'), undefined)
  await world.after(1)
  assert.equal(world.requests.held('foo-v2'), undefined)
})

test('a request that is gone needs nothing', async () => {
  const world = aWorld()
  assert.deepEqual(await world.settle(), { kind: 'Done' })
})

test('the prompt tells the approver what the request says', async () => {
  const world = aWorld(wanting)
  await world.settle()
  const [prompt] = world.openid.prompts
  const { status, metadata } = world.request()
  assert.deepEqual(prompt, {
    loginHint: 'alice',
    bindingMessage: `foo-v2-${status?.code ?? ''}`,
    scope: 'openid rollouts:promote',
    requestedExpirySeconds: 600,
    extraParameters: {
      approval_request: `demo/foo-v2/${metadata.uid ?? ''}`,
      approval_digest: status?.digest,
    },
  })
})
