/**
 * What one of several approvers sees in the inbox, in every state, on a small phone and a large screen, in light and in dark. The
 * provider and the inbox are real; what the operator records is put there as it writes it.
 */
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { ApprovalRequest, ApprovalRequestSpec, ApprovalRequestStatus } from '../../src/api/objects.ts'
import { refOf, textOf } from '../../src/core/prompt/reference.ts'
import { passwords, startInbox } from '../support/worlds/inbox-world.ts'
import type { InboxWorld } from '../support/worlds/inbox-world.ts'
import {
  approvedBy,
  bothOfTwo,
  decidedBy,
  denied,
  endedAs,
  inTurnThenLead,
  sreAndSecurity,
  statusOfSeveral,
  twoOfThree,
} from '../support/builders/several.ts'
import type { Answers } from '../support/builders/several.ts'
import { anApprovalRequest } from '../support/builders/builders.ts'
import { browserTest, launchChromium, noChromium } from './chromium.ts'
import { logIn, profiles } from './lab.ts'
import { checkEachLook } from './page-check.ts'

let world: InboxWorld
let browser: Browser
let lab: ReturnType<typeof profiles>
let alice: BrowserContext
let page: Page

before(async () => {
  if (noChromium !== false) return
  world = await startInbox()
  browser = await launchChromium()
  lab = profiles(browser, [new URL(world.inboxUrl).origin, new URL(world.issuer).origin])
  alice = await lab.aContext()
  page = await alice.newPage()
  await page.goto(world.inboxUrl)
  await logIn(page, 'alice', passwords.alice)
  await page.waitForURL(`${world.inboxUrl}/`)
})
after(async () => {
  if (noChromium !== false) return
  await browser.close()
  await world.close()
})

const asked = undefined
const nobodyYet: Answers = { 'approver-1': asked, 'approver-2': asked, 'approver-3': asked }

browserTest('who else must approve is shown, and what they answered is not', async () => {
  const both = statusOfSeveral(bothOfTwo, { 'approver-1': asked, 'approver-2': approvedBy('bob') })
  await page.goto(addressOf(await anAskedRequest(both, fields)))
  assert.deepEqual(await rows(), [
    ['alice@company.com (you)', 'asked'],
    ['bob@company.com', 'asked'],
  ])
  await page.getByText('You see what the others answer after your own answer.').waitFor()
  await page
    .getByText('More than one person must approve, so nobody can approve with other values.')
    .waitFor()
  assert.equal(await page.getByLabel('wait').count(), 0)
  await checkEachLook(page, 'several-question')
})

browserTest('of two stages each is shown, with the answers where the policy says so', async () => {
  const answers = { ...nobodyYet, 'approver-2': approvedBy('bob') }
  const status = statusOfSeveral(sreAndSecurity, answers, { answersVisible: 'Always' })
  await page.goto(addressOf(await anAskedRequest(status)))
  assert.match((await rows()).flat().join(), /bob@company.com,approved at .* UTC/)
  await page.getByText('Still needed: carol@company.com for security.').waitFor()
  await checkEachLook(page, 'several-stages')
})

browserTest('who is asked later is shown, and when', async () => {
  await page.goto(addressOf(await anAskedRequest(statusOfSeveral(inTurnThenLead, { 'approver-1': asked }))))
  await page.getByRole('heading', { name: 'lead: asked 10m after the first prompt' }).waitFor()
  assert.deepEqual((await rows()).slice(1), [
    ['bob@company.com', 'not asked yet'],
    ['carol@company.com', 'not asked yet'],
  ])
  await checkEachLook(page, 'several-in-turn')
})

browserTest('sixteen people with long names fit on a small phone', async () => {
  const { effective, prompts } = statusOfSeveral(bothOfTwo, nobodyYet)
  const [first, ...others] = effective.approvers
  assert.ok(first)
  const approvers = [
    first,
    ...Array.from({ length: 15 }, () => ({ ...first, name: `${'x'.repeat(249)}.com` })),
  ]
  const ids = approvers.map((_, index) => `approver-${index + 1}`)
  const stages = [{ name: 'n'.repeat(40), required: 8, approvers: ids }]
  assert.equal(others.length, 2)
  const request = await anAskedRequest({ effective: { ...effective, approvers, stages }, prompts })
  await page.goto(addressOf(request))
  await checkEachLook(page, 'several-long')
  world.remove(request)
})

browserTest('the list says who decides', async () => {
  await page.goto(world.inboxUrl)
  await page.getByText('Together with bob@company.com: both must approve.').waitFor()
  await page.getByText('1 of 2 for sre and 1 of 1 for security must approve.').waitFor()
  await checkEachLook(page, 'several-list')
})

