import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onlyPromptOf } from '../../../../src/core/prompt/prompt.ts'
import type { ApprovalRequest, EffectiveTerms } from '../../../../src/api/objects.ts'
import { authorizationDetailOf } from '../../../../src/core/action/authorization-details.ts'
import { judge } from '../../../../src/core/answer/verification.ts'
import type { Judgement } from '../../../../src/core/answer/verification.ts'
import type { TokenResponse } from '../../../../src/core/ports/redeeming.ts'
import { anApprovalRequest, theTerms } from '../../../support/builders/builders.ts'
import { at, start, t } from '../../../support/fakes/clocks/clock.ts'
import { aTokenResponse } from '../../../support/fakes/providers/port.ts'

const epoch = start.getTime() / 1000
const request = anApprovalRequest().wantingToken().pending()
const approvers = (claim: string, expected: string): Pick<EffectiveTerms, 'approvers'> => ({
  approvers: [{ name: 'alice@company.com', hint: 'alice', claim, expected }],
})

type Given = {
  readonly request?: ApprovalRequest
  readonly terms?: Partial<EffectiveTerms>
  readonly claims?: Readonly<Record<string, unknown>>
  readonly response?: Partial<TokenResponse>
}

function judged({ claims, response, terms, ...given }: Given): Judgement {
  const asked = given.request ?? request
  return judge(asked, theTerms(terms), {
    prompt: onlyPromptOf(asked) ?? assert.fail('nobody was asked'),
    response: aTokenResponse(response),
    claims: {
      iss: 'https://sso.company.com',
      sub: '750e',
      iat: epoch + 20,
      preferred_username: 'alice',
      ...claims,
    },
    receivedAt: t(21),
  })
}

const accepted = 'Accepted'
const rejected = 'TokenRejected'
const mismatch = 'ApproverMismatch'
const email = approvers('email', 'alice@company.com')
const asked = { scopes: ['openid', 'rollouts:promote', 'action:promote-rollout'] }
const whole = 'openid rollouts:promote action:promote-rollout'
const rich = { authorizationDetails: 'Supported' } as const
const detail = authorizationDetailOf(request)
const unsent = anApprovalRequest().wantingToken().refused()
const undelivered = anApprovalRequest().wantingToken({ delivery: 'None' }).pending()

