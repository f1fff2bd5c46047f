import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expiredUnreachable } from '../../../../src/core/sentences/fetching-messages.ts'
import * as say from '../../../../src/core/sentences/messages.ts'
import { neverAsked } from '../../../../src/core/sentences/never-asked.ts'
import { howToAskAgain } from '../../../../src/api/reason-words.ts'
import { reasons } from '../../../../src/api/reasons.ts'
import type { FinalReason, Reason } from '../../../../src/api/reasons.ts'
import { anApprovalRequest, theTerms } from '../../../support/builders/builders.ts'

const request = anApprovalRequest().pending()
const now = new Date('2026-11-23T09:22:31.500Z')
const askAgain = 'To ask again: kubectl replace --force, or a new ApprovalRequest under another name.'
const onceFixed =
  'Once that is fixed, ask again: kubectl replace --force, or a new ApprovalRequest under another name.'
const decision = { decidedAt: '2026-11-23T09:22:31Z' }

for (const [name, message, want] of [
  ['a wait', say.retriedUntil('No policy.', now), 'No policy. Retried until 09:22 UTC.'],
  [
    'the intent',
    say.asking(theTerms(), ['alice@company.com'], 2),
    'asking alice@company.com through IdentityProvider company, attempt 2.',
  ],
  [
    'an approval with a token',
    say.approved(request, {
      decision,
      changes: [],
      validUntil: '2026-11-23T09:40:00Z',
      tokenExpiresAt: '2026-11-23T09:27:31Z',
      secretName: 'foo-v2.countersign',
    }),
    'alice@company.com approved at 09:22 UTC. Act before 09:27 UTC, with the token in Secret foo-v2.countersign (it does not name the action).',
  ],
  ...[{ authorizationDetails: 'Supported' } as const, { scopes: ['openid', 'digest:sha256:00'] }].map(
    (terms) =>
      [
        'an approval with a token that names the action',
        say.approved(request.having({ effective: theTerms(terms) }), {
          ...{ decision, changes: [], validUntil: '2026-11-23T09:40:00Z' },
          ...{ secretName: 'foo-v2.countersign', tokenExpiresAt: '2026-11-23T09:27:31Z' },
        }),
        'alice@company.com approved at 09:22 UTC. Act before 09:27 UTC, with the token in Secret foo-v2.countersign.',
      ] as const,
  ),
  [
    'an approval with less than was requested',
    say.approved(request, {
      ...{ decision, changes: [], validUntil: '2026-11-23T09:40:00Z' },
      missingScopes: ['rollouts:promote', 'rollouts:abort'],
    }),
    'alice@company.com approved at 09:22 UTC. The provider did not grant rollouts:promote, rollouts:abort. Act before 09:40 UTC.',
  ],
  [
    'a refusal that may be about the hint',
    say.promptRefused(request, 'InvalidRequest', { error: 'invalid_request', description: 'bad' }),
    `IdentityProvider company answered invalid_request ("bad"), and alice@company.com was not prompted. It may not know the hint "alice". ${reasons.InvalidRequest.next}`,
  ],
  [
    'a refusal that is not about the hint',
    say.promptRefused(request, 'InvalidScope', { error: 'invalid_scope' }),
    `IdentityProvider company answered invalid_scope, and alice@company.com was not prompted. ${reasons.InvalidScope.next}`,
  ],
  [
    'an approval without a token',
    say.approved(request, { decision, changes: [], validUntil: '2026-11-23T09:40:00Z' }),
    'alice@company.com approved at 09:22 UTC. Act before 09:40 UTC.',
  ],
  [
    'an approval with changes',
    say.approved(request, {
      decision,
      changes: [
        { name: 'wait', from: '5m', to: '15m' },
        { name: 'replicas', from: '3', to: '2' },
      ],
      validUntil: '2026-11-23T09:40:00Z',
      secretName: 'foo-v2.countersign',
    }),
    'alice@company.com approved at 09:22 UTC with changes. Act before 09:40 UTC, with the token in Secret foo-v2.countersign (it does not name the action), with wait 15m instead of 5m, replicas 2 instead of 3.',
  ],
  [
    'an end without an answer',
    say.unanswered(request.having({ deadline: '2026-11-23T09:22:31Z' })),
    `alice@company.com did not answer by 09:22 UTC. ${askAgain}`,
  ],
  [
    'an end without a question',
    neverAsked(
      anApprovalRequest()
        .waitingFor('NoMatchingPolicy', 'No policy.')
        .having({ deadline: '2026-11-23T09:22:31Z' }),
    ),
    `nobody could be asked by 09:22 UTC: No policy. ${onceFixed}`,
  ],
  ['an end before anything was said', neverAsked(anApprovalRequest()), `nobody could be asked. ${askAgain}`],
  ['an unknown moment', say.clock(undefined), 'its deadline'],
] as const)
  test(`the message of ${name}`, () => {
    assert.equal(message, want)
  })

for (const [name, message] of [
  ['promptLost', say.promptLost(request, 'the operator stopped')],
  ['tokenLost', say.tokenLost(request)],
  ['providerChanged', say.providerChanged(request, theTerms())],
  ['expiredUnreachable', expiredUnreachable(request, 'the provider answered server_error')],
] as const)
  test(`${name} says how to ask again`, () => {
    assert.ok(message.endsWith(`sk again: ${howToAskAgain}.`), message)
  })

const finals = (Object.keys(reasons) as Reason[]).filter(
  (reason): reason is FinalReason => reasons[reason].stands !== 'Waiting',
)

for (const reason of finals)
  test(`the end by ${reason} says what the provider says of it, and what to do next`, () => {
    const message = say.finalError(request, reason, { error: 'e', description: 'as it says', now })
    assert.ok(message.includes(reasons[reason].next), message)
    assert.ok(message.includes('"as it says"'), message)
  })
