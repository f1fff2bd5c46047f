/** What the gate says about a question, whichever tool asks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest, Decision } from '../../../../src/api/objects.ts'
import { verdictOf } from '../../../../src/core/gate/verdict.ts'
import type { Unsealed } from '../../../../src/core/ports/sealing.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'
import { questionAsWanted, theQuestion } from '../../../support/builders/gate-objects.ts'

const wanted = questionAsWanted()
const question = theQuestion()
const facts = {
  approvers: [{ issuer: 'https://sso.company.com', subject: '750e', name: 'alice@company.com' }],
  decidedAt: at(30),
  parameters: wanted.spec.parameters ?? {},
}
const sealedFacts = { ...facts, validUntil: at(330) }
const opened: Unsealed = { kind: 'Opened', payload: sealedFacts }

function approved(decision: Partial<Decision> = {}): ReturnType<typeof theQuestion> {
  const sealed = { ...facts, ...decision, seal: 'sealed' }
  return question.finished('Approved').having({ decision: sealed, validUntil: at(330) })
}

test('an approval that was received late is reported as given in between', () => {
  const late = { answeredAfter: at(-600) }
  const proof: Unsealed = { kind: 'Opened', payload: { ...sealedFacts, ...late } }
  const { decision, reason } = verdictOf({ wanted, found: approved(late), proof, now: t(60) })
  assert.equal(decision, 'approved')
  assert.equal(reason, `approved by alice@company.com between ${at(-600)} and ${at(30)}`)
})

function decided(found: ApprovalRequest, proof: Unsealed = { kind: 'Broken' }, seconds = 60): string {
  return verdictOf({ wanted, found, proof, now: t(seconds) }).decision
}

for (const [name, found, want] of [
  ['nothing is said yet', question, 'pending'],
  ['no policy matches', question.waitingFor('NoMatchingPolicy'), 'pending'],
  ['the approver was asked', question.pending(), 'pending'],
  ['the approver said no', question.finished('AccessDenied'), 'denied'],
  ['nobody answered', question.finished('RequestExpired'), 'expired'],
  ['it was withdrawn', question.finished('Withdrawn'), 'cancelled'],
  ['it was superseded', question.finished('Superseded'), 'cancelled'],
  ['the gate was bypassed', question.finished('GateBypassed'), 'cancelled'],
  ['the token was rejected', question.finished('TokenRejected'), 'failed'],
] as const)
  test(`${name}: ${want}`, () => {
    assert.equal(decided(found), want)
  })

for (const [name, proof, want] of [
  ['opens and says the same', opened, 'approved'],
  ['is broken', { kind: 'Broken' }, 'failed'],
  ['was made with an unknown key', { kind: 'UnknownKey' }, 'failed'],
  ['says nothing', { kind: 'Opened', payload: undefined }, 'failed'],
  ['names another approver', { kind: 'Opened', payload: { ...sealedFacts, approvers: [] } }, 'failed'],
  ['has other parameters', { kind: 'Opened', payload: { ...sealedFacts, parameters: {} } }, 'failed'],
  ['ends at another time', { kind: 'Opened', payload: { ...sealedFacts, validUntil: at(329) } }, 'failed'],
  ['says nothing of its end', { kind: 'Opened', payload: facts }, 'failed'],
  ['says more', { kind: 'Opened', payload: { ...sealedFacts, comment: 'yes' } }, 'failed'],
] as const)
  test(`a yes whose seal ${name}: ${want}`, () => {
    assert.equal(decided(approved(), proof), want)
  })

for (const [name, found, want] of [
  ['an approval', approved().deletedAt(at(40)), 'cancelled'],
  ['a request that waits', question.pending().deletedAt(at(40)), 'cancelled'],
  ['a denial', question.finished('AccessDenied').deletedAt(at(40)), 'denied'],
  ['an expired request', question.finished('RequestExpired').deletedAt(at(40)), 'expired'],
] as const)
  test(`${name} that somebody deletes is ${want}, however long finalizers keep it`, () => {
    const { decision, reason = '' } = verdictOf({ wanted, found, proof: opened, now: t(60) })
    assert.equal(decision, want)
    if (want === 'cancelled')
      assert.match(
        reason,
        /^somebody deletes ApprovalRequest \S+, which withdraws it; retry the Rollout to ask/,
      )
  })

test('a yes without a decision is none', () => {
  assert.equal(decided(question.finished('Approved'), opened), 'failed')
})

test('an opened seal does not make a yes of a no', () => {
  const denied = question.finished('AccessDenied').having({ decision: { ...facts, seal: 'sealed' } })
  assert.equal(decided(denied, opened), 'denied')
})

for (const [field, change] of [
  ['requester', { requester: { username: 'jane' } }],
  ['requester', { requester: { username: wanted.spec.requester.username } }],
  ['target', { target: { ...wanted.spec.target, revision: 'other' } }],
  ['environment', { environment: 'prod' }],
  ['parameters', { parameters: { ...wanted.spec.parameters, gate: 'other' } }],
  ['token', { token: { delivery: 'Secret' } }],
  ['reason', { reason: 'because' }],
  ['ttlAfterFinished', { ttlAfterFinished: '0s' }],
] as const)
  test(`a request of this name with another ${field} is not adopted`, () => {
    const verdict = verdictOf({
      wanted,
      found: theQuestion()
        .saying(change)
        .finished('Approved')
        .having({ decision: { ...facts, seal: '' } }),
      proof: opened,
      now: t(60),
    })
    assert.equal(verdict.decision, 'failed')
    assert.match(verdict.reason ?? '', new RegExp(`spec\\.${field}`))
  })

for (const [name, seconds, want] of [
  ['as long as it is good', 329, 'approved'],
  ['not when it has lapsed', 330, 'expired'],
] as const)
  test(`a yes counts ${name}`, () => {
    assert.equal(decided(approved(), opened, seconds), want)
  })

for (const [seconds, want] of [
  [30 + 899, 'holding'],
  [30 + 900, 'approved'],
  [30 + 900 + 299, 'approved'],
  [30 + 900 + 300, 'expired'],
] as const)
  test(`a yes with a wait of 15m, ${seconds} s after the question: ${want}`, () => {
    const parameters = { ...wanted.spec.parameters, wait: '15m' }
    const proof: Unsealed = { kind: 'Opened', payload: { ...sealedFacts, parameters } }
    const verdict = verdictOf({ wanted, found: approved({ parameters }), proof, now: t(seconds) })
    assert.equal(verdict.decision, want)
    assert.equal(verdict.notBefore, at(930))
  })

test('a yes names who gave it', () => {
  const verdict = verdictOf({ wanted, found: approved(), proof: opened, now: t(60) })
  assert.deepEqual(verdict, {
    request: wanted.metadata.name,
    approver: 'alice@company.com',
    decision: 'approved',
    reason: `approved by alice@company.com at ${at(30)}`,
  })
})
