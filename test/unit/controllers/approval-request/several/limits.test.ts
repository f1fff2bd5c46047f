/** How much several people are asked, whatever requesters do, and that one of them who has too much to answer keeps nobody waiting. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../../src/api/objects.ts'
import { anApprovalRequest } from '../../../../support/builders/builders.ts'
import { at } from '../../../../support/fakes/clocks/clock.ts'
import { aStage, approvalOf, denial } from '../../../../support/worlds/several-world.ts'
import { aWorldUnder, messageOf, numbered, occupied } from '../../../../support/worlds/crowded-world.ts'
import type { SeveralWorld } from '../../../../support/worlds/several-world.ts'

const team = [aStage('sre', ['alice', 'bob', 'carol'])]
const inTurn = [aStage('sre', ['alice', 'bob', 'carol'], { ask: 'InTurn', turn: '2m' })]
const escalating = [aStage('sre', ['alice']), aStage('lead', ['carol'], { insteadOf: 'sre', after: '5m' })]

function many(count: number): readonly ApprovalRequest[] {
  return Array.from({ length: count }, (_, number) => numbered(number))
}

/** Of an honest agent in another namespace. */
const honest = anApprovalRequest()
  .named('honest', '90000000-0000-4000-8000-000000000001')
  .inNamespace('dev')
  .by('system:serviceaccount:dev:agent')

function promptsByPerson(world: SeveralWorld): Readonly<Record<string, number>> {
  const asked = world.asked()
  return Object.fromEntries(
    [...new Set(asked)].map((hint) => [hint, asked.filter((each) => each === hint).length]),
  )
}

for (const [how, stages, people] of [
  ['a team that is asked together', team, ['alice', 'bob', 'carol']],
  ['a team that is asked in turn', inTurn, ['alice', 'bob', 'carol']],
  [
    'two stages',
    [aStage('sre', ['alice', 'bob']), aStage('security', ['bob', 'carol'])],
    ['alice', 'bob', 'carol'],
  ],
] as const)
  test(`1,000 requests of 50 identities aim at ${how}: two prompts each, and another namespace prompts at once`, async () => {
    const requests = many(1000)
    const world = aWorldUnder(stages)
    for (const request of requests) world.requests.put(request)
    for (const { metadata } of requests) await world.pass(metadata.name)
    const two = Object.fromEntries(people.map((hint) => [hint, 2]))
    assert.deepEqual(promptsByPerson(world), two)
    world.requests.put(honest)
    await world.settle('honest')
    assert.equal(world.said('honest'), 'AuthorizationPending')
    const first = how.endsWith('in turn') ? people.slice(0, 1) : people
    assert.deepEqual(world.asked().slice(-first.length), first)
  })

test('who has room first is asked, whoever else has none', async () => {
  const world = aWorldUnder([aStage('sre', ['alice', 'bob'])], { openPromptsPerApprover: 1 })
  await occupied(world, 'alice')
  await occupied(world, 'bob')
  await world.settle('request-0')
  assert.match(
    messageOf(world, 'request-0'),
    /^alice@company\.com has 1 open prompt; policy prod-promotions allows 1 .*bob@company\.com is not asked yet either; the first one to be free is asked\. Retried until/,
  )
  const before = world.woken.length
  world.answer('bob', approvalOf('bob'))
  await world.after(5, 'busy-bob')
  assert.ok(world.woken.slice(before).includes('demo/request-0'), 'bob’s answer makes room')
  world.answer('bob', { kind: 'Error', error: 'authorization_pending' })
  await world.settle('request-0')
  assert.deepEqual(world.asked(), ['alice', 'bob', 'bob'])
})

test('the oldest request is first in the line of each person', async () => {
  const world = aWorldUnder([aStage('sre', ['alice', 'bob'])], { openPromptsPerApprover: 1 })
  await occupied(world, 'alice')
  await occupied(world, 'bob')
  const younger = numbered(1).createdAt(at(30))
  world.requests.put(younger)
  await world.settle('request-0')
  await world.settle('request-1')
  world.answer('bob', approvalOf('bob'))
  await world.after(5, 'busy-bob')
  world.answer('bob', { kind: 'Error', error: 'authorization_pending' })
  await world.settle('request-1')
  assert.equal(world.said('request-1'), 'Throttled')
  await world.settle('request-0')
  assert.equal(world.said('request-0'), 'AuthorizationPending')
})

test('in turn: who has too much to answer passes the turn on at once, and is asked when there is room', async () => {
  const world = aWorldUnder(inTurn, { openPromptsPerApprover: 1 })
  await occupied(world, 'alice')
  await world.settle('request-0')
  assert.deepEqual(world.asked(), ['alice', 'bob'])
  await world.after(60, 'request-0')
  assert.deepEqual(world.asked(), ['alice', 'bob'])
  world.answer('alice', approvalOf('alice'))
  await world.after(5, 'busy-alice')
  world.answer('alice', { kind: 'Error', error: 'authorization_pending' })
  await world.settle('request-0')
  assert.deepEqual(world.asked(), ['alice', 'bob', 'alice'])
  await world.after(200, 'request-0')
  assert.deepEqual(world.asked(), ['alice', 'bob', 'alice', 'carol'])
})

