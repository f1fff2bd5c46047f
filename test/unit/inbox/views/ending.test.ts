/** What an approver reads of a request that has ended, whoever ended it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest, Decision } from '../../../../src/api/objects.ts'
import { reasons } from '../../../../src/api/reasons.ts'
import type { FinalReason } from '../../../../src/api/reasons.ts'
import { hasEnded } from '../../../../src/inbox/prompts/answerable.ts'
import { endingInWords } from '../../../../src/inbox/views/ending.ts'
import { utc } from '../../../../src/inbox/views/moments.ts'
import type { Given } from '../../../../src/inbox/prompts/state.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'

const alice = { issuer: 'https://sso.company.com', subject: '750e' }
const asked = anApprovalRequest().saying({ parameters: { wait: '5m' } })
const [answeredAt, endedAt] = [utc(t(20)), utc(t(30))]
const approve: Given = { decision: 'approve', at: at(20) }
const deny: Given = { decision: 'deny', at: at(20) }
const nothing = 'Nothing was approved. You need not do anything.'

function approvedBy(
  subject: string,
  parameters?: Decision['parameters'],
): ReturnType<typeof anApprovalRequest> {
  const approvers = [{ issuer: alice.issuer, subject, name: 'alice@company.com' }]
  const decision = { approvers, decidedAt: at(25), seal: 's', ...(parameters && { parameters }) }
  return asked.finished('Approved').having({ decision, validUntil: at(600) })
}

function receivedLate(subject: string): ApprovalRequest {
  const request = approvedBy(subject)
  const { decision } = request.status ?? {}
  return decision === undefined
    ? request
    : request.having({ decision: { ...decision, answeredAfter: at(5) } })
}

function withToken(tokenExpiresAt: string): ApprovalRequest {
  return approvedBy('750e').having({ tokenExpiresAt })
}

for (const [name, request, given, title, text, next] of [
  [
    'denied here',
    asked.finished('AccessDenied'),
    deny,
    'You denied',
    `You denied this request at ${answeredAt}. The operator has received your answer.`,
    nothing,
  ],
  [
    'denied elsewhere',
    asked.finished('AccessDenied'),
    undefined,
    'This request was denied',
    `This request was denied at ${endedAt}. The denial was not given in this inbox.`,
    nothing,
  ],
  [
    'denied elsewhere after an approval here that did not arrive',
    asked.finished('AccessDenied'),
    approve,
    'You approved, but the request was denied',
    `You approved this request at ${answeredAt}, but it was denied at ${endedAt}. The denial was not given in this inbox.`,
    nothing,
  ],
  [
    'approved here',
    approvedBy('750e'),
    approve,
    'You approved',
    `You approved this request at ${answeredAt}. The operator has received your answer.`,
    `The approval is valid until ${utc(t(600))}. You need not do anything else.`,
  ],
  [
    'approved by the same person elsewhere, with changes',
    approvedBy('750e', { wait: '15m' }),
    undefined,
    'You approved with changes',
    `You approved this request at ${utc(t(25))}, with wait 15m instead of 5m. The operator has received your answer.`,
    `The approval is valid until ${utc(t(600))}. You need not do anything else.`,
  ],
  [
    'approved by another person',
    approvedBy('0815'),
    undefined,
    'This request was approved',
    `This request was approved at ${utc(t(25))}, by somebody else.`,
    `The approval is valid until ${utc(t(600))}. You need not do anything else.`,
  ],
  [
    'approved by another person, and received late',
    receivedLate('0815'),
    undefined,
    'This request was approved',
    `This request was approved between ${utc(t(5))} and ${utc(t(25))}, by somebody else.`,
    `The approval is valid until ${utc(t(600))}. You need not do anything else.`,
  ],
  [
    'approved by the same person elsewhere, and received late',
    receivedLate('750e'),
    undefined,
    'You approved',
    `You approved this request between ${utc(t(5))} and ${utc(t(25))}. The operator has received your answer.`,
    `The approval is valid until ${utc(t(600))}. You need not do anything else.`,
  ],
  [
    'expired',
    asked.finished('RequestExpired'),
    undefined,
    'This request expired',
    `This request expired at ${endedAt}: the operator received no answer in time.`,
    nothing,
  ],
  [
    'expired although it was answered',
    asked.finished('RequestExpired'),
    approve,
    'You approved, but the request expired',
    `You approved this request at ${answeredAt}, but it expired at ${endedAt}: the operator received no answer in time.`,
    nothing,
  ],
  [
    'failed',
    asked.finished('TokenRejected'),
    approve,
    'You approved, but the request failed',
    `You approved this request at ${answeredAt}, but it failed at ${endedAt}. ${reasons.TokenRejected.meaning}`,
    'Nothing was approved. The requester knows; whoever runs Countersign has to fix this before asking again can help.',
  ],
  [
    'failed, and nothing has to be fixed',
    asked.finished('TokenLost'),
    approve,
    'You approved, but the request failed',
    `You approved this request at ${answeredAt}, but it failed at ${endedAt}. ${reasons.TokenLost.meaning}`,
    'Nothing was approved. The requester knows, and may ask again.',
  ],
  [
    'failed, since the policy expects another account than the reader’s',
    asked.finished('ApproverMismatch'),
    approve,
    'You approved, but the request failed',
    `You approved this request at ${answeredAt}, but it failed at ${endedAt}. Your answer does not count: the policy expects another account than the one you are logged in with, or the request is your own, or you are an author of the change or own the agent, and the policy excludes you.`,
    'Nothing was approved. The requester knows; whoever runs Countersign has to fix this before asking again can help.',
  ],
  [
    'failed, since somebody else approved',
    asked.finished('ApproverMismatch'),
    deny,
    'You denied, but the request failed',
    `You denied this request at ${answeredAt}, but it failed at ${endedAt}. ${reasons.ApproverMismatch.meaning}`,
    'Nothing was approved. The requester knows; whoever runs Countersign has to fix this before asking again can help.',
  ],
  [
    'approved with a token that ends before the approval does',
    withToken(at(300)),
    approve,
    'You approved',
    `You approved this request at ${answeredAt}. The operator has received your answer.`,
    `The approval is valid until ${utc(t(300))}. You need not do anything else.`,
  ],
  [
    'approved with a token that outlives the approval',
    withToken(at(900)),
    approve,
    'You approved',
    `You approved this request at ${answeredAt}. The operator has received your answer.`,
    `The approval is valid until ${utc(t(600))}. You need not do anything else.`,
  ],
  [
    'withdrawn by its Rollout',
    asked.finished('Superseded'),
    undefined,
    'This request was withdrawn',
    `This request was withdrawn at ${endedAt}. ${reasons.Superseded.meaning}`,
    nothing,
  ],
  [
    'being deleted, before the operator has seen it',
    asked.pending().deletedAt(at(10)),
    undefined,
    'This request was withdrawn',
    `This request was withdrawn at ${utc(t(10))}: somebody deleted it.`,
    nothing,
  ],
  [
    'being deleted',
    asked.finished('Withdrawn').deletedAt(at(10)),
    deny,
    'You denied, but the request was withdrawn',
    `You denied this request at ${answeredAt}, but it was withdrawn at ${endedAt}: somebody deleted it.`,
    nothing,
  ],
  [
    'denied, and deleted since',
    asked.finished('AccessDenied').deletedAt(at(10)),
    deny,
    'You denied',
    `You denied this request at ${answeredAt}. The operator has received your answer.`,
    nothing,
  ],
] satisfies [string, ApprovalRequest, Given | undefined, string, string, string][])
  test(`an approver reads what became of a request that is ${name}`, () => {
    assert.ok(hasEnded(request))
    assert.deepEqual(endingInWords({ request, person: alice, prompt: 'approver-1', given }), {
      title,
      text,
      next,
    })
  })

const final = (Object.keys(reasons) as (keyof typeof reasons)[]).filter(
  (reason): reason is FinalReason => reasons[reason].stands !== 'Waiting',
)
for (const reason of final)
  test(`an approver gets no advice for requesters or administrators: ${reason}`, () => {
    for (const given of [undefined, approve, deny]) {
      const { title, text, next } = endingInWords({
        request: asked.finished(reason),
        person: alice,
        prompt: 'approver-1',
        given,
      })
      assert.doesNotMatch(`${title} ${text} ${next}`, /kubectl|because|undefined|platform engineer/)
      assert.match(text, / UTC/)
    }
  })

test('an open request has not ended', () => {
  assert.equal(hasEnded(asked.pending()), false)
})
