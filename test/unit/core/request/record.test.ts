import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActionOutcome } from '../../../../src/core/request/outcome.ts'
import type { Progress } from '../../../../src/core/request/observed.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'
import { recorded, saidBy } from '../../../support/assertions/recording.ts'
import { aTokenResponse } from '../../../support/fakes/providers/port.ts'

const fresh = anApprovalRequest()
const intended = fresh.intended()
const pending = fresh.pending()
const blocked = { kind: 'Blocked', reason: 'Throttled', message: 'Bob first.' } as const
const response = aTokenResponse()
const prompted = { kind: 'Prompted', handle: 'sealed', expiresInSeconds: 120, intervalSeconds: 7 } as const
const undelivered = { kind: 'Undelivered', response, receivedAt: t(9) } as const
const polling: Progress = { kind: 'Polling', nextAt: t(10), intervalSeconds: 5, failures: 0 }
const held: Progress = { kind: 'Held', until: t(10) }
const alice = { issuer: 'https://sso.company.com', subject: '750e', name: 'alice@company.com' }
const decision = { approvers: [alice], decidedAt: at(9), seal: 'sealed' }
const approval = { decision, validUntil: at(309) }

/** Status in a word or two, and what is remembered. */
const cells: readonly (readonly [ActionOutcome, typeof fresh, Progress | undefined, string, string])[] = [
  [{ kind: 'Nothing' }, pending, polling, 'silence', 'Polling'],
  [{ kind: 'Nothing' }, fresh, undefined, 'silence', 'nothing'],
  [{ kind: 'Stale' }, pending, polling, 'silence', 'Polling'],
  [{ kind: 'Blocked', blocked, deadline: t(900) }, fresh, undefined, 'waiting Throttled', 'nothing'],
  [{ kind: 'NotAskable', blocked, deadline: t(600) }, fresh, undefined, 'waiting Throttled', 'Backoff'],
  [prompted, intended, undefined, 'waiting AuthorizationPending', 'Polling'],
  [prompted, fresh, undefined, 'silence', 'nothing'],
  [
    { kind: 'NotPrompted', error: 'server_error' },
    intended,
    undefined,
    'waiting IdentityProviderNotReady',
    'Backoff',
  ],
  [
    { kind: 'NotPrompted', error: 'invalid_client' },
    intended,
    undefined,
    'waiting IdentityProviderNotReady',
    'Backoff',
  ],
  [{ kind: 'NotPrompted', error: 'unknown_user_id' }, intended, undefined, 'Failed UnknownUserId', 'nothing'],
  [{ kind: 'NotPrompted', error: 'access_denied' }, intended, undefined, 'Failed PromptRefused', 'nothing'],
  [{ kind: 'NotPrompted', error: 'http_418' }, intended, undefined, 'Failed ProviderError', 'nothing'],
  [{ kind: 'Unanswered', detail: 'no answer' }, intended, undefined, 'silence', 'Backoff'],
  [{ kind: 'PromptLost', message: 'why' }, intended, undefined, 'Failed PromptLost', 'nothing'],
  [{ kind: 'TokenError', error: 'authorization_pending' }, pending, polling, 'silence', 'Polling'],
  [{ kind: 'TokenError', error: 'slow_down' }, pending, polling, 'silence', 'Polling'],
  [{ kind: 'TokenError', error: 'server_error' }, pending, polling, 'silence', 'Polling'],
  [{ kind: 'TokenError', error: 'invalid_client' }, pending, polling, 'silence', 'Polling'],
  [
    { kind: 'TokenError', error: 'invalid_client' },
    pending,
    { ...polling, failures: 1 },
    'waiting IdentityProviderNotReady',
    'Polling',
  ],
  [{ kind: 'TokenError', error: 'access_denied' }, pending, polling, 'Denied AccessDenied', 'nothing'],
  [{ kind: 'TokenError', error: 'expired_token' }, pending, polling, 'Expired RequestExpired', 'nothing'],
  [
    { kind: 'TokenError', error: 'unauthorized_client' },
    pending,
    polling,
    'Failed UnauthorizedClient',
    'nothing',
  ],
  [{ kind: 'TokenError', error: 'of_its_own' }, pending, polling, 'Failed ProviderError', 'nothing'],
  [{ kind: 'TokenError', error: 'invalid_grant' }, pending, polling, 'waiting AuthorizationPending', 'Held'],
  [{ kind: 'Unreachable', detail: 'why' }, pending, polling, 'silence', 'Polling'],
  [{ kind: 'NoTokenFound' }, pending, undefined, 'silence', 'Polling'],
  [{ kind: 'NoTokenFound' }, pending, held, 'Failed TokenLost', 'nothing'],
  [undelivered, pending, polling, 'silence', 'Redeemed'],
  [
    { kind: 'Refused', reason: 'TokenRejected', message: 'why' },
    pending,
    polling,
    'Failed TokenRejected',
    'nothing',
  ],
  [
    { kind: 'Refused', reason: 'ApproverMismatch', message: 'why' },
    pending,
    polling,
    'Failed ApproverMismatch',
    'nothing',
  ],
  [
    { kind: 'Refused', reason: 'SecretConflict', message: 'why' },
    pending,
    polling,
    'Failed SecretConflict',
    'nothing',
  ],
  [
    { kind: 'Refused', reason: 'IdentityProviderChanged', message: 'why' },
    pending,
    polling,
    'Failed IdentityProviderChanged',
    'nothing',
  ],
  [{ kind: 'Approved', approval }, pending, polling, 'Approved Approved', 'nothing'],
  [{ kind: 'Expired' }, fresh, undefined, 'Expired RequestExpired', 'nothing'],
  [{ kind: 'Expired' }, pending, polling, 'Expired RequestExpired', 'nothing'],
  [{ kind: 'TokenDeleted' }, fresh.finished('Approved'), undefined, 'silence', 'Spent'],
]

for (const [outcome, request, progress, said, remembered] of cells) {
  const what = [
    outcome.kind,
    'error' in outcome ? outcome.error : '',
    'reason' in outcome ? outcome.reason : '',
  ]
    .filter((word) => word !== '')
    .join(' ')
  const where = request.status?.conditions?.[0]?.reason ?? 'a fresh request'
  test(`${what} at ${where}, ${progress?.kind ?? 'nothing'} remembered: ${said}, ${remembered}`, () => {
    const result = recorded({ request, progress }, outcome)
    assert.equal(saidBy(result), said)
    assert.equal(result.progress?.kind ?? 'nothing', remembered)
  })

  test(`a second record of ${what} at ${where} changes nothing, ${said}`, () => {
    const first = recorded({ request, progress }, outcome)
    if (first.status === undefined) return
    const again = recorded({ request: request.having(first.status), progress, seconds: 11 }, outcome)
    assert.deepEqual(again.status ?? first.status, first.status)
  })

  for (const reason of ['Approved', 'AccessDenied', 'RequestExpired', 'TokenLost'] as const)
    test(`${what} leaves ${reason} final, ${where}`, () => {
      const final = fresh.finished(reason)
      assert.equal(saidBy(recorded({ request: final, progress }, outcome)), 'silence')
    })
}
