import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { digestOf } from '../../../../src/api/digest.ts'
import { termsOf } from '../../../../src/core/request/terms.ts'
import type { Terms } from '../../../../src/core/request/terms.ts'
import {
  aClient,
  anApprovalRequest,
  aPolicy,
  aPolicyWithoutToken,
  aProvider,
  theTerms,
} from '../../../support/builders/builders.ts'
import { limited, surroundings } from '../../../support/builders/surroundings.ts'
import type { ChangedSurroundings } from '../../../support/builders/surroundings.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

const request = anApprovalRequest()

function termsFor(asked: ApprovalRequest, changes: ChangedSurroundings = {}): Terms {
  const terms = termsOf(asked, surroundings(changes), limited(t(0), changes))
  assert.ok(terms.kind === 'Terms', terms.kind === 'Blocked' ? terms.message : '')
  return terms
}

/** `asked`, or the reason why not. */
function verdictOn(asked: ApprovalRequest, changes: ChangedSurroundings = {}): string {
  const terms = termsOf(asked, surroundings(changes), limited(t(0), changes))
  return terms.kind === 'Terms' ? 'asked' : terms.reason
}

test('the terms name everything by which the question is put', () => {
  const provider = aProvider()
  const providers = [aProvider({ name: 'other' }), provider]
  assert.deepEqual(termsOf(request, surroundings({ providers }), limited(t(0))), {
    kind: 'Terms',
    effective: theTerms(),
    deadline: t(600),
    unaskedDeadline: t(600),
    leastSeconds: 60,
    prompts: ['approver-1'],
    provider,
  })
})

const aliceBySubject = [{ name: 'alice@company.com', hint: 'alice', subject: '750e' }]

for (const [name, asked, changes, want] of [
  ['no policy matches', request, { policies: [] }, 'NoMatchingPolicy'],
  [
    'two policies match',
    request,
    { policies: [aPolicy({ name: 'a' }), aPolicy({ name: 'b' })] },
    'AmbiguousPolicy',
  ],
  ['the policy names a provider that is not there', request, { providers: [] }, 'IdentityProviderNotReady'],
  [
    'two clients serve the requester',
    request,
    { providers: [aProvider({ clients: [aClient('a'), aClient('b')] })] },
    'AmbiguousClient',
  ],
  ['the requester is the approver by name', request.by('alice@company.com'), {}, 'NotEnoughApprovers'],
  ['the requester is the approver by hint', request.by('alice'), {}, 'NotEnoughApprovers'],
  [
    'the requester is the approver by subject',
    request.by('750e'),
    { policies: [aPolicy({ stages: [{ name: 'sre', required: 1, approvers: aliceBySubject }] })] },
    'NotEnoughApprovers',
  ],
  ['the requester is someone else', request.by('bob'), {}, 'asked'],
] as const)
  test(`if ${name}: ${want}`, () => {
    assert.equal(verdictOn(asked, changes), want)
  })

const other = anApprovalRequest().named('other', 'another-uid').pending()

for (const [name, open, want] of [
  ['nothing else is open', [], 'asked'],
  ['the approver has a question of this requester', [other], 'Throttled'],
  ['the approver is just being asked by this requester', [other.intended()], 'Throttled'],
  ['the approver has a question of another requester', [other.by('bob')], 'asked'],
  ['the open question is the request itself', [request.pending()], 'asked'],
  [
    'an open question has been put to nobody',
    [other.having({ effective: theTerms({ approvers: [] }) })],
    'asked',
  ],
  [
    'another approver has a question of this requester',
    [other.having({ effective: theTerms({ approvers: [named('bob')] }) })],
    'asked',
  ],
  [
    'the hint means someone else at another issuer',
    [other.having({ effective: theTerms({ issuer: 'https://elsewhere.example' }) })],
    'asked',
  ],
  [
    'the approver has the question under another name',
    [other.having({ effective: theTerms({ approvers: [{ ...named('alice'), name: 'Alice' }] }) })],
    'Throttled',
  ],
  ['one of several open questions counts', [other.by('bob'), request.pending(), other], 'Throttled'],
] as const)
  test(`if ${name}: ${want}`, () => {
    assert.equal(verdictOn(request, { open }), want)
  })

