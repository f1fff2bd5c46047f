import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { digestOf } from '../../../src/core/approval/digest.ts'
import type { TrackedPrompt } from '../../../src/inbox/prompts.ts'
import { isAsked, questionOf, refOf } from '../../../src/inbox/question.ts'
import { anApprovalRequest } from '../../support/builders.ts'
import { at, t } from '../../support/clock.ts'

const request = anApprovalRequest().pending()
const answered = { kind: 'Answered', decision: 'approve', at: t(5) } as const

for (const [name, prompt, live, now, want] of [
  [
    'is open until the prompt lapses',
    {},
    request.having({ deadline: at(900) }),
    t(599),
    { kind: 'Open', answerBy: t(600) },
  ],
  ['has lapsed when the prompt has', {}, request.having({ deadline: at(900) }), t(600), { kind: 'Lapsed' }],
  [
    'is open until the deadline',
    {},
    request.having({ deadline: at(60) }),
    t(59),
    { kind: 'Open', answerBy: t(60) },
  ],
  ['has lapsed at the deadline', {}, request.having({ deadline: at(60) }), t(60), { kind: 'Lapsed' }],
  [
    'is closed by an outcome',
    {},
    request.finished('AccessDenied'),
    t(1),
    { kind: 'Closed', outcome: 'Denied' },
  ],
  [
    'is another one if the spec differs',
    {},
    request.saying({ environment: 'dev' }),
    t(1),
    { kind: 'Changed' },
  ],
  ['stays answered after the outcome', { state: answered }, request.finished('Approved'), t(9), answered],
  ['cannot be answered after a refusal', { state: { kind: 'Refused' } }, request, t(1), { kind: 'Refused' }],
] satisfies [string, Partial<TrackedPrompt>, ApprovalRequest, Date, object][]) {
  test(`a question ${name}`, () => {
    assert.deepEqual(questionOf({ ...aPrompt(), ...prompt }, live, now), want)
  })
}

for (const [name, person, hint, want] of [
  ['by username', { subject: '750e', preferredUsername: 'alice' }, 'alice', true],
  ['by sub', { subject: 'alice', preferredUsername: undefined }, 'alice', true],
  ['but not by display name', { subject: '750e', preferredUsername: 'bob', name: 'alice' }, 'alice', false],
  ['but not by an absent name', { subject: '750e', preferredUsername: undefined }, 'undefined', false],
] as const) {
  test(`a person is known ${name}`, () => {
    assert.equal(isAsked({ issuer: 'i', name: undefined, authTime: 0, ...person }, hint), want)
  })
}

function aPrompt(): TrackedPrompt {
  return {
    ref: refOf(request),
    digest: digestOf(request),
    loginHint: 'alice',
    bearer: 'b',
    expiresAt: t(600),
    state: { kind: 'Waiting' },
  }
}