for (const [name, given, want] of [
  ['the answer that was asked for', {}, accepted],
  // iat
  ['an answer of the moment it was asked', { claims: { iat: epoch } }, accepted],
  ['an answer as old as clocks may differ', { claims: { iat: epoch - 60 } }, accepted],
  ['an answer a second older', { claims: { iat: epoch - 61 } }, rejected],
  ['an answer a moment older', { claims: { iat: epoch - 60.001 } }, rejected],
  ['an answer as far ahead as clocks may differ', { claims: { iat: epoch + 81 } }, accepted],
  ['an answer that is to come', { claims: { iat: epoch + 82 } }, rejected],
  ['an answer without a number for iat', { claims: { iat: Number.NaN } }, rejected],
  ['an answer to what was never sent', { request: unsent }, rejected],
  // who
  ['someone else by the claim', { claims: { preferred_username: 'bob' } }, mismatch],
  ['the approver in other letters', { claims: { preferred_username: 'Alice' } }, accepted],
  ['nobody by the claim', { claims: { preferred_username: undefined } }, mismatch],
  ['a list with the approver', { claims: { preferred_username: ['alice'] } }, mismatch],
  ['an object for the approver', { claims: { preferred_username: { toString: 'alice' } } }, mismatch],
  ['the approver by subject', { terms: approvers('sub', '750e') }, accepted],
  ['someone else by subject', { terms: approvers('sub', '750f') }, mismatch],
  ['the subject, not the name that anyone may choose', { terms: approvers('sub', 'alice') }, mismatch],
  ['no approver in the terms', { terms: { approvers: [] } }, mismatch],
  ['a claim that every object inherits', { terms: approvers('constructor', 'Object') }, mismatch],
  [
    'a verified e-mail address',
    { terms: email, claims: { email: 'alice@company.com', email_verified: true } },
    accepted,
  ],
  [
    'an unverified e-mail address',
    { terms: email, claims: { email: 'alice@company.com', email_verified: false } },
    mismatch,
  ],
  ['an e-mail address of unknown state', { terms: email, claims: { email: 'alice@company.com' } }, mismatch],
  [
    'an e-mail address verified in words only',
    { terms: email, claims: { email: 'alice@company.com', email_verified: 'true' } },
    mismatch,
  ],
  // the requester
  ['a requester with the subject of the answer', { request: request.by('750e') }, mismatch],
  ['a requester with the claim of the answer', { request: request.by('alice') }, mismatch],
  ['a requester with the name of the approver', { request: request.by('alice@company.com') }, mismatch],
  [
    'a requester with the name in the answer',
    { request: request.by('Alice'), claims: { name: 'Alice' } },
    mismatch,
  ],
  ['a requester with another name', { request: request.by('bob') }, accepted],
  // scope
  ['the scope that was asked', { terms: asked, response: { scope: whole } }, accepted],
  [
    'the same scope in another order',
    { terms: asked, response: { scope: whole.split(' ').toReversed().join('  ') } },
    accepted,
  ],
  ['no scope in the response', { terms: asked, response: { scope: undefined } }, accepted],
  ['a scope more', { terms: asked, response: { scope: `${whole} offline_access` } }, rejected],
  ['a scope of another spelling', { terms: asked, response: { scope: `${whole} OpenID` } }, rejected],
  [
    'a scope more that is ignored',
    { terms: { ...asked, ignoredScopes: ['profile'] }, response: { scope: `${whole} profile` } },
    accepted,
  ],
  [
    'one ignored and one more',
    { terms: { ...asked, ignoredScopes: ['profile'] }, response: { scope: `${whole} profile email` } },
    rejected,
  ],
  [
    'some of what was requested',
    { terms: { scopes: [...asked.scopes, 'rollouts:abort'] }, response: { scope: whole } },
    accepted,
  ],
  [
    'nothing of what was requested but the action',
    { terms: asked, response: { scope: 'openid action:promote-rollout' } },
    rejected,
  ],
  [
    'nothing of what was requested',
    { terms: { scopes: ['openid', 'rollouts:promote'] }, response: { scope: 'openid' } },
    rejected,
  ],
  [
    'no scope at all of what was requested',
    { terms: { scopes: ['openid', 'rollouts:promote'] }, response: { scope: '' } },
    rejected,
  ],
  ['a grant without the action', { terms: asked, response: { scope: 'openid rollouts:promote' } }, rejected],
  ['a grant of another action', { terms: asked, response: { scope: 'openid action:scale-out' } }, rejected],
  ['a grant of no scope', { terms: asked, response: { scope: '' } }, rejected],
  ['a grant of no scope where none names the action', { response: { scope: '' } }, accepted],
  // authorization_details
  ['details where none were asked', { response: { authorizationDetails: [detail] } }, rejected],
  [
    'unreadable details where none were asked',
    { response: { authorizationDetails: 'Unreadable' } },
    rejected,
  ],
  ['no details where they were asked', { terms: rich }, rejected],
  ['the details that were asked', { terms: rich, response: { authorizationDetails: [detail] } }, accepted],
  [
    'details of another action',
    { terms: rich, response: { authorizationDetails: [{ ...detail, actions: ['scale-out'] }] } },
    rejected,
  ],
  // lifetime
  ['a token of the longest life', { response: { expiresInSeconds: 600 } }, accepted],
  ['a token a minute longer', { response: { expiresInSeconds: 660 } }, accepted],
  ['a token a minute and a second longer', { response: { expiresInSeconds: 661 } }, rejected],
  ['a token that does not say how long', { response: { expiresInSeconds: undefined } }, rejected],
  ['a token that never ends', { response: { expiresInSeconds: Infinity } }, rejected],
  ['a token of no length', { response: { expiresInSeconds: Number.NaN } }, rejected],
  [
    'an undelivered token of any life',
    { request: undelivered, response: { expiresInSeconds: 99_999 } },
    accepted,
  ],
  [
    'an undelivered token without a life',
    { request: undelivered, response: { expiresInSeconds: undefined } },
    accepted,
  ],
] as const)
  test(`${name}: ${want}`, () => {
    const judgement = judged(given)
    assert.equal(judgement.kind === 'Accepted' ? accepted : judgement.reason, want)
  })

