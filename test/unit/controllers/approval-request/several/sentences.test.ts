/** What people read of a request that several are asked about is true, and finds room where it stands. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PromptOutcome } from '../../../../../src/core/ports/prompting.ts'
import type { TokenOutcome } from '../../../../../src/core/ports/redeeming.ts'
import { Places } from '../../../../../src/runtime/places.ts'
import { anApprovalRequest } from '../../../../support/builders/builders.ts'
import { aStage, approvalOf, aWorldOf, denial } from '../../../../support/worlds/several-world.ts'
import type { SeveralWorld } from '../../../../support/worlds/several-world.ts'

const wanting = anApprovalRequest().wantingToken()
const both = [aStage('release', ['alice', 'bob'], { required: 2 })]
const either = [aStage('release', ['alice', 'bob'])]
const unavailable: PromptOutcome = { kind: 'NotPrompted', error: 'temporarily_unavailable', httpStatus: 503 }
const unknown: PromptOutcome = { kind: 'NotPrompted', error: 'unknown_user_id' }
const expiredToken: TokenOutcome = { kind: 'Error', error: 'expired_token' }

function message(world: SeveralWorld): string {
  return world.request().status?.conditions?.[0]?.message ?? ''
}

/** Of this person the provider says so, and prompts the others. */
function answerPrompt(world: SeveralWorld, hint: string, answer: PromptOutcome): void {
  const { prompts, script } = world.openid
  const [prompt] = script.prompt
  script.prompt = [
    () => {
      if (prompts.at(-1)?.loginHint === hint) return answer
      return prompt instanceof Function ? prompt() : (prompt ?? assert.fail('the script is empty'))
    },
  ]
}

test('whom the provider does not know was not asked', async () => {
  const world = aWorldOf(either, wanting)
  answerPrompt(world, 'bob', unknown)
  await world.settle()
  assert.match(
    message(world),
    /^alice@company\.com has been asked, .*; bob@company\.com was not asked: IdentityProvider company answered unknown_user_id, and bob@company\.com was not prompted\./,
  )
  assert.equal(world.request().status?.prompts?.[1]?.stage, 'release')
})

test('whom no attempt has reached yet is not being asked', async () => {
  const world = aWorldOf([aStage('release', ['alice', 'bob', 'carol'], { required: 2 })], wanting)
  answerPrompt(world, 'bob', unavailable)
  await world.settle()
  world.answer('alice', approvalOf('alice'))
  // Bob is to be asked again before: of two that are due at once, the one that ends last has the last word.
  await world.after(4)
  await world.after(1)
  assert.match(
    message(world),
    /^alice@company\.com \(\d\d:\d\d UTC\) approved; carol@company\.com has been asked, with the code [^;]+; bob@company\.com could not be asked yet\. Still needed: 1 of 2/,
  )
})

test('one person under two names: it is said who, and what cannot be reached', async () => {
  const world = aWorldOf([aStage('release', ['alice', 'alias'], { required: 2 })], wanting)
  const [verify] = world.openid.script.verify
  world.openid.script.verify = [
    async () => {
      const found = await (verify instanceof Function ? verify() : verify)
      if (found?.kind !== 'Verified') assert.fail('nothing was verified')
      return { ...found, claims: { ...found.claims, sub: 'one-and-the-same' } }
    },
  ]
  await world.settle()
  for (const hint of ['alice', 'alias']) {
    world.answer(hint, approvalOf(hint))
    await world.after(5)
  }
  assert.equal(world.said(), 'TokenRejected')
  assert.match(
    message(world),
    /^alice@company\.com and alias@company\.com are one person at IdentityProvider company, who counts once\. The approvals can no longer be reached: stage release needs 2 and got the approval of alice@company\.com\. Ask a platform engineer/,
  )
})

test('an answer in hand that cannot be verified yet outlives the prompt of another approver', async () => {
  const world = aWorldOf(either, wanting)
  answerPrompt(world, 'bob', unavailable)
  world.openid.script.verify = [{ kind: 'NotYet', clause: 'keys', message: 'the keys are away' }]
  await world.settle()
  await world.after(300)
  const iat = Math.floor(world.clock.now().getTime() / 1000)
  world.answer('alice', approvalOf('alice'))
  for (let seconds = 0; seconds < 250; seconds += 5) await world.after(5)
  assert.deepEqual(world.states(), { alice: 'Open', bob: 'Expired' })
  const claims = { iss: 'https://sso.company.com', sub: 'sub-of-alice', iat, preferred_username: 'alice' }
  world.openid.script.verify = [{ kind: 'Verified', claims }]
  for (let seconds = 0; seconds < 45; seconds += 5) await world.after(5)
  assert.equal(world.said(), 'Approved')
  assert.deepEqual(world.openid.revoked, [])
})