browserTest('by keyboard alone; after an approval that does not decide: what is still needed', async () => {
  const request = await anAskedRequest(statusOfSeveral(twoOfThree, nobodyYet))
  await page.goto(addressOf(request))
  for (const next of ['Deny', 'Approve']) {
    await page.keyboard.press('Tab')
    assert.equal(await page.locator(':focus').innerText(), next)
  }
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'You approved' }).waitFor()
  await page.getByText('records it. Still needed: 1 of bob@company.com, carol@company.com.').waitFor()
  await checkEachLook(page, 'several-answered')

  recorded(request, statusOfSeveral(twoOfThree, { ...nobodyYet, 'approver-1': approvedBy('alice') }))
  await page.reload()
  await page
    .getByText('Your approval is recorded. Still needed: 1 of bob@company.com, carol@company.com.')
    .waitFor()
  await checkEachLook(page, 'several-recorded')
})

for (const [name, answers, ending, heading, text] of [
  [
    'approved-by-others',
    { ...nobodyYet, 'approver-2': approvedBy('bob'), 'approver-3': approvedBy('carol') },
    decidedBy('approver-3', 'approver-2'),
    'This request was approved',
    /Decided by bob@company\.com at .* UTC\. Your answer was not needed\./,
  ],
  [
    'denied-by-another',
    { ...nobodyYet, 'approver-2': denied() },
    {},
    'This request was denied',
    /bob@company\.com denied it at .* UTC\. Your answer was not needed\./,
  ],
] satisfies [string, Answers, ApprovalRequestStatus, string, RegExp][])
  browserTest(`the end: ${name}`, async () => {
    const request = await anAskedRequest(statusOfSeveral(twoOfThree, nobodyYet))
    await page.goto(addressOf(request))
    const reason = ending.decision === undefined ? 'AccessDenied' : 'Approved'
    const ended = endedAs(reason, anApprovalRequest()).having(statusOfSeveral(twoOfThree, answers))
    recorded(request, { ...ended.status, ...ending })
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByRole('heading', { name: heading }).waitFor()
    await page.getByText(text).waitFor()
    await checkEachLook(page, `several-${name}`)
  })

for (const [name, own, heading] of [
  ['expired', { state: 'Expired' }, 'Your time to answer is over'],
  ['failed', { state: 'Failed', message: 'The provider refused the prompt.' }, 'You are no longer asked'],
] as const)
  browserTest(`a prompt that ${name} while others are still asked cannot be answered`, async () => {
    const status = statusOfSeveral(twoOfThree, nobodyYet)
    const request = await anAskedRequest(status)
    recorded(request, statusOfSeveral(twoOfThree, { ...nobodyYet, 'approver-1': own }))
    await page.goto(addressOf(request))
    await page.getByRole('heading', { name: heading }).waitFor()
    await page.getByText('Others are still asked.').waitFor()
    assert.equal(await page.getByRole('button').count(), 0)
    await checkEachLook(page, `several-own-${name}`)
  })

browserTest('no page complained, and none led elsewhere', () => {
  assert.deepEqual(lab.complaints(), [])
})

const fields: Partial<ApprovalRequestSpec> = {
  parameters: { wait: '5m' },
  adjustable: [{ name: 'wait', type: 'Duration', minimum: '1m', maximum: '1h' }],
}

/** Alice was sent her prompt. */
async function anAskedRequest(
  status: ApprovalRequestStatus,
  spec: Partial<ApprovalRequestSpec> = {},
): Promise<ApprovalRequest> {
  const request = { ...world.aRequest(spec), status }
  world.put(request)
  const answer = await world.ask(request, { approval_request: textOf(refOf(request, 'approver-1')) })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return request
}

function recorded(request: ApprovalRequest, status: ApprovalRequestStatus): void {
  world.put({ ...request, status })
}

function addressOf({ metadata }: ApprovalRequest): string {
  return `${world.inboxUrl}/requests/${metadata.namespace ?? ''}/${metadata.name}`
}

/** Names and what is said of them, in the section of who decides. */
async function rows(): Promise<readonly (readonly string[])[]> {
  const section = page.locator('section', { has: page.getByRole('heading', { name: 'Who decides' }) })
  const texts = (part: string): Promise<string[]> => section.locator(part).allInnerTexts()
  const [names, standings] = [await texts('dt'), await texts('dd')]
  return names.map((name, index) => [name, standings[index] ?? ''])
}
