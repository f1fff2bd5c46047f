/** How much several people are asked, whatever requesters do, and that one of them who has too much to answer keeps nobody waiting. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalPolicySpec, ApprovalRequest } from '../../../../../src/api/objects.ts'
import { anApprovalRequest, aNamespace, aPolicy } from '../../../../support/builders/builders.ts'
import { theLimits } from '../../../../support/builders/limits.ts'
import { at } from '../../../../support/fakes/clocks/clock.ts'
import { aStage, approvalOf, aWorldOf, denial } from '../../../../support/worlds/several-world.ts'
import type { SeveralWorld } from '../../../../support/worlds/several-world.ts'

type Limits = ApprovalPolicySpec['limits']
type Stages = ApprovalPolicySpec['stages']

const team = [aStage('sre', ['alice', 'bob', 'carol'])]
const inTurn = [aStage('sre', ['alice', 'bob', 'carol'], { ask: 'InTurn', turn: '2m' })]
const escalating = [aStage('sre', ['alice']), aStage('lead', ['carol'], { insteadOf: 'sre', after: '5m' })]

/** Of one of 50 identities of namespace demo, about a target of its own. */
function numbered(number: number): ApprovalRequest & ReturnType<typeof anApprovalRequest> {
  const uid = `80000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  return anApprovalRequest()
    .named(`request-${number}`, uid)
    .createdAt(at(0))
    .by(`system:serviceaccount:demo:agent-${number % 50}`)
    .saying({ target: { kind: 'Rollout', name: `foo-${number}` } })
}

function many(count: number): readonly ApprovalRequest[] {
  return Array.from({ length: count }, (_, number) => numbered(number))
}

/** Of an honest agent in another namespace. */
const honest = anApprovalRequest()
  .named('honest', '90000000-0000-4000-8000-000000000001')
  .inNamespace('dev')
  .by('system:serviceaccount:dev:agent')

function aWorldUnder(stages: Stages, limits: Partial<Limits> = {}): SeveralWorld {
  const world = aWorldOf(stages, numbered(0))
  world.policies.put(aPolicy({ stages, limits: theLimits(limits) }))
  const { metadata, ...namespace } = aNamespace()
  world.namespaces.put({ ...namespace, metadata: { ...metadata, name: 'dev', uid: 'uid-of-dev' } })
  return world
}

/** Another request under a policy of its own leaves this person no room. */
async function occupied(world: SeveralWorld, hint: string, name = `busy-${hint}`): Promise<void> {
  const before = world.policies.held('prod-promotions') ?? assert.fail('there is no policy')
  world.policies.put({ ...before, spec: { ...before.spec, stages: [aStage('sre', [hint])] } })
  world.requests.put(
    anApprovalRequest().named(name, `uid-of-${name}`).by(`someone-of-${name}`).createdAt(at(-1)),
  )
  await world.settle(name)
  assert.equal(world.said(name), 'AuthorizationPending')
  world.policies.put(before)
}

function messageOf(world: SeveralWorld, name: string): string {
  return world.request(name).status?.conditions?.[0]?.message ?? ''
}

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

/** The time that this request backs off for is over, as when its turn is called. */
async function called(world: SeveralWorld, name: string): Promise<void> {
  world.dependencies.memory.retryNow(world.request(name).metadata.uid ?? '')
  await world.settle(name)
}

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

function statesOf(world: SeveralWorld, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (world.request(name).status?.prompts ?? []).map(({ approver, state = 'Open' }) => [approver, state]),
  )
}
