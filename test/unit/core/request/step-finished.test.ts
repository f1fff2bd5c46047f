import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest, aProvider } from '../../../support/builders/builders.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'
import { aTokenResponse } from '../../../support/fakes/providers/port.ts'
import { step } from '../../../support/builders/step.ts'

const request = anApprovalRequest()
const none = { policies: [] } as const

const approved = request.finished('Approved', 30).having({ tokenExpiresAt: at(330), secretName: 's' })
const lost = request.wantingToken().finished('TokenLost', 30)
const shortly = request.finished('AccessDenied', 30).saying({ ttlAfterFinished: '60s' })
const spent = { progress: { kind: 'Spent' } } as const

for (const [name, asked, seconds, circumstances, want] of [
  ['denied', request.finished('AccessDenied', 30), 31, {}, { kind: 'Wait', until: t(3630) }],
  ['a token that is good', approved, 329.999, {}, { kind: 'Wait', until: t(330) }],
  ['a token that has expired', approved, 330, {}, { kind: 'DeleteToken' }],
  ['a token that was deleted', approved, 330, spent, { kind: 'Wait', until: t(3630) }],
  [
    'a token that outlives the retention',
    approved.having({ tokenExpiresAt: at(9999) }),
    331,
    {},
    { kind: 'Wait', until: t(3630) },
  ],
  [
    'an approval without a token',
    request.finished('Approved', 30),
    331,
    {},
    { kind: 'Wait', until: t(3630) },
  ],
  ['the end of the retention near', approved, 3629.999, spent, { kind: 'Wait', until: t(3630) }],
  ['a token that may be left behind', lost, 629.999, {}, { kind: 'Wait', until: t(630) }],
  ['a token that may be left behind, and is useless', lost, 630, {}, { kind: 'DeleteToken' }],
  ['a look for it behind it', lost, 630, spent, { kind: 'Wait', until: t(3630) }],
  [
    'a denial of a token',
    request.wantingToken().finished('AccessDenied', 30),
    630,
    {},
    { kind: 'Wait', until: t(3630) },
  ],
  ['the retention over', approved, 3630, spent, { kind: 'DeleteRequest' }],
  ['its own retention near its end', shortly, 89.999, {}, { kind: 'Wait', until: t(90) }],
  ['its own retention over', shortly, 90, {}, { kind: 'DeleteRequest' }],
  [
    'no provider and no policy any more',
    approved,
    31,
    { ...none, providers: [] },
    { kind: 'Wait', until: t(330) },
  ],
] as const)
  test(`a finished request with ${name}: ${want.kind}`, () => {
    assert.deepEqual(step(asked, seconds, circumstances), want)
  })

const response = aTokenResponse()
const reasonsOfEveryOutcome = ['Approved', 'AccessDenied', 'RequestExpired', 'PromptLost'] as const

for (const reason of reasonsOfEveryOutcome)
  for (const [name, circumstances] of [
    ['nothing is remembered', {}],
    ['policy and provider are gone', { ...none, providers: [] }],
    ['the provider has changed', { providers: [aProvider({ issuer: 'https://elsewhere.example' })] }],
    [
      'a token request is due',
      { progress: { kind: 'Polling', nextAt: t(5), intervalSeconds: 5, failures: 0 } },
    ],
    ['a hold is over', { progress: { kind: 'Held', until: t(5) } }],
    [
      'a token is in hand',
      { progress: { kind: 'Redeemed', response, receivedAt: t(1), retryAt: t(5), failures: 0 } },
    ],
    ['a check has failed', { progress: { kind: 'Backoff', until: t(5), failures: 1 } }],
  ] as const)
    test(`${reason} stays final though ${name}`, () => {
      assert.equal(step(request.finished(reason), 60, circumstances).kind, 'Wait')
    })
