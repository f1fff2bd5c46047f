import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest, ApprovalRequestSpec } from '../../../../src/api/objects.ts'
import { termsOf } from '../../../../src/core/request/terms.ts'
import { anApprovalRequest, aPolicy, aPolicyWithoutToken } from '../../../support/builders/builders.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'
import { limited, surroundings } from '../../../support/builders/surroundings.ts'
import type { ChangedSurroundings } from '../../../support/builders/surroundings.ts'

const request = anApprovalRequest()

/** `asked`, or the reason why not. */
function verdictOn(asked: ApprovalRequest, changes: ChangedSurroundings = {}): string {
  const terms = termsOf(asked, surroundings(changes), limited(t(0), changes))
  return terms.kind === 'Terms' ? 'asked' : terms.reason
}

for (const [name, spec, want] of [
  ['a granted scope', { token: token({ scopes: ['rollouts:promote'] }) }, 'asked'],
  ['no scope at all', { token: token({}) }, 'asked'],
  ['a scope that is not granted', { token: token({ scopes: ['rollouts:abort'] }) }, 'OutsidePolicyLimits'],
  [
    'one granted scope and one that is not',
    { token: token({ scopes: ['rollouts:promote', 'rollouts:abort'] }) },
    'OutsidePolicyLimits',
  ],
  ['a granted audience', { token: token({ audience: 'https://deploy.company.com' }) }, 'asked'],
  [
    'an audience that is not granted',
    { token: token({ audience: 'https://deploy.company.com/' }) },
    'OutsidePolicyLimits',
  ],
  ['the longest expiry', { requestedExpiry: '2h' }, 'asked'],
  ['the longest expiry in other words', { requestedExpiry: '120m' }, 'asked'],
  ['a second more than the longest expiry', { requestedExpiry: '2h1s' }, 'OutsidePolicyLimits'],
] as const)
  test(`a request for ${name}: ${want}`, () => {
    assert.equal(verdictOn(request.saying(spec)), want)
  })

function token(wanted: Partial<Token>): Token {
  return { delivery: 'Secret', ...wanted }
}

type Token = NonNullable<ApprovalRequestSpec['token']>

for (const [name, spec, policy, want] of [
  ['a policy that grants no token', { token: token({}) }, aPolicyWithoutToken(), 'OutsidePolicyLimits'],
  [
    'a policy that grants no token, even undelivered',
    { token: token({ delivery: 'None' }) },
    aPolicyWithoutToken(),
    'OutsidePolicyLimits',
  ],
  ['a policy that grants no token, to a request for none', {}, aPolicyWithoutToken(), 'asked'],
  [
    'a policy that lists no scopes',
    { token: token({ scopes: ['rollouts:promote'] }) },
    aPolicy({ token: { maxLifetime: '10m' } }),
    'OutsidePolicyLimits',
  ],
  [
    'a policy that lists no audiences',
    { token: token({ audience: 'https://deploy.company.com' }) },
    aPolicy({ token: { maxLifetime: '10m' } }),
    'OutsidePolicyLimits',
  ],
] as const)
  test(`${name}: ${want}`, () => {
    assert.equal(verdictOn(request.saying(spec), { policies: [policy] }), want)
  })
