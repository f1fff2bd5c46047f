/** What an approver reads right after her answer, while the operator has not recorded it yet. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import type { Decision } from '../../../../src/inbox/prompts/state.ts'
import { withVerdict } from '../../../../src/core/request/verdict.ts'
import { outcomePage } from '../../../../src/inbox/views/outcome.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'

const pending = anApprovalRequest().pending()
const message = 'IdentityProvider company was deleted.'
const verdict = { kind: 'Waiting', reason: 'IdentityProviderNotReady', message } as const
const outOfReach = pending.having(withVerdict(pending, verdict, t(30)))

async function textOf(request: ApprovalRequest, decision: Decision): Promise<string> {
  const given = { decision, at: at(20) }
  const page = outcomePage({
    request,
    question: { kind: 'Answered', given },
    prompt: {
      ref: { namespace: 'demo', name: 'foo-v2', uid: 'uid-1', prompt: 'approver-1' },
      ...{ digest: 'sha256:00', subject: '750e', expiresAt: at(600), takesChanges: false },
      state: { kind: 'Answered', given },
    },
    person: {
      issuer: 'https://sso.company.com',
      ...{ subject: '750e', name: 'Alice', preferredUsername: 'alice', authTime: undefined },
    },
  })
  return String(await page)
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
}

for (const decision of ['approve', 'deny'] as const) {
  test(`${decision}: the operator fetches the answer within seconds`, async () => {
    assert.match(await textOf(pending, decision), /Within seconds the operator fetches your answer/)
  })

  test(`${decision}: an answer that the operator cannot fetch is not promised within seconds`, async () => {
    const text = await textOf(outOfReach, decision)
    assert.match(
      text,
      /The operator cannot fetch your answer from the provider at the moment, and tries again until \d{4}/,
    )
    assert.doesNotMatch(text, /Within seconds/)
  })
}
