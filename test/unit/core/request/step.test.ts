/** One row per cell of the steps (docs/architecture.md), both sides of each boundary. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { record } from '../../../../src/core/request/record.ts'
import {
  aClient,
  anApprovalRequest,
  aProvider,
  settings,
  theTerms,
} from '../../../support/builders/builders.ts'
import { surroundings } from '../../../support/builders/surroundings.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'
import { aTokenResponse } from '../../../support/fakes/providers/port.ts'
import { step } from '../../../support/builders/step.ts'

const request = anApprovalRequest()
const provider = aProvider()
const effective = theTerms()

const none = { policies: [] } as const
const withdrawn = { withdrawal: { reason: 'Superseded', message: 'gone.' } } as const
const backoff = { progress: { kind: 'Backoff', until: t(5), failures: 1 } } as const

for (const [name, asked, seconds, circumstances, want] of [
  ['no policy matches', request, 0, none, 'Report'],
  ['the operator’s deadline is near', request, 899, none, 'Report'],
  ['the operator’s deadline is reached', request, 900, none, 'Expire'],
  ['the deadline that was said is near', request.having({ deadline: at(950) }), 949, none, 'Report'],
  ['the deadline that was said is reached', request.having({ deadline: at(950) }), 950, none, 'Expire'],
  ['all checks hold', request, 0, {}, 'Ask'],
  ['the policy’s deadline is near', request, 599, {}, 'Ask'],
  ['the policy’s deadline is reached', request, 600, {}, 'Expire'],
  ['the request’s own deadline is near', request.saying({ requestedExpiry: '90s' }), 89, {}, 'Ask'],
  ['the request’s own deadline is reached', request.saying({ requestedExpiry: '90s' }), 90, {}, 'Expire'],
  [
    'a longer one than was said holds since a policy matches',
    request.having({ deadline: at(30) }),
    31,
    {},
    'Ask',
  ],
  ['a check failed a moment ago', request, 4.999, backoff, 'Wait'],
  ['a check failed long enough ago', request, 5, backoff, 'Ask'],
  ['nobody waits for the answer any more', request, 0, withdrawn, 'Withdraw'],
  ['nobody waits, and no policy matches', request, 0, { ...none, ...withdrawn }, 'Withdraw'],
] as const)
  test(`nobody was asked and ${name}: ${want}`, () => {
    assert.equal(step(asked, seconds, circumstances).kind, want)
  })

test('a blocked request says why and until when', () => {
  const report = step(request, 0, { providers: [] })
  assert.ok(report.kind === 'Report')
  assert.equal(report.blocked.reason, 'IdentityProviderNotReady')
})

test('an unmatched request is retried until the operator’s deadline', () => {
  const report = step(request, 0, none)
  assert.ok(report.kind === 'Report')
  assert.deepEqual(report.retryAt, t(900))
})

test('a request that waits for its turn stands as long as the policy allows at most', () => {
  const open = [request.named('other', 'another-uid').pending()] as const
  const [openPrompt = { id: '', attempt: 1, approver: '' }] = open[0].status?.prompts ?? []
  const report = step(request, 0, { open })
  assert.ok(report.kind === 'Report')
  assert.deepEqual([report.deadline, report.retryAt], [t(7200), t(600)])
  const later = [open[0].having({ deadline: at(9999), prompts: [{ ...openPrompt, expiresAt: at(9999) }] })]
  assert.equal(step(request, 7199, { open: later }).kind, 'Report')
  assert.equal(step(request, 7200, { open: later }).kind, 'Expire')
})

test('a ready request is asked by the terms of now', () => {
  assert.deepEqual(step(request, 0), {
    kind: 'Ask',
    terms: {
      ...{ kind: 'Terms', effective, provider },
      ...{ deadline: t(600), unaskedDeadline: t(600), leastSeconds: 60, prompts: ['approver-1'] },
    },
  })
})

const refused = request.refused()

for (const [name, seconds, circumstances, want] of [
  ['without a pause', 0, {}, 'Ask'],
  ['the pause is not over', 4.999, backoff, 'Wait'],
  ['the pause is over', 5, backoff, 'Ask'],
  ['a minute is left', 540, {}, 'Ask'],
  ['less than a minute is left', 540.001, {}, 'Expire'],
  ['the deadline is reached', 600, {}, 'Expire'],
  ['the provider is gone', 0, { providers: [] }, 'SayOutOfReach'],
  ['the provider is gone until the deadline', 600, { providers: [] }, 'Expire'],
  ['the policy is gone', 0, { policies: [] }, 'Ask'],
  ['another question is open by now', 0, { open: [request.named('o', 'another')] }, 'Ask'],
] as const)
  test(`an attempt disturbed nobody and ${name}: ${want}`, () => {
    assert.equal(step(refused, seconds, circumstances).kind, want)
  })

test('another attempt is made under the terms of the first', () => {
  const changed = { policies: [], providers: [aProvider({ token: { ignoredScopes: ['profile'] } })] }
  assert.deepEqual(step(refused, 0, changed), {
    kind: 'Ask',
    terms: {
      ...{ kind: 'Terms', effective, provider: changed.providers[0] },
      ...{ deadline: t(600), unaskedDeadline: t(600), leastSeconds: 60, prompts: ['approver-1'] },
    },
  })
})

for (const seconds of [0, 599, 600, 9999])
  test(`an intent that is found after ${seconds} s is given up`, () => {
    const found = request.intended()
    assert.deepEqual(step(found, seconds), { kind: 'GiveUp', prompt: found.status?.prompts?.[0] })
  })

const resending = aProvider({ assertionReplay: 'Refused' })
const asserted = request.intended({ kid: 'k1', assertionExpiresAt: at(45) })
const refuses = { providers: [resending] }

for (const [name, asked, seconds, circumstances, want] of [
  ['the provider refuses a replay', asserted, 44.999, refuses, 'Resend'],
  ['the assertion has expired', asserted, 45, refuses, 'GiveUp'],
  ['nobody knows what the provider does with a replay', asserted, 10, {}, 'GiveUp'],
  ['there was no assertion', request.intended(), 10, refuses, 'GiveUp'],
  ['the provider is gone', asserted, 10, { providers: [] }, 'GiveUp'],
  ['a second sending has just failed', asserted, 4.999, { ...refuses, ...backoff }, 'Wait'],
  ['a second sending has failed long enough ago', asserted, 5, { ...refuses, ...backoff }, 'Resend'],
  ['the policy is gone', asserted, 10, { ...refuses, policies: [] }, 'Resend'],
] as const)
  test(`an intent is found and ${name}: ${want}`, () => {
    assert.equal(step(asked, seconds, circumstances).kind, want)
  })

test('a second sending waits no longer than the assertion holds', () => {
  const longer = { progress: { kind: 'Backoff', until: t(60), failures: 6 } } as const
  assert.deepEqual(step(asserted, 10, { ...refuses, ...longer }), { kind: 'Wait', until: t(45) })
})

const pending = request.pending()
const [prompt] = pending.status?.prompts ?? []
const response = aTokenResponse()
const polling = { progress: { kind: 'Polling', nextAt: t(15), intervalSeconds: 5, failures: 0 } } as const
const held = { progress: { kind: 'Held', until: t(50) } } as const
const takenOver = { progress: { kind: 'TakenOver', until: t(50) } } as const
const redeemed = {
  progress: { kind: 'Redeemed', response, receivedAt: t(10), retryAt: t(12), failures: 1 },
} as const

for (const [name, seconds, circumstances, want] of [
  ['nothing is remembered', 10, {}, { kind: 'FindToken', prompt }],
  ['nothing is remembered after the deadline', 700, {}, { kind: 'FindToken', prompt }],
  ['the next token request is not due', 14.999, polling, { kind: 'Wait', until: t(15) }],
  [
    'the next token request is due',
    15,
    polling,
    { kind: 'RequestToken', pending: { prompt, terms: effective, provider } },
  ],
  ['another process may be storing the token', 49.999, held, { kind: 'Wait', until: t(50) }],
  ['another process has had its time', 50, held, { kind: 'FindToken', prompt }],
  ['the leader before may be redeeming', 49.999, takenOver, { kind: 'Wait', until: t(50) }],
  ['the leader before has had its time', 50, takenOver, { kind: 'FindToken', prompt }],
  ['the token cannot be stored yet', 11.999, redeemed, { kind: 'Wait', until: t(12) }],
  [
    'storing the token is tried again',
    12,
    redeemed,
    { kind: 'Deliver', pending: { prompt, terms: effective, provider }, response, receivedAt: t(10) },
  ],
  [
    'storing the token is tried after the deadline too',
    700,
    redeemed,
    { kind: 'Deliver', pending: { prompt, terms: effective, provider }, response, receivedAt: t(10) },
  ],
  ['only a failed check is remembered', 10, backoff, { kind: 'FindToken', prompt }],
  ['only a deleted Secret is remembered', 10, { progress: { kind: 'Spent' } }, { kind: 'FindToken', prompt }],
  ['the provider is gone until the deadline', 600, { ...polling, providers: [] }, { kind: 'Expire' }],
] as const)
  test(`a prompt is open and ${name}: ${want.kind}`, () => {
    assert.deepEqual(step(pending, seconds, circumstances), want)
  })

const pinging = theTerms({ delivery: 'Ping' })
const pinged = request.pending({ pingedAt: at(12) }).having({ effective: pinging })
const awaiting = { progress: { ...polling.progress, awaitsPing: true } } as const
const lost = request.intended({ kid: 'k1' }).having({ effective: pinging })
const awaitingPing = record(
  { request: lost, prompt: 'approver-1', surroundings: surroundings(), progress: undefined },
  { kind: 'AwaitingPing' },
  { settings, now: t(5) },
)

for (const [name, asked, seconds, circumstances, want] of [
  ['a ping has come', pinged, 12, awaiting, 'RequestToken'],
  ['a token request has followed the ping', pinged, 14, polling, 'Wait'],
  ['no ping has come', request.pending().having({ effective: pinging }), 12, awaiting, 'Wait'],
  ['the answer to the prompt was lost', lost, 12, {}, 'AwaitPing'],
  ['the answer to the prompt was lost until the deadline', lost, 600, {}, 'GiveUp'],
  ['it was said that the ping is awaited', lost.having(awaitingPing.status ?? {}), 12, {}, 'Wait'],
  ['its ping is awaited until the deadline', lost.having(awaitingPing.status ?? {}), 600, {}, 'GiveUp'],
] as const)
  test(`answers come by ping and ${name}: ${want}`, () => {
    assert.equal(step(asked, seconds, circumstances).kind, want)
  })

const elsewhere = [aProvider({ issuer: 'https://elsewhere.example' })]
const otherClient = [aProvider({ clients: [aClient('another')] })]
const rotated = [aProvider({ clients: [aClient('another'), aClient('agent-release-bot')] })]

for (const [name, asked, circumstances, want] of [
  ['another issuer before another attempt', refused, { providers: elsewhere }, 'Abandon'],
  ['another issuer while a prompt is open', pending, { ...polling, providers: elsewhere }, 'Abandon'],
  ['another client while a prompt is open', pending, { ...polling, providers: otherClient }, 'Abandon'],
  ['another issuer with a token in hand', pending, { ...redeemed, providers: elsewhere }, 'Abandon'],
  ['another issuer after an intent', request.intended(), { providers: elsewhere }, 'Abandon'],
  ['one client more', pending, { ...polling, providers: rotated }, 'RequestToken'],
  // An answer that is stored counts, so it is looked for first.
  ['another issuer after a restart', pending, { providers: elsewhere }, 'FindToken'],
  ['another issuer after invalid_grant', pending, { ...held, providers: elsewhere }, 'FindToken'],
] as const)
  test(`${name} is ${want}`, () => {
    assert.equal(step(asked, 100, circumstances).kind, want)
  })
