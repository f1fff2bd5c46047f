/** A prompt counts until it is answered or expires, also if its request is deleted. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'
import { prompted } from '../../../support/fakes/providers/port.ts'

/** A request of its own uid; about another target, or created later. */
function numbered(
  number: number,
  { about, second = 0 }: { readonly about?: string; readonly second?: number } = {},
): ApprovalRequest {
  const uid = `80000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  const request = anApprovalRequest().named(`request-${number}`, uid).createdAt(at(second))
  return about === undefined ? request : request.saying({ target: { kind: 'Rollout', name: about } })
}

const alice = { name: 'alice@company.com', hint: 'alice', claim: 'sub', expected: 'alice' }

test('who deletes a request with its prompt open gets no other prompt until that expires', async () => {
  const world = aWorld()
  for (let number = 0; number < 30; number++) {
    world.requests.put(numbered(number, { second: number }))
    await world.settle(`request-${number}`)
    world.requests.remove(`request-${number}`)
    world.clock.advance(10)
    world.watch()
  }
  assert.equal(world.openid.prompts.length, 1)
  world.requests.put(numbered(99, { second: 300 }))
  await world.settle('request-99')
  assert.equal(world.said('request-99'), 'Throttled')
  world.clock.advance(299 + 60)
  await world.settle('request-99')
  assert.equal(world.said('request-99'), 'Throttled')
  await world.after(1, 'request-99')
  assert.equal(world.said('request-99'), 'AuthorizationPending')
  assert.equal(world.openid.prompts.length, 2)
})

test('a process that starts after the deletion knows the prompt', async () => {
  const world = aWorld(numbered(1))
  await world.settle('request-1')
  world.requests.remove('request-1')
  world.watch()
  world.requests.put(numbered(2, { second: 1 }))
  await world.dependencies.slots.settled({ issuer: 'https://sso.company.com', approvers: [alice] })
  await world.pass('request-2', world.anotherProcess())
  assert.equal(world.said('request-2'), 'Throttled')
  assert.equal(world.openid.prompts.length, 1)
})

test('a prompt whose request was deleted while it was sent counts', async () => {
  const world = aWorld(numbered(1))
  world.openid.script.prompt = [
    () => {
      world.requests.remove('request-1')
      return prompted
    },
  ]
  await world.pass('request-1')
  world.requests.put(numbered(2, { second: 1 }))
  await world.settle('request-2')
  assert.equal(world.said('request-2'), 'Throttled')
})

test('as long as a deletion cannot be recorded nobody else is asked', async () => {
  const world = aWorld(numbered(1), numbered(2, { about: 'bar' }))
  await world.settle('request-1')
  world.configMaps.interpose({
    before: () => {
      throw new Error('away')
    },
  })
  world.requests.remove('request-1')
  await assert.rejects(world.pass('request-2'), /away/)
  assert.equal(world.openid.prompts.length, 1)
  world.configMaps.interpose({})
  await world.settle('request-2')
  assert.equal(world.openid.prompts.length, 2)
})
