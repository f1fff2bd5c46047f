/** What an approver reads of the token that an approval gives out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestPage } from '../../../../src/inbox/views/request.ts'
import { anApprovalRequest, theTerms } from '../../../support/builders/builders.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

const asking = anApprovalRequest()
const wanting = asking.wantingToken({ scopes: ['rollouts:promote'] }).pending()
const unnamed = 'The token does not name this action: it opens whatever its scopes and audience open.'

for (const [name, request, want] of [
  ['no token', asking.pending(), 'The requester may do exactly this. It gets no token.'],
  [
    'a token that names the action, by its scopes',
    wanting.having({ effective: theTerms({ scopes: ['openid', 'digest:sha256:00'] }) }),
    'The requester gets a token for exactly this, with rollouts:promote, good for at most 10 minutes.',
  ],
  [
    'a token that names the action, by authorization_details',
    wanting.having({ effective: theTerms({ authorizationDetails: 'Supported' }) }),
    'The requester gets a token for exactly this, with rollouts:promote, good for at most 10 minutes.',
  ],
  [
    'a token that does not name the action',
    wanting,
    `The requester gets a token, with rollouts:promote, good for at most 10 minutes. ${unnamed}`,
  ],
] as const)
  test(`the page speaks of ${name} as it is`, async () => {
    const page = requestPage({
      ...{
        request,
        answerBy: t(600),
        now: t(0),
        unconfirmed: undefined,
        adjustable: [],
        deciders: undefined,
      },
      person: {
        issuer: 'https://sso.company.com',
        ...{ subject: '750e', name: 'Alice', preferredUsername: 'alice', authTime: undefined },
      },
      ...{ formToken: 'f', questionToken: 'q' },
    })
    const text = String(await page)
      .replace(/<[^>]*>/g, '')
      .replace(/\s+/g, ' ')
    assert.ok(text.includes(want), text)
  })
