/** One row per cell of the stage table (docs/architecture.md), both sides of each boundary. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { record } from '../../../../src/core/approval/record.ts'
import { stageOf } from '../../../../src/core/approval/stage.ts'
import type { Progress, Stage } from '../../../../src/core/approval/stage.ts'
import { aClient, anApprovalRequest, aProvider, settings, theTerms } from '../../../support/builders.ts'
import { surroundings, type ChangedSurroundings } from '../../../support/surroundings.ts'
import { at, t } from '../../../support/clock.ts'

const request = anApprovalRequest()
const provider = aProvider()
const effective = theTerms()

type Circumstances = ChangedSurroundings & { readonly progress?: Progress }

function stage(asked: ApprovalRequest, seconds: number, circumstances: Circumstances = {}): Stage {
  const { progress, ...around } = circumstances
  return stageOf({ request: asked, surroundings: surroundings(around), progress }, settings, t(seconds))
}

const none = { policies: [] } as const
const withdrawn = { withdrawal: { reason: 'Superseded', message: 'gone.' } } as const
const backoff = { progress: { kind: 'Backoff', until: t(5), failures: 1 } } as const

for (const [name, asked, seconds, circumstances, want] of [
  ['no policy matches', request, 0, none, 'Blocked'],
  ['the operator’s deadline is near', request, 899, none, 'Blocked'],
  ['the operator’s deadline is reached', request, 900, none, 'Lapsed'],
  ['the deadline that was said is near', request.having({ deadline: at(950) }), 949, none, 'Blocked'],
  ['the deadline that was said is reached', request.having({ deadline: at(950) }), 950, none, 'Lapsed'],
  ['all checks hold', request, 0, {}, 'Ready'],
  ['the policy’s deadline is near', request, 599, {}, 'Ready'],
  ['the policy’s deadline is reached', request, 600, {}, 'Lapsed'],
  ['the request’s own deadline is near', request.saying({ requestedExpiry: '90s' }), 89, {}, 'Ready'],
  ['the request’s own deadline is reached', request.saying({ requestedExpiry: '90s' }), 90, {}, 'Lapsed'],
  [
    'a longer one than was said holds since a policy matches',
    request.having({ deadline: at(30) }),
    31,
    {},
    'Ready',
  ],
  ['a check failed a moment ago', request, 4.999, backoff, 'Waiting'],
  ['a check failed long enough ago', request, 5, backoff, 'Ready'],
  ['nobody waits for the answer any more', request, 0, withdrawn, 'Withdrawn'],
  ['nobody waits, and no policy matches', request, 0, { ...none, ...withdrawn }, 'Withdrawn'],
] as const)
  test(`nobody was asked and ${name}: ${want}`, () => {
    assert.equal(stage(asked, seconds, circumstances).kind, want)
  })

test('a blocked request says why and until when', () => {
  const blocked = stage(request, 0, { providers: [] })
  assert.ok(blocked.kind === 'Blocked')
  assert.equal(blocked.reason, 'IdentityProviderNotReady')
})

test('an unmatched request is retried until the operator’s deadline', () => {
  const blocked = stage(request, 0, none)
  assert.ok(blocked.kind === 'Blocked')
  assert.deepEqual(blocked.retryAt, t(900))
})

test('a request that waits for its turn stands as long as the policy allows at most', () => {
  const open = [request.named('other', 'another-uid').pending()] as const
  const [openPrompt = { id: '', attempt: 1, approver: '' }] = open[0].status?.prompts ?? []
  const blocked = stage(request, 0, { open })
  assert.ok(blocked.kind === 'Blocked')
  assert.deepEqual([blocked.deadline, blocked.retryAt], [t(7200), t(600)])
  const later = [open[0].having({ deadline: at(9999), prompts: [{ ...openPrompt, expiresAt: at(9999) }] })]
  assert.equal(stage(request, 7199, { open: later }).kind, 'Blocked')
  assert.equal(stage(request, 7200, { open: later }).kind, 'Lapsed')
})

test('a ready request is asked by the terms of now', () => {
  assert.deepEqual(stage(request, 0), {
    kind: 'Ready',
    terms: {
      ...{ kind: 'Terms', effective, provider },
      ...{ deadline: t(600), unaskedDeadline: t(600), leastSeconds: 60 },
    },
  })
})

const refused = request.refused()

for (const [name, seconds, circumstances, want] of [
  ['without a pause', 0, {}, 'Ready'],
  ['the pause is not over', 4.999, backoff, 'Waiting'],
  ['the pause is over', 5, backoff, 'Ready'],
  ['a minute is left', 540, {}, 'Ready'],
  ['less than a minute is left', 540.001, {}, 'Lapsed'],
  ['the deadline is reached', 600, {}, 'Lapsed'],
  ['the provider is gone', 0, { providers: [] }, 'Waiting'],
  ['the provider is gone until the deadline', 600, { providers: [] }, 'Lapsed'],
  ['the policy is gone', 0, { policies: [] }, 'Ready'],
  ['another question is open by now', 0, { open: [request.named('o', 'another')] }, 'Ready'],
] as const)
  test(`an attempt disturbed nobody and ${name}: ${want}`, () => {
    assert.equal(stage(refused, seconds, circumstances).kind, want)
  })

test('another attempt is made under the terms of the first', () => {
  const changed = { policies: [], providers: [aProvider({ token: { ignoredScopes: ['profile'] } })] }
  assert.deepEqual(stage(refused, 0, changed), {
    kind: 'Ready',
    terms: {
      ...{ kind: 'Terms', effective, provider: changed.providers[0] },
      ...{ deadline: t(600), unaskedDeadline: t(600), leastSeconds: 60 },
    },
  })
})

for (const seconds of [0, 599, 600, 9999])
  test(`an intent that is found after ${seconds} s is Intended`, () => {
    const found = request.intended()
    assert.deepEqual(stage(found, seconds), { kind: 'Intended', prompt: found.status?.prompts?.[0] })
  })

const resending = aProvider({ assertionReplay: 'Refused' })
const asserted = request.intended({ kid: 'k1', assertionExpiresAt: at(45) })
const refuses = { providers: [resending] }

for (const [name, asked, seconds, circumstances, want] of [
  ['the provider refuses a replay', asserted, 44.999, refuses, 'Resendable'],
  ['the assertion has expired', asserted, 45, refuses, 'Intended'],
  ['nobody knows what the provider does with a replay', asserted, 10, {}, 'Intended'],
  ['there was no assertion', request.intended(), 10, refuses, 'Intended'],
  ['the provider is gone', asserted, 10, { providers: [] }, 'Intended'],
  ['a second sending has just failed', asserted, 4.999, { ...refuses, ...backoff }, 'Waiting'],
  ['a second sending has failed long enough ago', asserted, 5, { ...refuses, ...backoff }, 'Resendable'],
  ['the policy is gone', asserted, 10, { ...refuses, policies: [] }, 'Resendable'],
] as const)
  test(`an intent is found and ${name}: ${want}`, () => {
    assert.equal(stage(asked, seconds, circumstances).kind, want)
  })

test('a second sending waits no longer than the assertion holds', () => {
  const longer = { progress: { kind: 'Backoff', until: t(60), failures: 6 } } as const
  assert.deepEqual(stage(asserted, 10, { ...refuses, ...longer }), { kind: 'Waiting', until: t(45) })
})

const pending = request.pending()
const [prompt] = pending.status?.prompts ?? []
const response = {
  accessToken: 'a token',
  tokenType: 'Bearer',
  idToken: undefined,
  expiresInSeconds: 300,
  scope: undefined,
}
const polling = { progress: { kind: 'Polling', nextAt: t(15), intervalSeconds: 5, failures: 0 } } as const
const held = { progress: { kind: 'Held', until: t(50) } } as const
const takenOver = { progress: { kind: 'TakenOver', until: t(50) } } as const
const redeemed = {
  progress: { kind: 'Redeemed', response, receivedAt: t(10), retryAt: t(12), failures: 1 },
} as const

for (const [name, seconds, circumstances, want] of [
  ['nothing is remembered', 10, {}, { kind: 'Resumed', prompt }],
  ['nothing is remembered after the deadline', 700, {}, { kind: 'Resumed', prompt }],
  ['the next token request is not due', 14.999, polling, { kind: 'Waiting', until: t(15) }],
  [
    'the next token request is due',
    15,
    polling,
    { kind: 'Due', pending: { prompt, terms: effective, provider } },
  ],
  ['another process may be storing the token', 49.999, held, { kind: 'Waiting', until: t(50) }],
  ['another process has had its time', 50, held, { kind: 'Resumed', prompt }],
  ['the leader before may be redeeming', 49.999, takenOver, { kind: 'Waiting', until: t(50) }],
  ['the leader before has had its time', 50, takenOver, { kind: 'Resumed', prompt }],
  ['the token cannot be stored yet', 11.999, redeemed, { kind: 'Waiting', until: t(12) }],
  [
    'storing the token is tried again',
    12,
    redeemed,
    { kind: 'Redeemed', pending: { prompt, terms: effective, provider }, response, receivedAt: t(10) },
  ],
  [
    'storing the token is tried after the deadline too',
    700,
    redeemed,
    { kind: 'Redeemed', pending: { prompt, terms: effective, provider }, response, receivedAt: t(10) },
  ],
  ['only a failed check is remembered', 10, backoff, { kind: 'Resumed', prompt }],
  ['only a deleted Secret is remembered', 10, { progress: { kind: 'Spent' } }, { kind: 'Resumed', prompt }],
  ['the provider is gone', 10, { ...polling, providers: [] }, { kind: 'Waiting', until: t(600) }],
  ['the provider is gone until the deadline', 600, { ...polling, providers: [] }, { kind: 'Lapsed' }],
] as const)
  test(`a prompt is open and ${name}: ${want.kind}`, () => {
    assert.deepEqual(stage(pending, seconds, circumstances), want)
  })

const pinging = theTerms({ delivery: 'Ping' })
const pinged = request.pending({ pingedAt: at(12) }).having({ effective: pinging })
const awaiting = { progress: { ...polling.progress, awaitsPing: true } } as const
const lost = request.intended({ kid: 'k1' }).having({ effective: pinging })
const awaitingPing = record(
  { request: lost, surroundings: surroundings(), progress: undefined },
  { kind: 'AwaitingPing' },
  { settings, now: t(5) },
)

for (const [name, asked, seconds, circumstances, want] of [
  ['a ping has come', pinged, 12, awaiting, 'Due'],
  ['a token request has followed the ping', pinged, 14, polling, 'Waiting'],
  ['no ping has come', request.pending().having({ effective: pinging }), 12, awaiting, 'Waiting'],
  ['the answer to the prompt was lost', lost, 12, {}, 'AwaitingPing'],
  ['the answer to the prompt was lost until the deadline', lost, 600, {}, 'Intended'],
  ['it was said that the ping is awaited', lost.having(awaitingPing.status ?? {}), 12, {}, 'Waiting'],
  ['its ping is awaited until the deadline', lost.having(awaitingPing.status ?? {}), 600, {}, 'Intended'],
] as const)
  test(`answers come by ping and ${name}: ${want}`, () => {
    assert.equal(stage(asked, seconds, circumstances).kind, want)
  })

const elsewhere = [aProvider({ issuer: 'https://elsewhere.example' })]
const otherClient = [aProvider({ clients: [aClient('another')] })]
const rotated = [aProvider({ clients: [aClient('another'), aClient('agent-release-bot')] })]

for (const [name, asked, circumstances, want] of [
  ['another issuer before another attempt', refused, { providers: elsewhere }, 'ProviderChanged'],
  ['another issuer while a prompt is open', pending, { ...polling, providers: elsewhere }, 'ProviderChanged'],
  [
    'another client while a prompt is open',
    pending,
    { ...polling, providers: otherClient },
    'ProviderChanged',
  ],
  ['another issuer with a token in hand', pending, { ...redeemed, providers: elsewhere }, 'ProviderChanged'],
  ['another issuer after an intent', request.intended(), { providers: elsewhere }, 'ProviderChanged'],
  ['one client more', pending, { ...polling, providers: rotated }, 'Due'],
  // An answer that is stored counts, so it is looked for first.
  ['another issuer after a restart', pending, { providers: elsewhere }, 'Resumed'],
  ['another issuer after invalid_grant', pending, { ...held, providers: elsewhere }, 'Resumed'],
] as const)
  test(`${name} is ${want}`, () => {
    assert.equal(stage(asked, 100, circumstances).kind, want)
  })
