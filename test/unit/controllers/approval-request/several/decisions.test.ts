/** What several people's answers make of a request, through the whole reconcile. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest } from '../../../../support/builders/builders.ts'
import { aStage, approvalOf, aWorldOf, denial } from '../../../../support/worlds/several-world.ts'
import type { SeveralWorld } from '../../../../support/worlds/several-world.ts'

const wanting = anApprovalRequest().wantingToken()
const both = [aStage('release', ['alice', 'bob'], { required: 2 })]
const either = [aStage('release', ['alice', 'bob'])]

function tokenOf(world: SeveralWorld): string {
  return Buffer.from(world.token()?.data?.access_token ?? '', 'base64').toString()
}

function message(world: SeveralWorld): string {
  return world.request().status?.conditions?.[0]?.message ?? ''
}

test('two people are asked at once, by one write before and one after each', async () => {
  const world = aWorldOf(both, wanting)
  await world.settle()
  assert.deepEqual(world.asked(), ['alice', 'bob'])
  assert.equal(world.writes().status, 3)
  assert.equal(world.said(), 'AuthorizationPending')
  assert.match(
    message(world),
    /^alice@company\.com and bob@company\.com have been asked, with the code [^;]+\. Still needed: 2 of 2 approvals of stage release\. Awaited until \d\d:\d\d UTC\.$/,
  )
  assert.equal(world.request().status?.approverSummary, 'release 0/2')
})

test('the two-person rule: one approval is recorded and its token revoked; the second one decides', async () => {
  const world = aWorldOf(both, wanting)
  await world.settle()
  world.answer('alice', approvalOf('alice'))
  await world.after(5)
  assert.equal(world.said(), 'AuthorizationPending')
  assert.match(
    message(world),
    /^alice@company\.com \(\d\d:\d\d UTC\) approved; bob@company\.com has been asked, with the code [^;]+\. Still needed: 1 of 2 approvals of stage release\./,
  )
  assert.equal(world.request().status?.approverSummary, 'release 1/2')
  assert.deepEqual(world.openid.revoked, ['token-of-alice'])
  assert.equal(world.token(), undefined)
  world.answer('bob', approvalOf('bob'))
  await world.after(5)
  assert.equal(world.said(), 'Approved')
  assert.match(
    message(world),
    /^alice@company\.com \(\d\d:\d\d UTC\) and bob@company\.com \(\d\d:\d\d UTC\) approved, the last at \d\d:\d\d UTC\. Act before/,
  )
  const { decision, approverSummary, prompts } = world.request().status ?? {}
  assert.deepEqual(
    decision?.approvers.map(({ name, subject }) => [name, subject]),
    [
      ['alice@company.com', 'sub-of-alice'],
      ['bob@company.com', 'sub-of-bob'],
    ],
  )
  assert.equal(decision.prompt, 'approver-2')
  assert.equal(approverSummary, 'alice@company.com, bob@company.com')
  assert.equal(tokenOf(world), 'token-of-bob')
  assert.deepEqual(world.openid.revoked, ['token-of-alice'])
  assert.equal(prompts?.[0]?.answer?.tokenValidUntil, undefined)
  // W1, two prompts, one approval that does not decide, the decision.
  assert.equal(world.writes().status, 5)
})

test('two answers in the same instant: both are counted, and one token is delivered', async () => {
  const world = aWorldOf(both, wanting)
  await world.settle()
  world.answer('alice', approvalOf('alice'))
  world.answer('bob', approvalOf('bob'))
  await world.after(5)
  assert.equal(world.said(), 'Approved')
  assert.equal(world.request().status?.decision?.approvers.length, 2)
  assert.equal(world.openid.revoked.length, 1)
  assert.deepEqual([tokenOf(world), ...world.openid.revoked].toSorted(), ['token-of-alice', 'token-of-bob'])
})

test('any of two: the first approval decides, and nobody waits for the other', async () => {
  const world = aWorldOf(either, wanting)
  await world.settle()
  world.answer('bob', approvalOf('bob'))
  await world.after(5)
  assert.equal(world.said(), 'Approved')
  assert.deepEqual(world.states(), { alice: 'NotNeeded', bob: 'Approved' })
  assert.match(message(world), /^bob@company\.com approved at/)
  const { length } = world.openid.tokenRequests
  await world.after(30)
  assert.equal(world.openid.tokenRequests.length, length)
})

for (const [needs, stages] of [
  ['both', both],
  ['either', either],
] as const)
  test(`one denial ends the request, which needs ${needs}: who denied is said`, async () => {
    const world = aWorldOf(stages, wanting)
    await world.settle()
    world.answer('bob', denial)
    await world.after(5)
    assert.equal(world.said(), 'AccessDenied')
    assert.deepEqual(world.states(), { alice: 'NotNeeded', bob: 'Denied' })
    assert.match(message(world), /^bob@company\.com denied the request at/)
    assert.equal(world.request().status?.approverSummary, 'bob@company.com')
  })

test('a denial after an approval', async () => {
  const world = aWorldOf(both, wanting)
  await world.settle()
  world.answer('alice', approvalOf('alice'))
  await world.after(5)
  world.answer('bob', denial)
  await world.after(5)
  assert.deepEqual([world.said(), world.token()], ['AccessDenied', undefined])
  assert.deepEqual(world.states(), { alice: 'Approved', bob: 'Denied' })
})

test('what fails of one ends nothing while the other can still approve', async () => {
  const world = aWorldOf(either, wanting)
  await world.settle()
  world.answer('alice', { kind: 'Error', error: 'expired_token' })
  await world.after(5)
  assert.equal(world.said(), 'AuthorizationPending')
  assert.deepEqual(world.states(), { alice: 'Expired', bob: 'Open' })
  assert.match(
    message(world),
    /; alice@company\.com cannot answer any more: the provider reported at .* has expired without an answer\. Still needed/,
  )
  world.answer('bob', approvalOf('bob'))
  await world.after(5)
  assert.equal(world.said(), 'Approved')
})

test('what fails of one ends the request that needs both, and says what cannot be reached', async () => {
  const world = aWorldOf(both, wanting)
  await world.settle()
  world.answer('alice', approvalOf('alice'))
  await world.after(5)
  world.answer('bob', { kind: 'Error', error: 'expired_token' })
  await world.after(5)
  assert.equal(world.said(), 'RequestExpired')
  assert.match(
    message(world),
    /^the provider reported at .* that the prompt to bob@company\.com has expired without an answer\. The approvals can no longer be reached: stage release needs 2 and got the approval of alice@company\.com\. To ask again: /,
  )
})

test('nobody answers: the request expires once everybody was asked for the last time', async () => {
  const world = aWorldOf(either, wanting)
  await world.settle()
  for (let seconds = 0; seconds < 700; seconds += 5) await world.after(5)
  assert.equal(world.request().status?.outcome, 'Expired')
  assert.match(message(world), /did not answer by/)
})

test('one person under two names counts once', async () => {
  const world = aWorldOf([aStage('release', ['alice', 'alias'], { required: 2 })], wanting)
  await world.settle()
  const { verify } = world.openid.script
  const [claims] = verify
  world.openid.script.verify = [
    async () => {
      const found = await (claims instanceof Function ? claims() : claims)
      return found?.kind === 'Verified'
        ? { ...found, claims: { ...found.claims, sub: 'one-and-the-same' } }
        : { kind: 'Rejected', clause: 'test', message: 'no claims' }
    },
  ]
  world.answer('alice', approvalOf('alice'))
  await world.after(5)
  world.answer('alias', approvalOf('alias'))
  await world.after(5)
  assert.notEqual(world.said(), 'Approved')
  assert.equal(world.token(), undefined)
})

test('SRE and security: one person of each, and two stages are two people', async () => {
  const world = aWorldOf([aStage('sre', ['alice', 'bob']), aStage('security', ['bob', 'carol'])], wanting)
  await world.settle()
  assert.deepEqual(world.asked(), ['alice', 'bob', 'carol'])
  world.answer('bob', approvalOf('bob'))
  await world.after(5)
  assert.equal(world.said(), 'AuthorizationPending')
  world.answer('carol', approvalOf('carol'))
  await world.after(5)
  assert.equal(world.said(), 'Approved')
  assert.deepEqual(
    world.request().status?.decision?.approvers.map(({ name }) => name),
    ['bob@company.com', 'carol@company.com'],
  )
})

test('any of two, both in the same instant: one decides, and the token of the other is revoked', async () => {
  const world = aWorldOf(either, wanting)
  await world.settle()
  world.answer('alice', approvalOf('alice'))
  world.answer('bob', approvalOf('bob'))
  await world.after(5)
  assert.equal(world.said(), 'Approved')
  const { approvers = [], prompt } = world.request().status?.decision ?? {}
  assert.equal(approvers.length, 1)
  const states = Object.values(world.states()).toSorted()
  assert.deepEqual(states, ['Approved', 'NotNeeded'])
  const [by = ''] = approvers.map(({ name }) => name.replace('@company.com', ''))
  assert.equal(prompt, by === 'alice' ? 'approver-1' : 'approver-2')
  assert.equal(tokenOf(world), `token-of-${by}`)
  assert.deepEqual(
    new Set(world.openid.revoked),
    new Set([by === 'alice' ? 'token-of-bob' : 'token-of-alice']),
  )
})
