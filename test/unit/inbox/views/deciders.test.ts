/** What one of several approvers reads before the own answer: who decides, and what the others answered if that may be seen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { decidersOf } from '../../../../src/inbox/prompts/deciders.ts'
import { decidersSection, togetherInWords } from '../../../../src/inbox/views/deciders.ts'
import { utc } from '../../../../src/inbox/views/moments.ts'
import {
  approvedBy,
  aRequestOfSeveral,
  bothOfTwo,
  denied,
  inTurnThenLead,
  sreAndSecurity,
  twoOfThree,
} from '../../../support/builders/several.ts'
import type { PromptSoFar } from '../../../support/builders/several.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

const person = { issuer: 'https://sso.company.com', subject: 'alice' }
const asked = undefined
const always = { answersVisible: 'Always' } as const

async function textOf(html: unknown): Promise<string> {
  return String(await html)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ (?=[.:,])/g, '')
    .trim()
}

async function sectionOf(request: ApprovalRequest): Promise<string> {
  const deciders = decidersOf({ request, person, prompt: 'approver-1', given: undefined })
  assert.ok(deciders)
  return textOf(decidersSection(deciders))
}

test('one person alone decides: nothing is said of others', () => {
  const request = aRequestOfSeveral(bothOfTwo, { 'approver-1': asked })
  const { effective } = request.status ?? {}
  assert.ok(effective)
  const { stages, ...alone } = effective
  assert.ok(stages)
  const seen = {
    request: request.having({ effective: alone }),
    person,
    prompt: 'approver-1',
    given: undefined,
  }
  assert.equal(decidersOf(seen), undefined)
})

for (const [name, request, want] of [
  [
    'who else must approve, but not what they answered',
    aRequestOfSeveral(bothOfTwo, { 'approver-1': asked, 'approver-2': approvedBy('bob') }),
    'Who decides Both must approve. One denial ends the request. alice@company.com (you) asked bob@company.com asked You see what the others answer after your own answer.',
  ],
  [
    'the same of an approver who failed, since that is an answer too',
    aRequestOfSeveral(twoOfThree, {
      'approver-1': asked,
      'approver-2': { state: 'Expired' },
      'approver-3': asked,
    }),
    'Who decides 2 of 3 people must approve. One denial ends the request. alice@company.com (you) asked bob@company.com asked carol@company.com asked You see what the others answer after your own answer.',
  ],
  [
    'what they answered, where the policy says so',
    aRequestOfSeveral(
      twoOfThree,
      { 'approver-1': asked, 'approver-2': approvedBy('bob', 10), 'approver-3': asked },
      always,
    ),
    `Who decides 2 of 3 people must approve. One denial ends the request. alice@company.com (you) asked, no answer yet bob@company.com approved at ${utc(t(10)).slice(11)} carol@company.com asked, no answer yet Still needed: 1 of alice@company.com, carol@company.com.`,
  ],
  [
    'each stage',
    aRequestOfSeveral(sreAndSecurity, { 'approver-1': asked, 'approver-2': asked, 'approver-3': asked }),
    'Who decides Each stage must be satisfied. A person counts once. One denial ends the request. sre: one of 2 people must approve alice@company.com (you) asked bob@company.com asked security: one person must approve carol@company.com asked You see what the others answer after your own answer.',
  ],
  [
    'who is asked later, and when',
    aRequestOfSeveral(inTurnThenLead, { 'approver-1': asked }),
    `Who decides One denial ends the request. sre: one of 2 people must approve alice@company.com (you) asked bob@company.com not asked yet lead: asked 10m after the first prompt, from ${utc(t(600)).slice(11)} on, if sre still lacks an approval; counts for sre carol@company.com not asked yet You see what the others answer after your own answer.`,
  ],
] satisfies [string, ApprovalRequest, string][])
  test(`an approver sees ${name}`, async () => {
    assert.equal(await sectionOf(request), want)
  })

for (const [name, request, want] of [
  [
    'both',
    aRequestOfSeveral(bothOfTwo, { 'approver-1': asked, 'approver-2': approvedBy('bob') }),
    'Together with bob@company.com: both must approve.',
  ],
  [
    'two of three, with the answers shown',
    aRequestOfSeveral(
      twoOfThree,
      { 'approver-1': asked, 'approver-2': approvedBy('bob'), 'approver-3': asked },
      always,
    ),
    'Together with bob@company.com and carol@company.com: 2 of 3 people must approve. Still needed: 1 of alice@company.com, carol@company.com.',
  ],
  [
    'two stages',
    aRequestOfSeveral(sreAndSecurity, { 'approver-1': asked, 'approver-2': asked, 'approver-3': asked }),
    'Together with bob@company.com and carol@company.com: 1 of 2 for sre and 1 of 1 for security must approve.',
  ],
] satisfies [string, ApprovalRequest, string][])
  test(`a line of the list says who decides: ${name}`, () => {
    const deciders = decidersOf({ request, person, prompt: 'approver-1', given: undefined })
    assert.ok(deciders)
    assert.equal(togetherInWords(deciders), want)
  })

const unreached = { reached: 'Nobody' } as const
const sending = { reached: 'PerhapsSomebody' } as const

for (const [what, carol, hidden, shown] of [
  ['is asked', {}, 'asked', 'asked, no answer yet'],
  ['is being asked', sending, 'being asked', 'being asked'],
  ['no attempt has reached yet', unreached, 'could not be asked yet', 'could not be asked yet'],
  ['approved', approvedBy('carol', 10), 'asked', `approved at ${utc(t(10)).slice(11)}`],
  ['denied', denied(10), 'asked', `denied at ${utc(t(10)).slice(11)}`],
  ['was asked and cannot answer any more', { state: 'Failed' }, 'asked', 'cannot answer any more'],
  ['did not answer in time', { state: 'Expired' }, 'asked', 'did not answer in time'],
  ['was not needed', { state: 'NotNeeded' }, 'asked', 'was not needed'],
  [
    'may have been asked, and cannot answer',
    { ...sending, state: 'Failed' },
    'may have been asked',
    'cannot answer any more',
  ],
  [
    'the provider does not know',
    { ...unreached, state: 'Failed', message: 'unknown_user_id' },
    'could not be asked',
    'could not be asked',
  ],
  [
    'could not be asked in time',
    { ...unreached, state: 'Expired' },
    'could not be asked',
    'could not be asked',
  ],
  [
    'was not asked before it was decided',
    { ...unreached, state: 'NotNeeded' },
    'not asked yet',
    'was not needed',
  ],
] satisfies [string, PromptSoFar, string, string][])
  test(`an approver reads of another one who ${what}`, async () => {
    const answers = { 'approver-1': asked, 'approver-2': asked, 'approver-3': carol }
    const wordsOf = async (terms?: typeof always): Promise<string | undefined> =>
      / carol@company\.com (.+?) (?:You see|Still needed)/.exec(
        (await sectionOf(aRequestOfSeveral(twoOfThree, answers, terms))).replace(/^.*One denial/, ''),
      )?.[1]
    assert.deepEqual([await wordsOf(), await wordsOf(always)], [hidden, shown])
  })

test('an approver reads of one who has no prompt that this one is not asked yet, whatever it waits for', async () => {
  const request = aRequestOfSeveral(twoOfThree, { 'approver-1': asked, 'approver-2': asked })
  assert.match(await sectionOf(request), /carol@company\.com not asked yet You see/)
})

test('whoever reads the page is asked, before the operator has recorded that', async () => {
  const request = aRequestOfSeveral(bothOfTwo, { 'approver-1': sending, 'approver-2': asked })
  assert.match(await sectionOf(request), /alice@company\.com \(you\) asked bob@company\.com asked You see/)
})

const failed = { ...unreached, state: 'Failed' } as const
for (const [name, request, rule, line] of [
  [
    'of three',
    aRequestOfSeveral(twoOfThree, { 'approver-1': asked, 'approver-2': asked, 'approver-3': failed }),
    '2 of 3 people must approve; carol@company.com could not be asked. One denial ends the request. alice',
    'Together with bob@company.com: 2 of 3 people must approve; carol@company.com could not be asked.',
  ],
  [
    'of two stages',
    aRequestOfSeveral(sreAndSecurity, { 'approver-1': asked, 'approver-2': failed, 'approver-3': asked }),
    'sre: one of 2 people must approve; bob@company.com could not be asked alice',
    'Together with carol@company.com: 1 of 2 for sre and 1 of 1 for security must approve; bob@company.com could not be asked.',
  ],
  [
    'of a stage that stands in, and all others',
    aRequestOfSeveral(inTurnThenLead, { 'approver-1': asked, 'approver-2': failed, 'approver-3': failed }),
    'on, if sre still lacks an approval; counts for sre; carol@company.com could not be asked carol',
    'One of 2 people must approve; bob@company.com and carol@company.com could not be asked.',
  ],
] satisfies [string, ApprovalRequest, string, string][])
  test(`it is said who could not be asked: ${name}`, async () => {
    const section = await sectionOf(request)
    assert.ok(section.includes(rule), section)
    const deciders = decidersOf({ request, person, prompt: 'approver-1', given: undefined })
    assert.ok(deciders)
    assert.equal(togetherInWords(deciders), line)
  })
