/** In which lines a request of several people waits, and who is asked first; and which prompts keep it waiting. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clock } from '../../../../../src/core/sentences/messages.ts'
import { aPolicy } from '../../../../support/builders/builders.ts'
import { theLimits } from '../../../../support/builders/limits.ts'
import { at } from '../../../../support/fakes/clocks/clock.ts'
import {
  aWorldUnder,
  called,
  messageOf,
  numbered,
  occupied,
} from '../../../../support/worlds/crowded-world.ts'
import { aStage, approvalOf } from '../../../../support/worlds/several-world.ts'
import type { SeveralWorld } from '../../../../support/worlds/several-world.ts'

test('who waits for the only one who is not excluded is first in that line, and is called', async () => {
  const stages = [aStage('sre', ['alice', 'bob'])]
  const world = aWorldUnder(stages)
  world.subject.annotations = { 'company.com/change-author': 'alice@company.com' }
  const separationOfDuties = { changeAuthors: { annotations: ['company.com/change-author'] } }
  world.policies.put(
    aPolicy({ stages, separationOfDuties, limits: theLimits({ openPromptsPerApprover: 1 }) }),
  )
  await occupied(world, 'bob')
  await world.settle('request-0')
  assert.match(
    messageOf(world, 'request-0'),
    /^bob@company\.com has 1 open prompt; policy prod-promotions allows 1/,
  )
  world.requests.put(numbered(1).createdAt(at(30)))
  await world.settle('request-1')
  assert.match(messageOf(world, 'request-1'), /^bob@company\.com has 1 open prompt/)
  // Looking again in the meantime costs the older one no place.
  world.clock.advance(10)
  await world.settle('request-0')
  const before = world.woken.length
  world.answer('bob', approvalOf('bob'))
  await world.after(5, 'busy-bob')
  world.answer('bob', { kind: 'Error', error: 'authorization_pending' })
  assert.ok(world.woken.slice(before).includes('demo/request-0'), 'bob’s answer makes room')
  await called(world, 'request-1')
  assert.equal(world.said('request-1'), 'Throttled', 'the older one is first')
  await called(world, 'request-0')
  assert.equal(world.said('request-0'), 'AuthorizationPending')
  assert.deepEqual(world.asked(), ['bob', 'bob'])
})

test('who is first in the line of an excluded person waits there no more', async () => {
  const stages = [aStage('sre', ['alice', 'bob'])]
  const world = aWorldUnder(stages, { openPromptsPerApprover: 1 })
  await occupied(world, 'alice')
  await occupied(world, 'bob')
  await world.settle('request-0')
  assert.equal(world.said('request-0'), 'Throttled')
  world.subject.annotations = { 'company.com/change-author': 'alice@company.com' }
  const separationOfDuties = { changeAuthors: { annotations: ['company.com/change-author'] } }
  const limits = theLimits({ openPromptsPerApprover: 1 })
  world.policies.put(aPolicy({ stages, separationOfDuties, limits }))
  world.requests.put(numbered(1).createdAt(at(30)))
  world.answer('alice', approvalOf('alice'))
  await world.after(5, 'busy-alice')
  await called(world, 'request-0')
  assert.match(messageOf(world, 'request-0'), /^bob@company\.com has 1 open prompt/)
  world.policies.put(aPolicy({ stages, limits }))
  world.answer('alice', { kind: 'Error', error: 'authorization_pending' })
  await called(world, 'request-1')
  assert.deepEqual(world.asked(), ['alice', 'bob', 'alice'], 'nobody waits for alice before it')
})

test('a token request that is held open costs no place in the line of another person', async () => {
  const world = aWorldUnder([aStage('sre', ['alice', 'bob', 'carol'])], { openPromptsPerApprover: 1 })
  await occupied(world, 'alice')
  await world.settle('request-0')
  assert.deepEqual(world.asked(), ['alice', 'bob', 'carol'])
  world.requests.put(numbered(1).createdAt(at(30)))
  await world.settle('request-1')
  assert.equal(world.said('request-1'), 'Throttled')
  const held = Promise.withResolvers<never>()
  world.answer('bob', () => held.promise)
  world.answer('carol', { kind: 'Error', error: 'expired_token' })
  world.clock.advance(5)
  const pass = world.pass('request-0')
  await world.pass('busy-alice')
  for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate)
  assert.deepEqual(Object.values(statesOf(world, 'request-0')), ['Open', 'Expired'])
  world.answer('alice', approvalOf('alice'))
  await world.after(5, 'busy-alice')
  assert.equal(world.said('busy-alice'), 'Approved')
  await called(world, 'request-1')
  assert.equal(world.said('request-1'), 'Throttled')
  assert.deepEqual(world.asked(), ['alice', 'bob', 'carol'], 'alice is asked about the older one first')
  held.reject(new Error('the test is over'))
  await assert.rejects(pass)
})

test('a prompt that others have made needless counts until it expires, and the condition says until when', async () => {
  const world = aWorldUnder([aStage('sre', ['alice', 'bob'])], { openPromptsPerApprover: 1 })
  await world.settle('request-0')
  world.answer('alice', approvalOf('alice'))
  await world.after(5, 'request-0')
  assert.equal(world.said('request-0'), 'Approved')
  const expiresAt = world.request('request-0').status?.prompts?.[1]?.expiresAt
  world.policies.put(
    aPolicy({ stages: [aStage('sre', ['bob'])], limits: theLimits({ openPromptsPerApprover: 1 }) }),
  )
  world.requests.put(numbered(1))
  await world.settle('request-1')
  const until = clock(expiresAt)
  assert.ok(
    messageOf(world, 'request-1').startsWith(
      `bob@company.com has 1 open prompt, which needs no answer any more and counts until it expires at ${until}; policy prod-promotions allows 1`,
    ),
    messageOf(world, 'request-1'),
  )
  world.requests.put(numbered(0).named('again', '80000000-0000-4000-8000-000000000099'))
  await world.settle('again')
  assert.ok(
    messageOf(world, 'again').includes(
      `of request demo/request-0, which needs no answer to it any more: the prompt counts until it expires. This request is asked when that prompt expires at ${until}.`,
    ),
    messageOf(world, 'again'),
  )
})

function statesOf(world: SeveralWorld, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (world.request(name).status?.prompts ?? []).map(({ approver, state = 'Open' }) => [approver, state]),
  )
}
