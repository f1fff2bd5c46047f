import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest, EffectiveTerms } from '../../../../src/api/objects.ts'
import { approvalOf, decisionOf } from '../../../../src/core/approval/approval.ts'
import type { Verified } from '../../../../src/core/approval/approval.ts'
import { deliversToken } from '../../../../src/core/approval/delivery.ts'
import { anApprovalRequest, settings, theTerms } from '../../../support/builders.ts'
import { at, t } from '../../../support/clock.ts'

const request = anApprovalRequest().pending()
const wanting = anApprovalRequest().wantingToken().pending()
const { tokenMaxLifetimeSeconds, ...unlimited } = theTerms()

function verified(terms: EffectiveTerms = theTerms()): Verified {
  return {
    approver: { issuer: 'https://sso.company.com', subject: '750e', name: 'alice@company.com' },
    answer: {
      response: {
        accessToken: 'a token',
        tokenType: 'Bearer',
        idToken: 'checked before',
        expiresInSeconds: 300,
        scope: undefined,
      },
      claims: { iss: 'https://sso.company.com', sub: '750e', iat: 0 },
      receivedAt: t(20.9),
    },
    terms,
  }
}

assert.equal(tokenMaxLifetimeSeconds, 600)

test('a decision names the approver, the moment and the parameters', () => {
  const parameters = { waitInterval: '5m' }
  assert.deepEqual(decisionOf(request.saying({ parameters }), verified()), {
    approvers: [verified().approver],
    decidedAt: at(20),
    parameters,
  })
  assert.deepEqual(decisionOf(request, verified()), {
    approvers: [verified().approver],
    decidedAt: at(20),
  })
})

const decision = { approvers: [verified().approver], decidedAt: at(20), seal: 'sealed' }

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
    assert.deepEqual(approvalOf(asked, verified(terms), { decision, settings }), { decision, ...want })
  })

for (const [name, asked, want] of [
  ['a request for a Secret', anApprovalRequest().wantingToken(), true],
  ['a request for no Secret', anApprovalRequest().wantingToken({ delivery: 'None' }), false],
  ['a request for no token', anApprovalRequest(), false],
] as const satisfies readonly (readonly [string, ApprovalRequest, boolean])[])
  test(`${name} ${want ? 'delivers' : 'does not deliver'} the token`, () => {
    assert.equal(deliversToken(asked), want)
  })