test('who stands in line at the provider does not hide that others have been asked', async () => {
  const stages = [aStage('release', ['alice', 'bob'], { ask: 'InTurn', turn: '2m' })]
  const world = aWorldOf(stages, wanting)
  await world.settle()
  const places = new Places({ workers: 1, newPerNamespace: 1, clock: world.clock, call: () => undefined })
  places.take({ purpose: 'Prompt', provider: 'company', namespace: 'other' } as never, {
    ...{ request: 'other/one', prompt: 'approver-1' },
  })
  world.clock.advance(120)
  await world.pass('foo-v2', { ...world.dependencies, places })
  assert.deepEqual(world.asked(), ['alice'])
  assert.match(message(world), /^alice@company\.com has been asked/)
})

const longNames = Array.from({ length: 16 }, (_, at) => `${'p'.repeat(238)}${String(at).padStart(2, '0')}`)

test('sixteen people with the longest names: what is needed and what to do find room', async () => {
  const world = aWorldOf([aStage('release', longNames, { required: 16 })], wanting)
  await world.settle()
  const needed = /Still needed: (\d+) of 16 approvals of stage release\. Awaited until \d\d:\d\d UTC\.$/
  assert.match(message(world), /^p+00@company\.com and 15 more have been asked, with the code /)
  assert.match(message(world), needed)
  for (const hint of longNames.slice(0, 8)) world.answer(hint, approvalOf(hint))
  for (let seconds = 0; seconds < 30; seconds += 5) await world.after(5)
  assert.match(
    message(world),
    /^p+00@company\.com \(\d\d:\d\d UTC\) and 7 more approved; p+08@company\.com and 7 more/,
  )
  assert.equal(needed.exec(message(world))?.[1], '8')
  for (const hint of longNames) world.answer(hint, approvalOf(hint))
  for (let seconds = 0; seconds < 30; seconds += 5) await world.after(5)
  assert.equal(world.said(), 'Approved')
  assert.match(message(world), /Act before .* with the token in Secret foo-v2\.countersign/)
  assert.ok((world.request().status?.approverSummary?.length ?? 0) <= 4096)
})

for (const [name, answer, next] of [
  [
    'one of them fails',
    expiredToken,
    /To ask again: kubectl replace --force, or a new ApprovalRequest under another name\.$/,
  ],
  ['one of them denies', denial, /denied the request at /],
] as const)
  test(`sixteen people with the longest names, and ${name}: what to do finds room`, async () => {
    const world = aWorldOf([aStage('release', longNames, { required: 16 })], wanting)
    await world.settle()
    for (const hint of longNames.slice(0, 8)) world.answer(hint, approvalOf(hint))
    for (let seconds = 0; seconds < 30; seconds += 5) await world.after(5)
    world.answer(longNames[15] ?? '', answer)
    for (let seconds = 0; seconds < 30; seconds += 5) await world.after(5)
    assert.match(message(world), next)
  })

test('sixteen people with the longest names, and the request is withdrawn: what to do finds room', async () => {
  const world = aWorldOf([aStage('release', longNames, { required: 16 })], wanting)
  await world.settle()
  const gone = { reason: 'Withdrawn', message: 'the Rollout is gone.', next: 'Ask for another one.' } as const
  world.subject.watched = gone
  world.subject.live = gone
  await world.settle()
  assert.match(
    message(world),
    /^the Rollout is gone\. p+00@company\.com and 15 more were asked; an answer has no effect any more\. Ask for another one\.$/,
  )
})

test('one of two fails with a long story: why that ends the request, and what to do, find room', async () => {
  const world = aWorldOf(both, wanting)
  answerPrompt(world, 'bob', { ...unknown, description: 'x'.repeat(400) })
  await world.settle()
  assert.equal(world.said(), 'UnknownUserId')
  assert.match(
    message(world),
    /… The approvals can no longer be reached: stage release needs 2 and got the approval of nobody\. Ask a/,
  )
})