function named(hint: string): ReturnType<typeof theTerms>['approvers'][number] {
  return { name: `${hint}@company.com`, hint, claim: 'preferred_username', expected: hint }
}

test('a throttled request says which question is in its way', () => {
  const terms = termsOf(request, surroundings({ open: [other] }), limited(t(0), { open: [other] }))
  assert.ok(terms.kind === 'Blocked' && terms.message.includes('demo/other'))
})

test('the question stands as long as the request asks, counted from its creation', () => {
  assert.deepEqual(termsFor(request.saying({ requestedExpiry: '90s' })).deadline, t(90))
  assert.deepEqual(termsFor(request).deadline, t(600))
})

for (const [name, change, want] of [
  [
    'the subject, if the policy names it',
    { policies: [withApprovers(aliceBySubject)] },
    { claim: 'sub', expected: '750e' },
  ],
  [
    'the hint in the provider’s claim',
    {},
    { claim: 'preferred_username', expected: 'alice', comparison: 'IgnoreCase' },
  ],
  [
    'the hint in the claim of the profile',
    { providers: [aProvider({ token: {} })] },
    { claim: 'sub', expected: 'alice' },
  ],
] as const)
  test(`the approver is recognised by ${name}`, () => {
    const [approver] = termsFor(request, change).effective.approvers
    assert.deepEqual(approver, { name: 'alice@company.com', hint: 'alice', ...want })
  })

function withApprovers(approvers: typeof aliceBySubject): ReturnType<typeof aPolicy> {
  return aPolicy({ stages: [{ name: 'sre', required: 1, approvers }] })
}

const wanting = request.wantingToken({ scopes: ['rollouts:promote'], audience: 'https://deploy.company.com' })

test('scopes, audience and lifetime are fixed with the terms', () => {
  const { effective } = termsFor(wanting)
  assert.deepEqual(
    effective,
    theTerms({ scopes: ['openid', 'rollouts:promote'], audience: 'https://deploy.company.com' }),
  )
})

test('whether answers are shown is fixed with the terms of several, as the policy says', () => {
  const visibility = { answers: 'Always' } as const
  const approvers = ['alice', 'bob'].map((hint) => ({ name: `${hint}@company.com`, hint }))
  const stages = [{ name: 'sre', required: 1, approvers }]
  const policies = [aPolicy({ stages, visibility })]
  assert.equal(termsFor(request, { policies }).effective.answersVisible, 'Always')
  const silent = [aPolicy({ stages })]
  assert.equal(termsFor(request, { policies: silent }).effective.answersVisible, undefined)
  assert.equal(termsFor(request, { policies: [aPolicy({ visibility })] }).effective.answersVisible, undefined)
})

test('ignored scopes are fixed with the terms', () => {
  const providers = [aProvider({ token: { ...aProvider().spec.token, ignoredScopes: ['profile'] } })]
  assert.deepEqual(termsFor(request, { providers }).effective, theTerms({ ignoredScopes: ['profile'] }))
})

test('a policy without a token sets no lifetime', () => {
  const { effective } = termsFor(request, { policies: [aPolicyWithoutToken()] })
  assert.equal('tokenMaxLifetimeSeconds' in effective, false)
})

const parameterized = { providers: [aProvider({ actionBinding: 'ParameterizedScopes' })] } as const

for (const [name, asked, changes, want] of [
  ['no scope of its own', wanting, {}, ['openid', 'rollouts:promote']],
  [
    'scopes that name the action',
    wanting,
    parameterized,
    [
      'openid',
      'rollouts:promote',
      'action:promote-rollout',
      'target:foo-v2',
      'namespace:demo',
      'kind:Rollout',
      'revision:7654b4484',
      'environment:prod',
      `digest:${digestOf(wanting)}`,
    ],
  ],
  [
    'no scope for what the request does not say',
    request.saying({ target: { kind: 'Node', name: 'n1' } }),
    parameterized,
    [
      'openid',
      'action:promote-rollout',
      'target:n1',
      'namespace:demo',
      'kind:Node',
      'environment:prod',
      `digest:${digestOf(request.saying({ target: { kind: 'Node', name: 'n1' } }))}`,
    ],
  ],
] as const)
  test(`the action binding adds ${name}`, () => {
    assert.deepEqual(termsFor(asked, changes).effective.scopes, want)
  })
