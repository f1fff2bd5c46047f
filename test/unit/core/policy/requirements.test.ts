/** What a policy requires of a login, and the provider that does not support it, before anybody is asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  ApprovalPolicy,
  ApprovalPolicySpec,
  EffectiveTerms,
  IdentityProvider,
} from '../../../../src/api/objects.ts'
import {
  blockedByLogin,
  isUnknown,
  requirementsOf,
  unsupportedBy,
} from '../../../../src/core/policy/requirements.ts'
import { aPolicy, aProvider, theTerms } from '../../../support/builders/builders.ts'

type Require = NonNullable<ApprovalPolicySpec['require']>

const strong = aPolicy({ require: { acrValues: ['phr', 'phrh'] } })

function listing(...acrValuesSupported: readonly string[]): IdentityProvider {
  return { ...aProvider(), status: { acrValuesSupported } }
}

function termsUnder(policy: ApprovalPolicy): EffectiveTerms {
  return theTerms(requirementsOf(policy))
}

for (const [name, require, want] of [
  ['nothing', undefined, {}],
  ['acr values', { acrValues: ['phr'] }, { require: { acrValues: ['phr'] } }],
  ['an age', { maxAuthenticationAge: '1h5m' }, { require: { maxAuthenticationAgeSeconds: 3900 } }],
] as const satisfies readonly (readonly [string, Require | undefined, unknown])[])
  test(`what is fixed of a policy that requires ${name}`, () => {
    assert.deepEqual(requirementsOf(aPolicy(require === undefined ? {} : { require })), want)
  })

for (const [name, policy, provider, isFault] of [
  ['a policy that requires nothing', aPolicy(), listing('1'), false],
  [
    'a policy that requires only an age',
    aPolicy({ require: { maxAuthenticationAge: '5m' } }),
    listing(),
    false,
  ],
  ['a provider that does not say', strong, aProvider(), false],
  ['a provider that supports one of two', strong, listing('0', 'phrh'), false],
  ['a provider that supports others', strong, listing('0', '1'), true],
  ['a provider that supports none', strong, listing(), true],
] as const)
  test(`${name}: ${isFault ? 'requests wait' : 'nothing speaks against it'}`, () => {
    assert.equal(unsupportedBy(provider, policy) !== undefined, isFault)
    assert.equal(
      blockedByLogin(termsUnder(policy), provider.status?.acrValuesSupported)?.reason,
      isFault ? 'AuthenticationNotSupported' : undefined,
    )
  })

test('the sentence names what is required and what there is', () => {
  assert.equal(
    blockedByLogin(termsUnder(strong), ['0', '1'])?.message,
    'policy prod-promotions requires a login with the acr "phr" or "phrh", and IdentityProvider company supports "0" and "1" (acr_values_supported). Ask a platform engineer to correct spec.require of the policy, or to let the provider support one of them.',
  )
  assert.match(
    unsupportedBy(listing(), strong) ?? '',
    /company lists no values \(acr_values_supported is empty\)$/,
  )
})

test('a provider that lists more than anybody reads leaves room for what to do', () => {
  const long = [...Array.from({ length: 64 }, (_, index) => `${'x'.repeat(250)}${String(index)}`)]
  const { message = '' } = blockedByLogin(termsUnder(strong), long) ?? {}
  assert.ok(message.length < 900, message)
  assert.match(message, /and 6[0-9] more \(acr_values_supported\)\. Ask a platform engineer/)
})

test('whether a login can be strong enough is unknown only where it matters', () => {
  assert.equal(isUnknown(strong, aProvider()), true)
  assert.equal(isUnknown(strong, listing('phr')), false)
  assert.equal(isUnknown(aPolicy(), aProvider()), false)
})
