import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstPromptId } from '../../../../src/core/prompt/prompt.ts'
import { refOf } from '../../../../src/core/prompt/reference.ts'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { digestOf } from '../../../../src/api/digest.ts'
import type { Prompt } from '../../../../src/inbox/prompts/state.ts'
import { isAsked, questionOf } from '../../../../src/inbox/prompts/answerable.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'

const request = anApprovalRequest().pending()
const given = { decision: 'approve', at: at(5) } as const
const answered = { kind: 'Answered', given } as const
const answering = { kind: 'Answering', bearer: 'b', given } as const

for (const [name, prompt, live, now, want] of [
  [
    'is open until the prompt expires',
    {},
    request.having({ deadline: at(900) }),
    t(599),
    { kind: 'Open', answerBy: t(600), unconfirmed: undefined },
  ],
  [
    'has expired when the prompt has',
    {},
    request.having({ deadline: at(900) }),
    t(600),
    { kind: 'Expired', at: t(600) },
  ],
  [
    'is open until the deadline',
    {},
    request.having({ deadline: at(60) }),
    t(59),
    { kind: 'Open', answerBy: t(60), unconfirmed: undefined },
  ],
  [
    'has expired at the deadline',
    {},
    request.having({ deadline: at(60) }),
    t(60),
    { kind: 'Expired', at: t(60) },
  ],
  ['is closed by an outcome', {}, request.finished('AccessDenied'), t(1), { kind: 'Closed' }],
  [
    'is closed as soon as somebody deletes its request',
    {},
    request.deletedAt(at(1)),
    t(1),
    { kind: 'Closed' },
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
  ['waits for an answer on its way', { state: answering }, request, t(34), { kind: 'Answering' }],
  [
    'is open again if that answer was never confirmed',
    { state: answering },
    request,
    t(35),
    { kind: 'Open', answerBy: t(600), unconfirmed: given },
  ],
  [
    'is closed though an answer was on its way',
    { state: answering },
    request.finished('RequestExpired'),
    t(9),
    { kind: 'Closed' },
  ],
] satisfies [string, Partial<Prompt>, ApprovalRequest, Date, object][]) {
  test(`a question ${name}`, () => {
    assert.deepEqual(questionOf({ ...aPrompt(), ...prompt }, live, { now, claimSeconds: 30 }), want)
  })
}

for (const [name, person, want] of [
  ['by sub', { subject: '750e', preferredUsername: 'bob' }, true],
  ['but not by username', { subject: 'bobs', preferredUsername: '750e' }, false],
  ['but not by display name', { subject: 'bobs', preferredUsername: undefined, name: '750e' }, false],
] as const) {
  test(`a person is known ${name}`, () => {
    const asked = isAsked({ issuer: 'i', name: undefined, authTime: 0, ...person }, aPrompt())
    assert.equal(asked, want)
  })
}

function aPrompt(): Prompt {
  return {
    ref: refOf(request, firstPromptId),
    digest: digestOf(request),
    subject: '750e',
    expiresAt: at(600),
    takesChanges: false,
    state: { kind: 'Waiting', bearer: 'b' },
  }
}
