import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onlyPromptOf } from '../../../../src/core/prompt/prompt.ts'
import type { ApprovalRequest, EffectiveTerms } from '../../../../src/api/objects.ts'
import { approvalOf, factsIn, factsOf } from '../../../../src/core/answer/approval.ts'
import type { Verified } from '../../../../src/core/answer/approval.ts'
import { authorizationDetailOf } from '../../../../src/core/action/authorization-details.ts'
import { deliversToken } from '../../../../src/core/answer/delivery.ts'
import { aJwt } from '../../../support/builders/access-token.ts'
import { anApprovalRequest, settings, theTerms } from '../../../support/builders/builders.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'
import { aTokenResponse } from '../../../support/fakes/providers/port.ts'

const request = anApprovalRequest().pending()
const prompt = onlyPromptOf(request) ?? assert.fail('nobody was asked')
const wanting = anApprovalRequest().wantingToken().pending()
const { tokenMaxLifetimeSeconds, ...unlimited } = theTerms()

function verified(terms: EffectiveTerms = theTerms()): Verified {
  return {
    approver: { issuer: 'https://sso.company.com', subject: '750e', name: 'alice@company.com' },
    answer: {
      prompt,
      response: aTokenResponse({ accessToken: 'a token' }),
      claims: { iss: 'https://sso.company.com', sub: '750e', iat: 0 },
      receivedAt: t(20.9),
    },
    terms,
  }
}

assert.equal(tokenMaxLifetimeSeconds, 600)

const parameters = { waitInterval: '5m' }
const asking = request.saying({ parameters })
const facts = { approvers: [verified().approver], decidedAt: at(20), validUntil: at(620) }

test('a decision names the approver, the moment, the parameters and until when it is good', () => {
  assert.deepEqual(factsOf(asking, verified(), settings), { ...facts, parameters })
  assert.deepEqual(factsOf(request, verified(), settings), facts)
})

for (const [name, prompt, pendingAt, answeredAfter] of [
  ['a minute after the prompt', { sentAt: at(-40) }, undefined, undefined],
  ['long after the prompt, as the first that is known of it', { sentAt: at(-41) }, undefined, at(-41)],
  ['long after the prompt, and soon after it was pending', { sentAt: at(-400) }, t(15), undefined],
  ['long after it was pending last', { sentAt: at(-400) }, t(-100), at(-100)],
] as const)
  test(`an answer that is received ${name} was given ${answeredAfter === undefined ? 'then' : 'in between'}`, () => {
    const { answer, ...rest } = verified()
    const received = { ...answer, prompt: { ...answer.prompt, ...prompt }, pendingAt }
    const sealed = factsOf(request, { ...rest, answer: received }, settings)
    assert.equal(sealed.answeredAfter, answeredAfter)
    const { decision, validUntil } = approvalOf(request, sealed, { seal: 'sealed', answer: received })
    assert.deepEqual(factsIn({ decision, validUntil }), sealed)
  })

test('a decision has the parameters that were granted', () => {
  const changed = { waitInterval: '15m' }
  const detail = { ...authorizationDetailOf(asking), parameters: changed }
  const granted = { kind: 'Granted', detail, parameters: changed } as const
  const want = { ...facts, parameters: changed, authorizationDetails: [detail] }
  assert.deepEqual(factsOf(asking, { ...verified(), granted }, settings), want)
})

test('a grant without parameters adds none', () => {
  const granted = { kind: 'Granted', detail: authorizationDetailOf(request), parameters: {} } as const
  const { parameters: none } = factsOf(request, { ...verified(), granted }, settings)
  assert.equal(none, undefined)
})

test('what was sealed is what status must say', () => {
  const sealed = factsOf(asking, verified(), settings)
  const { decision, validUntil } = approvalOf(asking, sealed, { seal: 'sealed', answer: verified().answer })
  assert.equal(decision.seal, 'sealed')
  assert.deepEqual(factsIn({ decision, validUntil }), sealed)
  assert.equal(factsIn({ decision }), undefined)
  assert.equal(factsIn({ validUntil }), undefined)
})

for (const [name, asked, terms, want] of [
  [
    'with a token ends with the token at the latest',
    wanting,
    theTerms(),
    { validUntil: at(620), tokenExpiresAt: at(320), secretName: 'foo-v2.countersign' },
  ],
  ['without a token ages all the same', request, theTerms(), { validUntil: at(620) }],
  [
    'whose token is dropped names no Secret',
    anApprovalRequest().wantingToken({ delivery: 'None' }).pending(),
    theTerms(),
    { validUntil: at(620) },
  ],
  ['without a limit of the policy has the operator’s', request, unlimited, { validUntil: at(320) }],
] as const)
  test(`an approval ${name}`, () => {
    const { answer, approver } = verified(terms)
    const approval = approvalOf(asked, factsOf(asked, verified(terms), settings), { seal: 'sealed', answer })
    const decision = { approvers: [approver], decidedAt: at(20), seal: 'sealed' }
    assert.deepEqual(approval, { decision, ...want })
  })

for (const [name, asked, want] of [
  ['a request for a Secret', anApprovalRequest().wantingToken(), true],
  ['a request for no Secret', anApprovalRequest().wantingToken({ delivery: 'None' }), false],
  ['a request for no token', anApprovalRequest(), false],
] as const satisfies readonly (readonly [string, ApprovalRequest, boolean])[])
  test(`${name} ${want ? 'delivers' : 'does not deliver'} the token`, () => {
    assert.equal(deliversToken(asked), want)
  })

test('a token that is a JWT ends at its exp if that is earlier', () => {
  const { answer } = verified()
  const sealed = factsOf(wanting, verified(), settings)
  for (const [exp, expiresInSeconds, end] of [
    [200, 300, at(200)],
    [200, undefined, at(200)],
    [500, 300, at(320)],
  ] as const) {
    const accessToken = aJwt({ exp: t(exp).getTime() / 1000 })
    const response = { ...answer.response, accessToken, expiresInSeconds }
    const { tokenExpiresAt } = approvalOf(wanting, sealed, {
      seal: 'sealed',
      answer: { ...answer, response },
    })
    assert.equal(tokenExpiresAt, end)
  }
})
