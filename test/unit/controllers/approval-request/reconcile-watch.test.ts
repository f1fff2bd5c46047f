/** A watch shows our own writes late: until then what was written counts, and where another process writes the API server is asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest, aProvider } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'

const wanting = anApprovalRequest().wantingToken()

test('a watch that lags behind prompts nobody again', async () => {
  const world = aWorld(wanting)
  world.requests.cache.freeze()
  await world.settle()
  await world.settle()
  await world.after(5)
  assert.equal(world.openid.prompts.length, 1)
  assert.equal(world.openid.tokenRequests.length, 1)
  world.openid.script.token = [{ kind: 'Error', error: 'access_denied' }]
  await world.after(5)
  await world.after(5)
  assert.equal(world.request().status?.outcome, 'Denied')
  assert.equal(world.openid.prompts.length, 1)
})

test('a watch that has caught up saves the reads', async () => {
  const world = aWorld(wanting)
  world.requests.cache.freeze()
  await world.settle()
  world.requests.put(world.request())
  world.requests.cache.catchUp()
  await world.after(5)
  const calls = world.requests.calls.length
  await world.after(5)
  assert.equal(world.requests.calls.length, calls)
})

test('a watch that shows an older version than our own write costs no read', async () => {
  const world = aWorld(wanting)
  world.requests.cache.freeze()
  await world.settle()
  await world.after(5)
  assert.equal(world.openid.tokenRequests.length, 1)
  const reads = world.requests.calls.filter(({ verb }) => verb === 'get')
  assert.deepEqual(reads, [])
})

test('a watch that lags behind a label of somebody else keeps no news waiting', async () => {
  const world = aWorld(wanting)
  world.requests.cache.freeze()
  await world.settle()
  const current = world.request()
  world.requests.put({
    ...current,
    metadata: { ...current.metadata, labels: { team: 'a' }, resourceVersion: 'of-another' },
  })
  world.openid.script.token = Array.from(
    { length: 4 },
    () => ({ kind: 'Unreachable', detail: 'connect ECONNREFUSED' }) as const,
  )
  for (let count = 0; count < 6; count += 1) await world.after(10)
  assert.match(world.request().status?.conditions?.[0]?.message ?? '', /ECONNREFUSED/)
  assert.deepEqual(world.request().metadata.labels, { team: 'a' })
})

test('what another process has written after us is not overwritten, whatever the watch shows', async () => {
  const world = aWorld(wanting)
  world.requests.cache.freeze()
  await world.settle()
  const current = world.request()
  const { status } = wanting.finished('AccessDenied', 0)
  world.requests.put({
    ...current,
    ...(status !== undefined && { status }),
    metadata: { ...current.metadata, resourceVersion: 'of-another' },
  })
  world.openid.script.token = [{ kind: 'Error', error: 'transaction_failed' }]
  await world.after(5)
  assert.deepEqual(world.request().status, status)
  // What stands there by now was read, and counts.
  await world.after(5)
  assert.equal(world.openid.tokenRequests.length, 1)
})

test('a watch that lags behind does not delete in circles', async () => {
  const world = aWorld(wanting.finished('AccessDenied', 0).saying({ ttlAfterFinished: '1s' }))
  world.requests.cache.freeze()
  world.clock.advance(2)
  assert.deepEqual(await world.pass(), { kind: 'Retry' })
  world.requests.cache.catchUp()
  assert.deepEqual(await world.pass(), { kind: 'Done' })
})

/** The first process stops at this place; what it has written by then is all that the watch shows from there on. */
async function stoppedAt(place: 'before:I1' | 'after:I1'): Promise<World> {
  const world = aWorld(wanting)
  world.failpoints.hit = (name) => {
    if (name === place) world.requests.cache.freeze()
    return Promise.resolve()
  }
  await world.settle()
  return world
}

for (const place of ['before:I1', 'after:I1'] as const)
  test(`a watch that still shows ${place} does not make another process give the prompt up`, async () => {
    const world = await stoppedAt(place)
    const other = world.anotherProcess()
    assert.deepEqual(await world.pass('foo-v2', other), { kind: 'Retry' })
    await world.pass('foo-v2', other)
    assert.equal(world.said(), 'AuthorizationPending')
    assert.equal(world.openid.prompts.length, 1)
  })

test('a watch that lags behind does not make another process ask for a token again', async () => {
  const world = aWorld(anApprovalRequest())
  await world.settle()
  world.requests.cache.freeze()
  world.openid.script.token = [{ kind: 'Error', error: 'access_denied' }]
  await world.after(5)
  const other = world.anotherProcess()
  for (let pass = 0; pass < 3; pass += 1) await world.pass('foo-v2', other)
  assert.equal(world.openid.tokenRequests.length, 1)
})

test('a watch that shows a provider of the past does not end the question', async () => {
  const world = aWorld(wanting)
  const provider = aProvider()
  await world.settle()
  world.providers.put({ ...provider, spec: { ...provider.spec, issuer: 'https://old.company.com' } })
  world.providers.cache.freeze()
  world.providers.put({ ...provider, metadata: { ...provider.metadata, generation: 2 } })
  await world.after(5)
  assert.equal(world.said(), 'AuthorizationPending')
})
