/** From the token response to the Secret, and what may lie in its way. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Secret } from '../../../../src/api/objects.ts'
import { tokenSecretOf } from '../../../../src/core/answer/token-secret.ts'
import { aJwt } from '../../../support/builders/access-token.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'
import { accessToken, aTokenResponse, verified } from '../../../support/fakes/providers/port.ts'
import { fail } from '../../../support/worlds/failing-writes.ts'
import { granting, invalidGrant } from '../../../support/worlds/granting.ts'

const wanting = anApprovalRequest().wantingToken()
const unreachable = { kind: 'NotYet', clause: 'jwks', message: 'no keys' } as const
const planted: Secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'foo-v2.countersign', namespace: 'demo' },
  type: 'Opaque',
  data: { access_token: 'cGxhbnRlZA==' },
}

test('a Secret that stands in the way is said before anyone is asked', async () => {
  const world = aWorld(wanting)
  world.secrets.put(planted)
  await world.settle()
  assert.equal(world.said(), 'SecretConflict')
  assert.equal(world.openid.prompts.length, 0)
  world.secrets.remove('foo-v2.countersign')
  await world.after(1)
  assert.equal(world.said(), 'AuthorizationPending')
})

test('a Secret that is planted meanwhile is never an answer', async () => {
  const world = await granting(aWorld(wanting))
  world.secrets.put(planted)
  await world.after(5)
  assert.deepEqual([world.request().status?.outcome, world.said()], ['Failed', 'SecretConflict'])
  assert.deepEqual(world.openid.revoked, [accessToken])
  assert.deepEqual(world.token()?.data, planted.data)
})

for (const [name, forge] of [
  ['without a seal', (own: Secret) => own],
  ['with a seal of someone else’s', withSeal('eyJhbGciOiJkaXIifQ..a.b.c')],
] as const)
  test(`a Secret of the right type ${name} is never an answer`, async () => {
    const world = await granting(aWorld(wanting))
    world.secrets.put(forge({ ...tokenSecretOf(world.request()), data: { access_token: 'cGxhbnRlZA==' } }))
    await world.after(5)
    assert.equal(world.said(), 'SecretConflict')
    const restarted = aWorld(wanting)
    await restarted.settle()
    restarted.secrets.put(forge(tokenSecretOf(restarted.request())))
    await restarted.pass('foo-v2', restarted.anotherProcess())
    assert.equal(restarted.said(), 'AuthorizationPending')
  })

function withSeal(seal: string): (own: Secret) => Secret {
  return (own) => ({ ...own, metadata: { ...own.metadata, annotations: { 'countersign.dev/seal': seal } } })
}

test('the Secret of an earlier request of the same name is cleared away', async () => {
  const world = aWorld(wanting)
  world.secrets.put(tokenSecretOf(wanting.named('foo-v2', 'an-earlier-uid')))
  await granting(world)
  await world.after(5)
  assert.equal(world.said(), 'Approved')
  assert.equal(world.token()?.metadata.ownerReferences?.[0]?.uid, wanting.metadata.uid)
})

test('a Secret that may not be created is said before anyone is asked', async () => {
  const world = aWorld(wanting)
  const { secrets } = world.dependencies
  const refused = { kind: 'Refused', message: 'exceeded quota' } as const
  const poor = { ...world.dependencies, secrets: { ...secrets, create: () => Promise.resolve(refused) } }
  await world.pass('foo-v2', poor)
  assert.equal(world.said(), 'SecretConflict')
  assert.equal(world.openid.prompts.length, 0)
})

test('a Secret that is refused at W3 is said, and created once that is mended', async () => {
  const world = await granting(aWorld(wanting))
  const { secrets } = world.dependencies
  const refused = { kind: 'Refused', message: 'exceeded quota' } as const
  const poor = { ...world.dependencies, secrets: { ...secrets, create: () => Promise.resolve(refused) } }
  world.clock.advance(5)
  await world.pass('foo-v2', poor)
  assert.equal(world.said(), 'SecretConflict')
  await world.after(1)
  assert.equal(world.said(), 'Approved')
  assert.equal(world.openid.tokenRequests.length, 1)
})

test('keys out of reach delay the token and cost no second token request', async () => {
  const world = await granting(aWorld(wanting))
  world.openid.script.verify = [unreachable, unreachable, verified]
  await world.after(5)
  assert.equal(world.said(), 'AuthorizationPending')
  await world.after(1)
  await world.after(2)
  assert.equal(world.said(), 'Approved')
  assert.equal(world.openid.tokenRequests.length, 1)
  assert.deepEqual(world.writes(), { status: 3, secrets: 1 })
})

test('keys out of reach delay an approval of unknown life too', async () => {
  const world = await granting(aWorld(anApprovalRequest()))
  const response = aTokenResponse({ expiresInSeconds: undefined })
  world.openid.script.token = [{ kind: 'Granted', response }, invalidGrant]
  world.openid.script.verify = [unreachable, verified]
  await world.after(5)
  await world.after(1)
  assert.equal(world.said(), 'Approved')
})

test('keys out of reach until the token has expired end in TokenRejected', async () => {
  const world = await granting(aWorld(wanting))
  world.openid.script.verify = [unreachable]
  await world.after(5)
  await world.after(299)
  assert.equal(world.said(), 'AuthorizationPending')
  await world.after(60)
  assert.equal(world.said(), 'TokenRejected')
  assert.deepEqual(world.openid.revoked, [accessToken])
  assert.equal(world.openid.tokenRequests.length, 1)
})

test('keys out of reach until a JWT’s own exp end in TokenRejected', async () => {
  const world = await granting(aWorld(anApprovalRequest()))
  const token = aJwt({ exp: t(100).getTime() / 1000 })
  const response = aTokenResponse({ accessToken: token, expiresInSeconds: undefined })
  world.openid.script.token = [{ kind: 'Granted', response }]
  world.openid.script.verify = [unreachable]
  await world.after(5)
  await world.after(90)
  assert.equal(world.said(), 'AuthorizationPending')
  await world.after(60)
  assert.equal(world.said(), 'TokenRejected')
  assert.deepEqual(world.openid.revoked, [token])
})

test('an API server that fails at W3 delays the token and costs no second token request', async () => {
  const world = await granting(aWorld(wanting))
  world.secrets.interpose({ before: ({ verb }) => (verb === 'create' ? fail() : undefined) })
  world.clock.advance(5)
  for (let passes = 0; passes < 3; passes++) await assert.rejects(world.pass())
  world.secrets.interpose({})
  await world.settle()
  assert.equal(world.said(), 'Approved')
  assert.equal(world.openid.tokenRequests.length, 1)
})

test('a W3 whose answer is lost adopts its own Secret', async () => {
  const world = await granting(aWorld(wanting))
  let failures = 0
  world.secrets.interpose({
    after: ({ verb }) => (verb === 'create' && ++failures === 1 ? fail() : undefined),
  })
  world.clock.advance(5)
  await assert.rejects(world.pass())
  const stored = world.token()
  await world.settle()
  assert.equal(world.said(), 'Approved')
  assert.equal(world.token(), stored)
  assert.deepEqual(world.openid.revoked, [])
})

for (const [name, verification, want] of [
  ['a bad signature', { kind: 'Rejected', clause: 'signature', message: 'wrong' }, 'TokenRejected'],
  [
    'someone else’s answer',
    { kind: 'Verified', claims: { ...claims(), preferred_username: 'bob' } },
    'ApproverMismatch',
  ],
  ['an older answer', { kind: 'Verified', claims: { ...claims(), iat: 0 } }, 'TokenRejected'],
] as const)
  test(`${name} is no approval, and the token is revoked`, async () => {
    const world = await granting(aWorld(wanting))
    world.openid.script.verify = [verification]
    await world.after(5)
    assert.deepEqual([world.request().status?.outcome, world.said()], ['Failed', want])
    assert.deepEqual(world.openid.revoked, [accessToken])
    assert.equal(world.token(), undefined)
    assert.equal(world.request().status?.decision, undefined)
  })

function claims(): Extract<typeof verified, { kind: 'Verified' }>['claims'] {
  assert.ok(verified.kind === 'Verified')
  return verified.claims
}

test('a process that stops after W3 leaves an approval to the next', async () => {
  const world = await granting(aWorld(wanting))
  world.requests.interpose({ before: ({ verb }) => (verb === 'replaceStatus' ? fail() : undefined) })
  world.clock.advance(5)
  await assert.rejects(world.pass())
  world.requests.interpose({})
  const other = world.anotherProcess()
  await world.pass('foo-v2', other)
  world.clock.advance(7.5)
  await world.pass('foo-v2', other)
  assert.equal(world.said(), 'Approved')
  assert.equal(world.openid.tokenRequests.length, 1)
  assert.equal(world.writes().secrets, 1)
})
