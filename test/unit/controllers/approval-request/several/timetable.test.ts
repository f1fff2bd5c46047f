/** Who of several people is asked when. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secondsAfter, timestamp } from '../../../../../src/core/duration.ts'
import { anApprovalRequest, aPolicy } from '../../../../support/builders/builders.ts'
import { theLimits } from '../../../../support/builders/limits.ts'
import { aStage, approvalOf, aWorldOf, denial } from '../../../../support/worlds/several-world.ts'

const wanting = anApprovalRequest().wantingToken()
const inTurn = [aStage('release', ['alice', 'bob', 'carol'], { ask: 'InTurn', turn: '2m' })]
const escalating = [
  aStage('sre', ['alice', 'bob']),
  aStage('lead', ['carol'], { insteadOf: 'sre', after: '5m' }),
]

test('in turn: one more person each turn, and the first can still answer', async () => {
  const world = aWorldOf(inTurn, wanting)
  await world.settle()
  assert.deepEqual(world.asked(), ['alice'])
  await world.after(119)
  assert.deepEqual(world.asked(), ['alice'])
  await world.after(1)
  assert.deepEqual(world.asked(), ['alice', 'bob'])
  await world.after(120)
  assert.deepEqual(world.asked(), ['alice', 'bob', 'carol'])
  world.answer('alice', approvalOf('alice'))
  await world.after(5)
  assert.equal(world.said(), 'Approved')
  assert.deepEqual(world.states(), { alice: 'Approved', bob: 'NotNeeded', carol: 'NotNeeded' })
})

test('in turn: who cannot answer any more passes the turn on at once', async () => {
  const world = aWorldOf(inTurn, wanting)
  await world.settle()
  world.answer('alice', { kind: 'Error', error: 'expired_token' })
  await world.after(5)
  assert.deepEqual(world.asked(), ['alice', 'bob'])
  assert.deepEqual(world.states(), { alice: 'Expired', bob: 'Open' })
})

test('in turn: whom the provider does not know passes the turn on', async () => {
  const world = aWorldOf(inTurn, wanting)
  const [prompt] = world.openid.script.prompt
  world.openid.script.prompt = [
    { kind: 'NotPrompted', error: 'unknown_user_id' },
    prompt ?? assert.fail('the script is empty'),
  ]
  await world.settle()
  assert.deepEqual(world.asked(), ['alice', 'bob'])
  assert.deepEqual(world.states(), { alice: 'Failed', bob: 'Open' })
  assert.equal(world.said(), 'AuthorizationPending')
})

test('escalation: another stage stands in once the first has not answered in time', async () => {
  const world = aWorldOf(escalating, wanting)
  await world.settle()
  await world.after(295)
  assert.deepEqual(world.asked(), ['alice', 'bob'])
  await world.after(5)
  assert.deepEqual(world.asked(), ['alice', 'bob', 'carol'])
  world.answer('carol', approvalOf('carol'))
  await world.after(5)
  assert.equal(world.said(), 'Approved')
  assert.deepEqual(
    world.request().status?.decision?.approvers.map(({ name }) => name),
    ['carol@company.com'],
  )
})

test('escalation: nobody else is asked once the stage is satisfied or denied', async () => {
  for (const answer of [approvalOf('alice'), denial]) {
    const world = aWorldOf(escalating, wanting)
    await world.settle()
    world.answer('alice', answer)
    await world.after(5)
    await world.after(400)
    assert.deepEqual(world.asked(), ['alice', 'bob'])
  }
})

test('a stage that opens while no controller runs is asked by the next one, and nobody twice', async () => {
  const world = aWorldOf(escalating, wanting)
  await world.settle()
  world.clock.advance(330)
  const next = world.anotherProcess()
  await world.pass('foo-v2', next)
  await world.pass('foo-v2', next)
  assert.deepEqual(world.asked(), ['alice', 'bob', 'carol'])
})

test('too little time is left: who would be asked next is not', async () => {
  const world = aWorldOf(
    [aStage('sre', ['alice']), aStage('lead', ['carol'], { insteadOf: 'sre', after: '595s' })],
    wanting,
  )
  await world.settle()
  for (let seconds = 0; seconds < 700; seconds += 5) await world.after(5)
  assert.deepEqual(world.asked(), ['alice'])
  assert.equal(world.request().status?.outcome, 'Expired')
})

test('who has too much to answer is asked later, and the others now', async () => {
  const second = anApprovalRequest().named('bar-v1', '80000000-0000-4000-8000-000000000002').wantingToken()
  const world = aWorldOf([aStage('release', ['alice', 'bob'])], wanting)
  world.policies.put(
    aPolicy({
      stages: [aStage('release', ['alice', 'bob'])],
      limits: { ...theLimits(), openPromptsPerApprover: 1 },
    }),
  )
  const alone = aPolicy({
    name: 'alone',
    priority: 10,
    match: { namespaceSelector: {}, actions: ['promote-rollout'], targetKinds: ['Rollout'] },
    stages: [aStage('sre', ['alice'])],
    limits: { ...theLimits(), openPromptsPerApprover: 1 },
  })
  world.policies.put(alone)
  world.requests.put(second)
  await world.settle('bar-v1')
  world.policies.remove('alone')
  assert.deepEqual(world.asked(), ['alice'])
  await world.settle('foo-v2')
  assert.deepEqual(world.asked(), ['alice', 'bob'])
  assert.equal(world.said('foo-v2'), 'AuthorizationPending')
  // As the watch would, once it has shown what was written.
  await world.settle('foo-v2')
  world.answer('alice', approvalOf('alice'))
  await world.after(5, 'bar-v1')
  assert.equal(world.said('bar-v1'), 'Approved')
  assert.ok(world.woken.includes('demo/foo-v2'))
  world.answer('alice', { kind: 'Error', error: 'authorization_pending' })
  await world.settle('foo-v2')
  assert.deepEqual(world.asked(), ['alice', 'bob', 'alice'])
})

test('those who were asked have failed, and the next one had no room until the deadline: that is said', async () => {
  const other = anApprovalRequest().named('bar-v1', '80000000-0000-4000-8000-000000000002').wantingToken()
  const world = aWorldOf([aStage('sre', ['carol'])], wanting)
  world.requests.put(other)
  await world.settle('bar-v1')
  world.policies.put(
    aPolicy({
      stages: [aStage('release', ['alice', 'carol'], { ask: 'InTurn', turn: '2m' })],
      limits: { ...theLimits(), openPromptsPerApprover: 1 },
    }),
  )
  await world.settle('foo-v2')
  world.answer('alice', { kind: 'Error', error: 'expired_token' })
  for (let seconds = 0; seconds < 600; seconds += 5) await world.after(5, 'foo-v2')
  assert.equal(world.request('foo-v2').status?.outcome, 'Expired')
  assert.match(
    world.request('foo-v2').status?.conditions?.[0]?.message ?? '',
    /^the request expired at \d\d:\d\d UTC\. The approvals can no longer be reached: stage release needs 1 and got the approval of nobody\. alice@company\.com could not answer: the provider reported at .*\. To ask again: /,
  )
})

test('in turn: whose approval counts for another stage passes the turn on at once', async () => {
  const turn = { ask: 'InTurn', turn: '9m' } as const
  const world = aWorldOf(
    [aStage('sre', ['bob', 'alice'], turn), aStage('security', ['bob', 'carol'], turn)],
    wanting,
  )
  await world.settle()
  assert.deepEqual(world.asked(), ['bob'])
  world.answer('bob', approvalOf('bob'))
  await world.after(5)
  assert.deepEqual(world.asked(), ['bob', 'carol'])
})

test('in turn: the next is asked although an older request of the requester waits for this one to end', async () => {
  const world = aWorldOf(inTurn, wanting)
  world.policies.put(aPolicy({ stages: inTurn, limits: { ...theLimits(), openRequestsPerRequester: 1 } }))
  await world.settle()
  const { apiVersion, kind, metadata, spec } = anApprovalRequest().named('aaa-v1', '1000').wantingToken()
  const creationTimestamp = timestamp(secondsAfter(world.clock.now(), -60))
  world.requests.put({ apiVersion, kind, spec, metadata: { ...metadata, creationTimestamp } })
  await world.settle('aaa-v1')
  assert.equal(world.said('aaa-v1'), 'Throttled')
  await world.after(120)
  assert.deepEqual(world.asked(), ['alice', 'bob'])
})

test('a person whom two stages name by two names is asked once', async () => {
  const named = (name: string, hint: string): { name: string; hint: string } => ({ name, hint })
  const world = aWorldOf(
    [
      { name: 'sre', required: 1, approvers: [named('alice@company.com', 'alice')] },
      { name: 'security', required: 1, approvers: [named('Alice', 'alice'), named('Bob', 'bob')] },
    ],
    wanting,
  )
  await world.settle()
  assert.deepEqual(world.asked(), ['alice', 'bob'])
  assert.deepEqual(
    world.request().status?.effective?.stages?.map(({ approvers }) => approvers),
    [['approver-1'], ['approver-1', 'approver-2']],
  )
})

test('in turn, and the first is excluded: who comes first instead is asked within the limits', async () => {
  const world = aWorldOf([aStage('sre', ['bob'])], wanting)
  const other = anApprovalRequest().named('bar-v1', '80000000-0000-4000-8000-000000000002').wantingToken()
  world.requests.put(other)
  await world.settle('bar-v1')
  world.subject.annotations = { 'company.com/change-author': 'alice@company.com' }
  world.policies.put(
    aPolicy({
      stages: inTurn,
      separationOfDuties: { changeAuthors: { annotations: ['company.com/change-author'] } },
      limits: { ...theLimits(), openPromptsPerApprover: 1 },
    }),
  )
  await world.settle('foo-v2')
  assert.deepEqual(world.asked(), ['bob'])
  assert.equal(world.said('foo-v2'), 'Throttled')
  world.answer('bob', approvalOf('bob'))
  await world.after(5, 'bar-v1')
  world.answer('bob', { kind: 'Error', error: 'authorization_pending' })
  await world.after(65, 'foo-v2')
  assert.deepEqual(world.asked(), ['bob', 'bob'])
  const { effective, prompts } = world.request('foo-v2').status ?? {}
  assert.deepEqual(
    effective?.stages?.map(({ approvers }) => approvers),
    [['approver-1', 'approver-2']],
  )
  assert.deepEqual(
    prompts?.map(({ id, approver }) => [id, approver]),
    [['approver-1', 'bob@company.com']],
  )
})

test('who is asked later sees the facts that the first one saw', async () => {
  const world = aWorldOf(inTurn, wanting)
  world.subject.measured = [{ name: 'desired replicas', value: '4', source: 'the Rollout' }]
  await world.settle()
  const before = world.request().status?.computed
  world.subject.measured = [{ name: 'desired replicas', value: '400', source: 'the Rollout' }]
  await world.after(120)
  assert.deepEqual(world.asked(), ['alice', 'bob'])
  assert.deepEqual(world.request().status?.computed, before)
})
