import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../../../src/core/approval/decide.ts'
import { aProvider, theTerms } from '../../../support/builders.ts'
import { t } from '../../../support/clock.ts'

const effective = theTerms()
const provider = aProvider()
const terms = {
  kind: 'Terms',
  effective,
  deadline: t(600),
  unaskedDeadline: t(600),
  leastSeconds: 60,
  provider,
} as const
const prompt = { id: 'approver-1', attempt: 1, approver: 'alice@company.com', handle: 'sealed' } as const
const pending = { prompt, terms: effective, provider }
const blocked = { kind: 'Blocked', reason: 'Throttled', message: 'why' } as const
const received = {
  response: {
    accessToken: 'a token',
    tokenType: 'Bearer',
    idToken: undefined,
    expiresInSeconds: 1,
    scope: undefined,
  },
  receivedAt: t(9),
}
const nothing = { kind: 'Nothing' } as const

for (const [stage, want] of [
  [
    { ...blocked, deadline: t(5), retryAt: t(3) },
    { kind: 'Report', blocked, deadline: t(5) },
  ],
  [
    { kind: 'Ready', terms },
    { kind: 'Ask', terms },
  ],
  [{ kind: 'Lapsed' }, { kind: 'Lapse' }],
  [
    { kind: 'ProviderChanged', terms: effective },
    { kind: 'Abandon', terms: effective },
  ],
  [
    { kind: 'Intended', prompt },
    { kind: 'GiveUp', prompt },
  ],
  [{ kind: 'AwaitingPing' }, { kind: 'AwaitPing' }],
  [
    { kind: 'Resendable', terms, prompt },
    { kind: 'AskAgain', terms, prompt },
  ],
  [{ kind: 'Waiting', until: t(5) }, nothing],
  [
    { kind: 'Resumed', prompt },
    { kind: 'FindToken', prompt },
  ],
  [
    { kind: 'Due', pending },
    { kind: 'RequestToken', pending },
  ],
  [
    { kind: 'Redeemed', pending, ...received },
    { kind: 'Deliver', pending, ...received },
  ],
  [{ kind: 'Complete', outcome: 'Approved', until: t(5) }, nothing],
  [{ kind: 'TokenDue' }, { kind: 'DeleteToken' }],
  [{ kind: 'RetentionOver' }, { kind: 'DeleteRequest' }],
] as const)
  test(`what is ${stage.kind} needs ${want.kind}`, () => {
    assert.deepEqual(decide(stage), want)
  })
