/** Answers that cannot be verified yet: what is said meanwhile, and until when. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import { accessToken, aTokenResponse, verified } from '../../../support/fakes/providers/port.ts'
import { holdingToken, invalidGrant, unknownKey } from '../../../support/builders/unverified-token.ts'

test('a key that is not published for a while is told once', async () => {
  const world = await holdingToken()
  const { status } = world.writes()
  await world.after(2)
  await world.after(4)
  await world.after(8)
  assert.equal(world.said(), 'IdentityProviderNotReady')
  assert.match(
    world.request().status?.conditions?.[0]?.message ?? '',
    /^the answer of alice@company\.com is there, but cannot be verified yet: its key is not published\. Ask a platform engineer to fix it; the request resumes automatically\. Retried until [\d:]+ UTC\.$/,
  )
  assert.equal(world.writes().status, status + 1)
  world.openid.script.verify = [verified]
  await world.after(60)
  assert.equal(world.said(), 'Approved')
})

test('an answer that cannot be verified by the deadline is refused, however long its token lives', async () => {
  const world = aWorld(anApprovalRequest())
  await world.settle()
  const response = aTokenResponse({ expiresInSeconds: 86_400 })
  world.openid.script.token = [{ kind: 'Granted', response }, invalidGrant]
  world.openid.script.verify = [unknownKey]
  await world.after(5)
  await world.after(590)
  assert.equal(world.said(), 'AuthorizationPending')
  await world.after(60)
  assert.equal(world.said(), 'TokenRejected')
  assert.deepEqual(world.openid.revoked, [accessToken])
})
