/** Whether the requester is the approver, before anyone is prompted, and how names are compared from then on. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { termsOf } from '../../../../src/core/request/terms.ts'
import { anApprovalRequest, aProvider } from '../../../support/builders/builders.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'
import { limited, surroundings } from '../../../support/builders/surroundings.ts'

const request = anApprovalRequest()

for (const [name, asked, changes, want] of [
  [
    'the requester is the approver behind a prefix',
    request.by('oidc:alice@company.com'),
    {},
    'NotEnoughApprovers',
  ],
  [
    'the requester is the approver in other letters',
    request.by('oidc:Alice@Company.com'),
    {},
    'NotEnoughApprovers',
  ],
  [
    'the requester is a ServiceAccount called alice',
    request.by('system:serviceaccount:demo:alice'),
    {},
    'asked',
  ],
  [
    'the requester is of another provider',
    request.by('partner:alice'),
    { providers: [aProvider({ kubernetesUsernames: { prefix: 'oidc:', claim: 'email' } })] },
    'asked',
  ],
  [
    'the requester is the approver as the API server spells it',
    request.by('corp-alice'),
    { providers: [aProvider({ kubernetesUsernames: { prefix: 'corp-', claim: 'preferred_username' } })] },
    'NotEnoughApprovers',
  ],
] as const)
  test(`if ${name}: ${want}`, () => {
    const terms = termsOf(asked, surroundings(changes), limited(t(0), changes))
    assert.equal(terms.kind === 'Terms' ? 'asked' : terms.reason, want)
  })

test('who is taken for the approver by a guess can be told apart', () => {
  const terms = termsOf(request.by('partner:alice'), surroundings(), limited(t(0)))
  assert.equal(
    terms.kind === 'Blocked' && terms.message,
    'partner:alice asks and would be the approver as well. Ask a platform engineer to name another approver for this requester in policy prod-promotions or, if that is another person, to set spec.kubernetesUsernames of IdentityProvider company.',
  )
})

test('how names are compared is fixed in the terms', () => {
  const usernames = { prefix: 'oidc:', claim: 'email' }
  const token = { approverClaim: 'preferred_username', approverClaimComparison: 'Exact' } as const
  const providers = [aProvider({ token, kubernetesUsernames: usernames })]
  const terms = termsOf(request, surroundings({ providers }), limited(t(0)))
  assert.ok(terms.kind === 'Terms')
  const { effective } = terms
  assert.deepEqual(effective.kubernetesUsernames, usernames)
  assert.equal(effective.approvers[0]?.comparison, undefined)
})