test('in turn: a pause after a denial passes no turn on: nobody shops for another answer', async () => {
  const world = aWorldUnder(inTurn)
  await world.settle('request-0')
  world.answer('alice', denial)
  await world.after(5, 'request-0')
  assert.equal(world.said('request-0'), 'AccessDenied')
  world.answer('alice', { kind: 'Error', error: 'authorization_pending' })
  world.requests.put(numbered(0).named('again', '80000000-0000-4000-8000-000000000099').createdAt(at(6)))
  await world.settle('again')
  assert.equal(world.said('again'), 'Throttled')
  assert.deepEqual(world.asked(), ['alice'])
  await world.after(60, 'again')
  assert.deepEqual(world.asked(), ['alice', 'alice'])
})

test('escalation: where nobody of a stage has room, the other stage opens as if its time had begun with the request', async () => {
  const world = aWorldUnder(escalating, { openPromptsPerApprover: 1 })
  await occupied(world, 'alice')
  const created = new Date(world.request('request-0').metadata.creationTimestamp ?? '')
  const start = (world.clock.now().getTime() - created.getTime()) / 1000
  await world.settle('request-0')
  assert.equal(world.said('request-0'), 'Throttled')
  const result = await world.after(299 - start, 'request-0')
  assert.equal(world.said('request-0'), 'Throttled')
  assert.deepEqual(result, { kind: 'RequeueAt', at: new Date(created.getTime() + 300_000) })
  await world.after(1, 'request-0')
  assert.deepEqual(world.asked(), ['alice', 'carol'])
})

test('who is not asked yet because of a limit stands in the condition, with what makes room', async () => {
  const world = aWorldUnder([aStage('sre', ['alice', 'bob'], { required: 2 })], { openPromptsPerApprover: 1 })
  await occupied(world, 'alice')
  await world.settle('request-0')
  assert.match(
    messageOf(world, 'request-0'),
    /^bob@company\.com has been asked, with the code \S+; alice@company\.com is not asked yet: this person may have 1 open prompt \(limits\.openPromptsPerApprover\), and one that is answered or expires makes room\. Still needed: 2 of 2 approvals of stage sre\. Awaited until \d\d:\d\d UTC\.$/,
  )
  const { status: writes } = world.writes()
  for (let passes = 0; passes < 10; passes++) await world.after(5, 'request-0')
  assert.equal(world.writes().status, writes, 'it is said once')
  world.answer('bob', approvalOf('bob'))
  await world.after(5, 'request-0')
  assert.match(
    messageOf(world, 'request-0'),
    /^bob@company\.com \(\d\d:\d\d UTC\) approved; alice@company\.com is not asked yet: .*Still needed: 1 of 2 approvals of stage sre/,
  )
  assert.equal(world.writes().status, writes + 1, 'and in no write of its own')
  world.answer('alice', approvalOf('alice'))
  await world.after(5, 'busy-alice')
  world.answer('alice', { kind: 'Error', error: 'authorization_pending' })
  await world.settle('request-0')
  assert.doesNotMatch(messageOf(world, 'request-0'), /not asked yet/)
  assert.match(messageOf(world, 'request-0'), /alice@company\.com has been asked/)
})

test('another process says the same of who is not asked yet, and writes nothing', async () => {
  const world = aWorldUnder([aStage('sre', ['alice', 'bob'])], { openPromptsPerApprover: 1 })
  await occupied(world, 'alice')
  await world.settle('request-0')
  const said = messageOf(world, 'request-0')
  assert.match(said, /alice@company\.com is not asked yet/)
  const next = world.anotherProcess()
  world.clock.advance(10)
  await world.pass('busy-alice', next)
  const { status: writes } = world.writes()
  for (let passes = 0; passes < 5; passes++) {
    await world.pass('request-0', next)
    world.clock.advance(5)
  }
  assert.equal(messageOf(world, 'request-0'), said)
  assert.equal(world.writes().status, writes)
})

test('one namespace has used its share: the condition says how many it may have open, and how many all may', async () => {
  const world = aWorldUnder([aStage('sre', ['alice', 'bob'])], { openPromptsPerApprover: 3 })
  await occupied(world, 'alice', 'busy-1')
  await occupied(world, 'alice', 'busy-2')
  await world.settle('request-0')
  assert.match(
    messageOf(world, 'request-0'),
    /alice@company\.com is not asked yet: namespace demo may have 2 open prompts to this person, of 3 in all \(limits\.openPromptsPerApprover\), and one that is answered or expires makes room\. Still needed/,
  )
})

test('one namespace has used its share of an hour: the condition says how many it may send, and how many all may', async () => {
  const world = aWorldUnder([aStage('sre', ['alice', 'bob'])], { promptsPerApproverPerHour: 2 })
  await occupied(world, 'alice')
  await world.settle('request-0')
  assert.match(
    messageOf(world, 'request-0'),
    /alice@company\.com is not asked yet: namespace demo may send this person 1 prompt within an hour, of 2 in all \(limits\.promptsPerApproverPerHour\), the next one from \d\d:\d\d UTC on\. Still needed/,
  )
})

test('a limit of prompts within an hour says from when on the next one may be sent', async () => {
  const world = aWorldUnder([aStage('sre', ['alice', 'bob'])], { promptsPerApproverPerHour: 1 })
  await occupied(world, 'alice')
  await world.settle('request-0')
  assert.match(
    messageOf(world, 'request-0'),
    /alice@company\.com is not asked yet: this person may get 1 prompt within an hour \(limits\.promptsPerApproverPerHour\), the next one from \d\d:\d\d UTC on\. Still needed/,
  )
})
