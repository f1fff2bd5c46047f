/** Which login is enough for a request, by what its policy requires. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EffectiveTerms } from '../../../../src/api/objects.ts'
import { acrValuesIn, isLoginFor } from '../../../../src/inbox/login/strength.ts'
import { anApprovalRequest, theTerms } from '../../../support/builders/builders.ts'
import { start, t } from '../../../support/fakes/clocks/clock.ts'

const strong = { acrValues: ['mfa', 'phr'] }
const recent = { maxAuthenticationAgeSeconds: 120 }

for (const [name, require, login, purpose, want] of [
  ['any login opens where nothing is required', undefined, { age: 300 }, 'toOpen', true],
  ['none of long ago', undefined, { age: 301 }, 'toOpen', false],
  ['one of the acr values opens', strong, { age: 0, acr: 'phr' }, 'toOpen', true],
  ['another acr does not', strong, { age: 0, acr: 'pwd' }, 'toOpen', false],
  ['no acr does not', strong, { age: 0 }, 'toOpen', false],
  ['one of the acr values answers', strong, { age: 600, acr: 'mfa' }, 'toAnswer', true],
  ['another acr does not answer', strong, { age: 0, acr: 'pwd' }, 'toAnswer', false],
  ['half of the age opens', recent, { age: 60 }, 'toOpen', true],
  ['more leaves no time to read', recent, { age: 61 }, 'toOpen', false],
  ['the whole age answers', recent, { age: 120 }, 'toAnswer', true],
  ['more does not', recent, { age: 121 }, 'toAnswer', false],
  [
    'a longer age is no longer than the inbox’s own',
    { maxAuthenticationAgeSeconds: 86400 },
    { age: 601 },
    'toAnswer',
    false,
  ],
] as const satisfies readonly (readonly [
  string,
  EffectiveTerms['require'],
  { age: number; acr?: string },
  'toOpen' | 'toAnswer',
  boolean,
])[])
  test(`a login for a request: ${name}`, () => {
    const effective = theTerms({ ...(require !== undefined && { require }) })
    const request = anApprovalRequest().pending().having({ effective })
    const { age, acr } = { acr: undefined, ...login }
    const person = {
      ...{
        issuer: 'https://sso.company.com',
        subject: '750e',
        name: undefined,
        preferredUsername: undefined,
      },
      authTime: start.getTime() / 1000 - age,
      acr,
    }
    assert.equal(isLoginFor(request, person, { purpose, now: t(0) }), want)
  })

for (const [name, parameter, want] of [
  ['nothing', undefined, []],
  ['one value', 'mfa', ['mfa']],
  ['several values', 'mfa urn:company:strong', ['mfa', 'urn:company:strong']],
  ['nothing of nine values', Array.from({ length: 9 }, () => 'a').join(' '), []],
  ['nothing of a value of 256 characters', 'a'.repeat(256), []],
  ['nothing of an empty value', 'mfa  phr', []],
  ['nothing of control characters', 'mfa\n', []],
] as const)
  test(`a link asks for ${name}`, () => {
    assert.deepEqual(acrValuesIn(parameter), want)
  })
