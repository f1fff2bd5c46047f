/** While a request waits, `Complete` says who is asked next and when, where people are asked in turn or a stage stands in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalPolicySpec } from '../../../../../src/api/objects.ts'
import { clock } from '../../../../../src/core/sentences/messages.ts'
import { secondsAfter } from '../../../../../src/core/duration.ts'
import { anApprovalRequest, aPolicy } from '../../../../support/builders/builders.ts'
import { theLimits } from '../../../../support/builders/limits.ts'
import { aStage, approvalOf, aWorldOf } from '../../../../support/worlds/several-world.ts'
import type { SeveralWorld } from '../../../../support/worlds/several-world.ts'

const wanting = anApprovalRequest().wantingToken()
const inTurn = [aStage('release', ['alice', 'bob', 'carol'], { ask: 'InTurn', turn: '2m' })]
const escalating = [aStage('sre', ['alice']), aStage('lead', ['carol'], { insteadOf: 'sre', after: '5m' })]
const unknown = { kind: 'NotPrompted', error: 'unknown_user_id' } as const

function message(world: SeveralWorld): string {
  return world.request().status?.conditions?.[0]?.message ?? ''
}

/** After the last full stop but one. */
function next(world: SeveralWorld): string | undefined {
  return /Awaited until \d\d:\d\d UTC\.(?: (.*))?$/.exec(message(world))?.[1]
}

function at(world: SeveralWorld, seconds: number): string {
  return clock(secondsAfter(world.request().status?.effective?.askedAt ?? '', seconds))
}

test('where nobody of a stage can answer, it says when the stage that stands in is asked', async () => {
  const world = aWorldOf(escalating, wanting)
  const [prompt] = world.openid.script.prompt
  world.openid.script.prompt = [unknown, prompt ?? assert.fail('the script is empty')]
  await world.settle()
  assert.match(
    message(world),
    /^alice@company\.com was not asked: .* Still needed: 1 of 1 approval of stage sre\. Awaited until/,
  )
  assert.equal(next(world), `Asked next, from ${at(world, 300)} on: carol@company.com of stage lead.`)
  await world.after(300)
  assert.deepEqual(world.asked(), ['alice', 'carol'])
  assert.equal(next(world), undefined)
})

test('in turn it says who is next, until the last one is asked, and is written with nothing but what is written anyway', async () => {
  const world = aWorldOf(inTurn, wanting)
  await world.settle()
  assert.equal(next(world), `Asked next, from ${at(world, 120)} on: bob@company.com of stage release.`)
  const { status: writes } = world.writes()
  for (let seconds = 0; seconds < 115; seconds += 5) await world.after(5)
  assert.equal(world.writes().status, writes)
  await world.after(5)
  assert.deepEqual(world.asked(), ['alice', 'bob'])
  assert.equal(next(world), `Asked next, from ${at(world, 240)} on: carol@company.com of stage release.`)
  await world.after(120)
  assert.deepEqual(world.asked(), ['alice', 'bob', 'carol'])
  assert.equal(next(world), undefined)
})

test('one who passes the turn on changes who is next', async () => {
  const world = aWorldOf(inTurn, wanting)
  await world.settle()
  world.answer('alice', { kind: 'Error', error: 'expired_token' })
  await world.after(5)
  assert.deepEqual(world.asked(), ['alice', 'bob'])
  assert.equal(next(world), `Asked next, from ${at(world, 120)} on: carol@company.com of stage release.`)
})

test('an approval that fills the stage leaves nobody to be asked next', async () => {
  const world = aWorldOf([...escalating, aStage('security', ['bob'])], wanting)
  await world.settle()
  assert.equal(next(world), `Asked next, from ${at(world, 300)} on: carol@company.com of stage lead.`)
  world.answer('alice', approvalOf('alice'))
  await world.after(5)
  assert.match(message(world), /Still needed: 1 of 1 approval of stage security\. Awaited until/)
  assert.equal(next(world), undefined)
})

for (const [why, stages] of [
  ['all are asked at once', [aStage('release', ['alice', 'bob'])]],
  [
    'too little time would be left',
    [aStage('sre', ['alice']), aStage('lead', ['carol'], { insteadOf: 'sre', after: '595s' })],
  ],
  [
    'the request is over before',
    [aStage('sre', ['alice']), aStage('lead', ['carol'], { insteadOf: 'sre', after: '1h' })],
  ],
] satisfies [string, ApprovalPolicySpec['stages']][])
  test(`nobody is said to be asked next where ${why}`, async () => {
    const world = aWorldOf(stages, wanting)
    await world.settle()
    assert.match(message(world), /^alice@company\.com/)
    assert.equal(next(world), undefined)
  })

test('with the longest names what is needed and who is next find room', async () => {
  const names = Array.from({ length: 12 }, (_, at) => `${'p'.repeat(238)}${String(at).padStart(2, '0')}`)
  const stages = [
    aStage('release', names.slice(0, 4), { required: 4 }),
    aStage('lead', names.slice(4), { insteadOf: 'release', after: '5m' }),
  ]
  const world = aWorldOf(stages, wanting)
  await world.settle()
  assert.ok(message(world).length <= 1024)
  assert.match(
    message(world),
    /Still needed: 4 of 4 approvals of stage release\. Awaited until \d\d:\d\d UTC\. Asked next, from \d\d:\d\d UTC on: p+04@company\.com and 7 more of stage lead\.$/,
  )
})

test('a stage whose time has come while a limit is in the way costs no write for who was to be next', async () => {
  const world = aWorldOf(escalating, wanting)
  const limits = theLimits({ openPromptsPerApprover: 1 })
  world.policies.put(aPolicy({ stages: [aStage('sre', ['carol'])], limits }))
  world.requests.put(anApprovalRequest().named('busy', 'uid-of-busy').by('someone-else').wantingToken())
  await world.settle('busy')
  assert.deepEqual(world.asked(), ['carol'])
  world.policies.put(aPolicy({ stages: escalating, limits }))
  await world.settle()
  assert.match(next(world) ?? '', /carol@company\.com of stage lead/)
  const { status: writes } = world.writes()
  for (let seconds = 0; seconds < 400; seconds += 20) await world.after(20)
  assert.match(message(world), /carol@company\.com is not asked yet: .* Awaited until \d\d:\d\d UTC\.$/)
  assert.equal(world.writes().status, writes + 1, 'the limit is said once')
})
