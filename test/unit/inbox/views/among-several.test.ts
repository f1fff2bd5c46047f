/** What one of several approvers reads after the own answer, and in the end: what is still needed, who decided, and when. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { questionOf } from '../../../../src/inbox/prompts/answerable.ts'
import type { Given, PromptState } from '../../../../src/inbox/prompts/state.ts'
import { endingInWords } from '../../../../src/inbox/views/ending.ts'
import { utc } from '../../../../src/inbox/views/moments.ts'
import { outcomePage } from '../../../../src/inbox/views/outcome.ts'
import {
  approvedBy,
  aRequestOfSeveral,
  bothOfTwo,
  decidedBy,
  denied,
  endedAs,
  sreAndSecurity,
  twoOfThree,
} from '../../../support/builders/several.ts'
import { promptAbout } from '../../../support/worlds/inbox-prompts.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'

const person = {
  issuer: 'https://sso.company.com',
  ...{ subject: 'alice', name: 'Alice', preferredUsername: 'alice', authTime: undefined },
}
const approve: Given = { decision: 'approve', at: at(20) }
const deny: Given = { decision: 'deny', at: at(20) }
const asked = undefined

const plain = async (html: unknown): Promise<string> =>
  String(await html)
    .replaceAll(/<style>[^]*<\/style>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ (?=[.:,])/g, '')
    .trim()

async function pageAfter(request: ApprovalRequest, state: PromptState): Promise<string> {
  const prompt = promptAbout(request)
  const question = questionOf({ ...prompt, state }, request, { now: t(30), claimSeconds: 30 })
  assert.ok(question.kind !== 'Open')
  return plain(outcomePage({ request, question, prompt: { ...prompt, state }, person }))
}

const approvedHere: PromptState = { kind: 'Answered', given: approve }
const waiting: PromptState = { kind: 'Waiting', bearer: 'b' }

for (const [name, request, state, want] of [
  [
    'an approval that the operator has not recorded yet',
    aRequestOfSeveral(twoOfThree, { 'approver-1': asked, 'approver-2': asked, 'approver-3': asked }),
    approvedHere,
    'records it. Still needed: 1 of bob@company.com, carol@company.com. You can close this page.',
  ],
  [
    'an approval that is recorded, and does not decide',
    aRequestOfSeveral(twoOfThree, {
      'approver-1': approvedBy('alice'),
      'approver-2': asked,
      'approver-3': { state: 'Expired' },
    }),
    approvedHere,
    'Your approval is recorded. Still needed: bob@company.com.',
  ],
  [
    'an approval that decides, before the operator has it',
    aRequestOfSeveral(bothOfTwo, { 'approver-1': asked, 'approver-2': approvedBy('bob') }),
    approvedHere,
    'checks it, and tells the requester, who may act then.',
  ],
  [
    'an approval of one stage',
    aRequestOfSeveral(sreAndSecurity, {
      'approver-1': approvedBy('alice'),
      'approver-2': asked,
      'approver-3': asked,
    }),
    approvedHere,
    'Your approval is recorded. Still needed: carol@company.com for security.',
  ],
  [
    'an approval after which somebody has to be asked yet',
    aRequestOfSeveral(bothOfTwo, { 'approver-1': approvedBy('alice') }),
    approvedHere,
    'Your approval is recorded. Still needed: 1 more.',
  ],
  [
    'a denial',
    aRequestOfSeveral(bothOfTwo, { 'approver-1': asked, 'approver-2': asked }),
    { kind: 'Answered', given: deny },
    'tells the requester, who gets nothing.',
  ],
  [
    'an approval in an app of the provider',
    aRequestOfSeveral(bothOfTwo, { 'approver-1': approvedBy('alice'), 'approver-2': asked }),
    waiting,
    `You approved this request at ${utc(t(20))}. Your approval is recorded. Still needed: bob@company.com.`,
  ],
  [
    'an approval that does not count',
    aRequestOfSeveral(twoOfThree, {
      'approver-1': { state: 'Failed', message: 'The answer is that of another account.' },
      ...{ 'approver-2': asked, 'approver-3': asked },
    }),
    approvedHere,
    'Your answer does not count promote-rollout Rollout/foo-v2 @7654b4484 in demo (prod, as claimed) The answer is that of another account. Others are still asked.',
  ],
  [
    'a prompt that expired, while others are still asked',
    aRequestOfSeveral(twoOfThree, {
      'approver-1': { state: 'Expired' },
      'approver-2': asked,
      'approver-3': asked,
    }),
    waiting,
    `You could answer until ${utc(t(600))}. Others are still asked. You need not do anything.`,
  ],
  [
    'a prompt that failed, while others are still asked',
    aRequestOfSeveral(twoOfThree, {
      'approver-1': { state: 'Failed' },
      'approver-2': asked,
      'approver-3': asked,
    }),
    waiting,
    'The provider can bring no answer of yours any more. Others are still asked. You need not do anything.',
  ],
] satisfies [string, ApprovalRequest, PromptState, string][])
  test(`an approver reads what comes after ${name}`, async () => {
    const text = await pageAfter(request, state)
    assert.ok(text.includes(want), text)
  })

const decidedAt = utc(t(25))
const bobDecided = aRequestOfSeveral(twoOfThree, {
  'approver-1': { state: 'NotNeeded' },
  'approver-2': approvedBy('bob', 25),
  'approver-3': approvedBy('carol', 20),
}).having(decidedBy('approver-3', 'approver-2'))
const deniedByBob = {
  'approver-1': { state: 'NotNeeded' },
  'approver-2': denied(22),
  'approver-3': { state: 'NotNeeded' },
} as const
for (const [name, request, given, title, text] of [
  [
    'decided by others',
    bobDecided,
    undefined,
    'This request was approved',
    `Approved by bob@company.com and carol@company.com. Decided by bob@company.com at ${decidedAt}. Your answer was not needed.`,
  ],
  [
    'decided by others while the own approval was on its way',
    bobDecided,
    approve,
    'This request was approved',
    `You approved this request at ${utc(t(20))}, but it was decided before the operator received your answer. Approved by bob@company.com and carol@company.com. Decided by bob@company.com at ${decidedAt}. Your answer was not needed.`,
  ],
  [
    'decided by others while the own denial was on its way',
    bobDecided,
    deny,
    'You denied, but the request was approved',
    `You denied this request at ${utc(t(20))}, but it was decided before the operator received your answer. Approved by bob@company.com and carol@company.com. Decided by bob@company.com at ${decidedAt}.`,
  ],
  [
    'decided by the reader',
    aRequestOfSeveral(bothOfTwo, {
      'approver-1': approvedBy('alice', 25),
      'approver-2': approvedBy('bob'),
    }).having(decidedBy('approver-2', 'approver-1')),
    approve,
    'You approved',
    `You approved this request at ${utc(t(20))}. Approved by you and bob@company.com. Decided by you at ${decidedAt}.`,
  ],
  [
    'denied by another approver',
    aRequestOfSeveral(twoOfThree, deniedByBob),
    undefined,
    'This request was denied',
    `bob@company.com denied it at ${utc(t(22))}. Your answer was not needed.`,
  ],
  [
    'denied by another approver after the reader’s approval',
    aRequestOfSeveral(twoOfThree, { ...deniedByBob, 'approver-1': approvedBy('alice') }),
    approve,
    'You approved, but the request was denied',
    `You approved this request at ${utc(t(20))}. bob@company.com denied it at ${utc(t(22))}.`,
  ],
  [
    'denied by the reader',
    aRequestOfSeveral(twoOfThree, {
      ...deniedByBob,
      'approver-1': denied(),
      'approver-2': { state: 'NotNeeded' },
    }),
    deny,
    'You denied',
    `You denied this request at ${utc(t(20))}. The operator has received your answer.`,
  ],
] satisfies [string, ReturnType<typeof aRequestOfSeveral>, Given | undefined, string, string][])
  test(`an approver reads what became of a request that is ${name}`, () => {
    const ended = endedAs(request.status?.decision === undefined ? 'AccessDenied' : 'Approved', request)
    const words = endingInWords({ request: ended, person, prompt: 'approver-1', given })
    assert.deepEqual([words.title, words.text], [title, text])
  })

test('an approval that was one too few is not lost without a word', () => {
  const request = endedAs(
    'RequestExpired',
    aRequestOfSeveral(bothOfTwo, { 'approver-1': approvedBy('alice'), 'approver-2': { state: 'Expired' } }),
  )
  const { text } = endingInWords({ request, person, prompt: 'approver-1', given: approve })
  assert.equal(
    text,
    `You approved this request at ${utc(t(20))}, but it expired at ${utc(t(30))}: the operator did not receive every approval that it needs in time.`,
  )
})