const alice = { issuer: 'https://sso.company.com', subject: '750e', name: 'alice@company.com' }
const authTime = epoch - 5

for (const [name, claims, want] of [
  ['no more than the ID token says', {}, {}],
  [
    'acr, amr and auth_time',
    { acr: 'ciba', amr: ['pwd', 'otp'], auth_time: authTime },
    { acr: 'ciba', amr: ['pwd', 'otp'], authTime: at(-5) },
  ],
  ['auth_time in whole seconds', { auth_time: authTime + 0.9 }, { authTime: at(-5) }],
  ['nothing of hostile types', { acr: { a: 1 }, amr: 'pwd', auth_time: 'now' }, {}],
  ['only the words of amr', { amr: ['pwd', 1, null, ['otp']] }, { amr: ['pwd'] }],
  ['16 words of amr at most', { amr: Array<string>(17).fill('pwd') }, { amr: Array<string>(16).fill('pwd') }],
  ['63 characters of each word', { amr: ['x'.repeat(64)] }, { amr: ['x'.repeat(63)] }],
  ['255 characters of acr', { acr: 'x'.repeat(256) }, { acr: 'x'.repeat(255) }],
  ['no auth_time beyond all dates', { auth_time: 1e300 }, {}],
  ['no auth_time that is none', { auth_time: Number.NaN }, {}],
  ['no auth_time before there were clocks', { auth_time: -1 }, {}],
  ['no auth_time after the last four-digit year', { auth_time: 253_402_300_800 }, {}],
] as const)
  test(`the verified approver has ${name}`, () => {
    assert.deepEqual(judged({ claims }), { kind: 'Accepted', approver: { ...alice, ...want } })
  })

test('what was requested and not granted is handed on, and named', () => {
  const scopes = ['openid', 'rollouts:promote', 'rollouts:abort']
  const some = judged({ terms: { scopes }, response: { scope: 'openid rollouts:abort' } })
  assert.deepEqual(some.kind === 'Accepted' && some.missingScopes, ['rollouts:promote'])
  const none = judged({ terms: { scopes }, response: { scope: 'openid' } })
  assert.equal(
    none.kind === 'Rejected' && none.message,
    'scope: nothing that was requested was granted, the grant lacks rollouts:promote, rollouts:abort',
  )
})

test('what was granted is handed on', () => {
  const parameters = { wait: '5m' }
  const adjustable = [{ name: 'wait', type: 'Duration', minimum: '1m', maximum: '1h' }] as const
  const asking = request.saying({ parameters, adjustable })
  const changed = { ...authorizationDetailOf(asking), parameters: { wait: '15m' } }
  const judgement = judged({ request: asking, terms: rich, response: { authorizationDetails: [changed] } })
  assert.deepEqual(judgement.kind === 'Accepted' && judgement.granted, {
    kind: 'Granted',
    detail: changed,
    parameters: { wait: '15m' },
  })
  const beyond = { ...changed, parameters: { wait: '2h' } }
  assert.deepEqual(judged({ request: asking, terms: rich, response: { authorizationDetails: [beyond] } }), {
    kind: 'Rejected',
    reason: 'TokenRejected',
    message: 'authorization_details: wait must be a duration from 1m to 1h',
  })
})

test('the message names the clause, never the token', () => {
  const wider = judged({ response: { scope: `x${'y'.repeat(500)}` } })
  assert.ok(wider.kind === 'Rejected')
  assert.match(wider.message, /^scope: .{0,150}$/)
})
