/** How an approver must have logged in, by the ID token’s acr and auth_time; what is absent or malformed never counts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EffectiveTerms } from '../../../../src/api/objects.ts'
import { weaknessOf } from '../../../../src/core/answer/strength.ts'
import { judge } from '../../../../src/core/answer/verification.ts'
import { onlyPromptOf } from '../../../../src/core/prompt/prompt.ts'
import { anApprovalRequest, theTerms } from '../../../support/builders/builders.ts'
import { at, start, t } from '../../../support/fakes/clocks/clock.ts'
import { aTokenResponse } from '../../../support/fakes/providers/port.ts'

const epoch = start.getTime() / 1000
const receivedAt = t(1000)
const strong = { acrValues: ['phr', 'phrh'] }
const recent = { maxAuthenticationAgeSeconds: 300 }

type Claims = Readonly<Record<string, unknown>>

function weakness(require: EffectiveTerms['require'], claims: Claims): string | undefined {
  const identity = { iss: 'https://sso.company.com', sub: '750e', iat: epoch + 990 }
  const terms = theTerms({ ...(require !== undefined && { require }) })
  return weaknessOf(terms, { claims: { ...identity, ...claims }, receivedAt })
}

for (const [name, require, claims] of [
  ['nothing is required', undefined, {}],
  ['an empty requirement', {}, {}],
  ['the preferred acr', strong, { acr: 'phr' }],
  ['another acr of the list', strong, { acr: 'phrh' }],
  ['a login of just now', recent, { auth_time: epoch + 1000 }],
  ['a login as old as it may be', recent, { auth_time: epoch + 700 }],
  ['a login as old as clocks may differ besides', recent, { auth_time: epoch + 640 }],
  ['a login as far ahead as clocks may differ', recent, { auth_time: epoch + 1060 }],
  ['both', { ...strong, ...recent }, { acr: 'phr', auth_time: epoch + 999 }],
] as const)
  test(`strong enough: ${name}`, () => {
    assert.equal(weakness(require, claims), undefined)
  })

const wanted = 'acr: policy prod-promotions requires a login with the acr "phr" or "phrh", and the ID token'
const within =
  'auth_time: policy prod-promotions requires a login at most 5m before the answer, and the ID token'

for (const [name, require, claims, want] of [
  ['no acr', strong, {}, `${wanted} has no acr`],
  ['another acr', strong, { acr: '1' }, `${wanted} has the acr "1"`],
  ['an acr in other letters', strong, { acr: 'PHR' }, `${wanted} has the acr "PHR"`],
  ['an acr that only begins so', strong, { acr: 'phr2' }, `${wanted} has the acr "phr2"`],
  ['both values in one', strong, { acr: 'phr phrh' }, `${wanted} has the acr "phr phrh"`],
  ['a list with the acr', strong, { acr: ['phr'] }, `${wanted} has the acr ["phr"]`],
  ['an object for the acr', strong, { acr: { toString: 'phr' } }, `${wanted} has the acr no text`],
  ['null', strong, { acr: null }, `${wanted} has the acr null`],
  ['an empty acr', strong, { acr: '' }, `${wanted} has the acr ""`],
  [
    'an acr that every object inherits',
    strong,
    { acr: 'constructor' },
    `${wanted} has the acr "constructor"`,
  ],
  [
    'no auth_time',
    recent,
    { acr: 'phr' },
    `${within} does not say when the approver logged in (auth_time is absent)`,
  ],
  [
    'auth_time as a text',
    recent,
    { auth_time: String(epoch + 999) },
    `${within} does not say when the approver logged in (auth_time is "${epoch + 999}")`,
  ],
  [
    'auth_time that is no moment',
    recent,
    { auth_time: 1e300 },
    `${within} does not say when the approver logged in (auth_time is 1e+300)`,
  ],
  [
    'auth_time that is no number',
    recent,
    { auth_time: Number.NaN },
    `${within} does not say when the approver logged in (auth_time is NaN)`,
  ],
  [
    'a login a second older than clocks may differ',
    recent,
    { auth_time: epoch + 639 },
    `${within} names a login at ${at(639)}, 6m1s before`,
  ],
  [
    'a login that is to come',
    recent,
    { auth_time: epoch + 1061 },
    `${within} names a login at ${at(1061)}, after the answer was received; compare the clocks`,
  ],
  [
    'a strong login of long ago',
    { ...strong, ...recent },
    { acr: 'phr', auth_time: epoch },
    `${within} names a login at ${at(0)}, 16m40s before`,
  ],
  [
    'a recent login that is weak',
    { ...strong, ...recent },
    { acr: '0', auth_time: epoch + 999 },
    `${wanted} has the acr "0"`,
  ],
] as const)
  test(`too weak: ${name}`, () => {
    assert.equal(weakness(require, claims), want)
  })

test('an answer that is too weak is refused for that, and one that is strong enough is accepted', () => {
  const request = anApprovalRequest().pending()
  const prompt = onlyPromptOf(request) ?? assert.fail('nobody was asked')
  const claims = { iss: 'https://sso.company.com', sub: '750e', iat: epoch, preferred_username: 'alice' }
  const judged = (own: Claims): string => {
    const answer = { prompt, response: aTokenResponse(), claims: { ...claims, ...own }, receivedAt: t(5) }
    const judgement = judge(request, theTerms({ require: strong }), answer)
    return judgement.kind === 'Rejected' ? judgement.reason : judgement.kind
  }
  assert.equal(judged({ acr: 'phr' }), 'Accepted')
  assert.equal(judged({}), 'AuthenticationTooWeak')
  assert.equal(judged({ preferred_username: 'bob' }), 'ApproverMismatch')
})
