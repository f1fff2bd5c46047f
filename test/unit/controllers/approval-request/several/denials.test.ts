/** One person denies while the token of the approval that would decide is being stored: no token of it is left. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FailpointName } from '../../../../../src/core/ports/surroundings.ts'
import { anApprovalRequest } from '../../../../support/builders/builders.ts'
import { mortal } from '../../../../support/worlds/mortal.ts'
import { aStage, approvalOf, aWorldOf, denial } from '../../../../support/worlds/several-world.ts'
import type { SeveralWorld } from '../../../../support/worlds/several-world.ts'

const wanting = anApprovalRequest().wantingToken()
const twoOfThree = [aStage('release', ['alice', 'bob', 'carol'], { required: 2 })]

/** Alice has approved; Bob's approval, which decides, and Carol's denial come at once. */
async function aRace(): Promise<SeveralWorld> {
  const world = aWorldOf(twoOfThree, wanting)
  await world.settle()
  world.answer('alice', approvalOf('alice'))
  await world.after(5)
  world.answer('bob', approvalOf('bob'))
  world.answer('carol', denial)
  return world
}

/** Lets a token be stored only when the denial is written, and all that follows from that is done. */
function denialFirst(): (name: FailpointName) => Promise<void> {
  const { promise: denied, resolve } = Promise.withResolvers<undefined>()
  return async (name) => {
    if (name === 'after:W4') setImmediate(resolve, undefined)
    if (name === 'before:W3') await denied
  }
}

function assertNothingLeft(world: SeveralWorld): void {
  assert.deepEqual([world.said(), world.token()], ['AccessDenied', undefined])
  assert.deepEqual(new Set(world.openid.revoked), new Set(['token-of-alice', 'token-of-bob']))
}

test('the denial is written first: the token that is stored after it is deleted and revoked', async () => {
  const world = await aRace()
  world.failpoints.hit = denialFirst()
  await world.after(5)
  assertNothingLeft(world)
})

test('the token is given out when the denial is written: it is not stored for long, and revoked', async () => {
  const world = await aRace()
  const { promise: denied, resolve } = Promise.withResolvers<undefined>()
  world.failpoints.hit = async (name) => {
    await Promise.resolve()
    if (name === 'after:W4') setImmediate(resolve, undefined)
  }
  world.answer('bob', async () => {
    await denied
    return approvalOf('bob')
  })
  await world.after(5)
  assertNothingLeft(world)
})

test('killed when the token was stored behind the denial: the next process deletes and revokes it', async () => {
  const world = await aRace()
  const hold = denialFirst()
  const { process, death } = mortal(world.anotherProcess(), 'after:W3', 1)
  const hit = async (name: FailpointName): Promise<void> => {
    await hold(name)
    await process.failpoints.hit(name)
  }
  // It takes over, and finds no token; then it asks for both answers.
  const dying = { ...process, failpoints: { hit } }
  for (let passes = 0; passes < 10; passes += 1) {
    world.clock.advance(5)
    if ((await Promise.race([world.pass('foo-v2', dying), death])) === 'dead') break
  }
  assert.equal(world.said(), 'AccessDenied')
  assert.notEqual(world.token(), undefined)
  const successor = world.anotherProcess()
  await world.pass('foo-v2', successor)
  assertNothingLeft(world)
  const { length } = world.secrets.calls
  world.clock.advance(5)
  await world.pass('foo-v2', successor)
  assert.equal(world.secrets.calls.length, length)
})
