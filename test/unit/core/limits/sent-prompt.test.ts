import assert from 'node:assert/strict'
import { test } from 'node:test'
import { abandoned, approverKeyOf, sentPromptOf, slotKeyOf } from '../../../../src/core/limits/sent-prompt.ts'
import type { SentPrompt } from '../../../../src/core/limits/sent-prompt.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

const request = anApprovalRequest()

/** What counts, in seconds since the start: when sent, until when open, since when refused. */
function counted(prompt: SentPrompt | undefined): Readonly<Record<string, number>> | undefined {
  if (prompt === undefined) return undefined
  const { sentMs, openUntilMs, refusedMs } = prompt
  const moments = Object.entries({ sent: sentMs, open: openUntilMs, refused: refusedMs })
  return Object.fromEntries(
    moments.flatMap(([name, ms]) => (ms === undefined ? [] : [[name, (ms - t(0).getTime()) / 1000]])),
  )
}

for (const [name, asked, want] of [
  ['one that nobody is asked about', request.waitingFor('Throttled'), undefined],
  ['one that is being sent, until the deadline', request.intended(), { sent: 0, open: 600 }],
  ['one that is open, until it expires', request.pending(), { sent: 0, open: 600 }],
  ['one that reached nobody yet, as open', request.refused(), { open: 600 }],
  ['an approval, as sent', request.finished('Approved'), { sent: 0 }],
  ['an answer that is not accepted, as sent', request.finished('TokenRejected'), { sent: 0 }],
  ['a denial, from then on', request.finished('AccessDenied', 30), { sent: 0, refused: 30 }],
  [
    'a withdrawal, as open until it expires, and refused then',
    request.finished('Withdrawn', 30),
    { sent: 0, open: 600, refused: 600 },
  ],
  [
    'an expiry after the prompt’s own, from the later one on',
    request.finished('RequestExpired', 603),
    { sent: 0, open: 600, refused: 603 },
  ],
  [
    'a provider’s error after the prompt, as open',
    request.finished('ProviderError', 30),
    { sent: 0, open: 600, refused: 600 },
  ],
] as const)
  test(`a request counts for its prompt: ${name}`, () => {
    assert.deepEqual(counted(sentPromptOf(asked)), want)
  })

const { handle, ...unknown } = request.pending().status?.prompts?.[0] ?? {
  handle: '',
  id: '',
  attempt: 1,
  approver: '',
}

for (const [reason, want] of [
  ['PromptLost', { sent: 0, open: 600, refused: 600 }],
  ['MalformedResponse', { sent: 0, open: 600, refused: 600 }],
  ['Withdrawn', { sent: 0, open: 600, refused: 600 }],
  ['UnknownUserId', undefined],
  ['InvalidScope', undefined],
  ['PromptRefused', undefined],
] as const)
  test(`a prompt whose id was never learned ends in ${reason}: it ${want === undefined ? 'disturbed nobody' : 'may be on a screen'}`, () => {
    assert.notEqual(handle, undefined)
    assert.deepEqual(counted(sentPromptOf(request.finished(reason).having({ prompts: [unknown] }))), want)
  })

for (const [name, asked, want] of [
  ['open stays open', request.pending(), { sent: 0, open: 600, refused: 600 }],
  ['being sent stays open', request.intended(), { sent: 0, open: 600, refused: 600 }],
  ['denied stays refused', request.finished('AccessDenied', 30), { sent: 0, refused: 30 }],
  ['approved counts as sent', request.finished('Approved'), { sent: 0 }],
  ['that reached nobody is nothing', request.refused(), undefined],
] as const)
  test(`a prompt of a deleted request that was ${name}`, () => {
    const prompt = sentPromptOf(asked)
    assert.ok(prompt !== undefined)
    assert.deepEqual(counted(abandoned(prompt)), want)
  })

const slot = slotKeyOf(request, 'alice')

for (const [name, asked, approver, isSame] of [
  [
    'another revision',
    request.saying({ target: { ...request.spec.target, revision: 'other' } }),
    'alice',
    true,
  ],
  ['another apiVersion', request.saying({ target: { kind: 'Rollout', name: 'foo-v2' } }), 'alice', true],
  ['another action', request.saying({ action: 'drain-node' }), 'alice', true],
  ['another name', request.named('other'), 'alice', true],
  ['another target', request.saying({ target: { kind: 'Rollout', name: 'bar' } }), 'alice', false],
  ['another namespace', request.inNamespace('dev'), 'alice', false],
  ['another requester', request.by('bob'), 'alice', false],
  ['another approver', request, 'bob', false],
] as const)
  test(`a request with ${name} has ${isSame ? 'the same' : 'another'} slot`, () => {
    assert.equal(slotKeyOf(asked, approver) === slot, isSame)
  })

test('an approver is known by issuer and hint, and by no name in the key', () => {
  const key = approverKeyOf('https://sso.company.com', 'alice')
  assert.match(key, /^[0-9a-f]{32}$/)
  assert.notEqual(key, approverKeyOf('https://other.company.com', 'alice'))
  assert.notEqual(key, approverKeyOf('https://sso.company.com', 'bob'))
})
