/**
 * Every state in which a person can meet the inbox or the login, on a small phone and a large screen, in light and in dark.
 * The pictures are in dist/screenshots.
 */
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { isFinal } from '../../tools/local/agent.ts'
import type { ApprovalRequestSpec } from '../../src/api/objects.ts'
import { logIn, startBrowserLab } from './lab.ts'
import type { BrowserLab } from './lab.ts'
import { browserTest, noChromium } from './chromium.ts'
import { checkEachLook } from './page-check.ts'

let lab: BrowserLab
let alice: BrowserContext
let page: Page

before(async () => {
  if (noChromium !== false) return
  lab = await startBrowserLab()
  alice = await lab.aContext()
  page = await alice.newPage()
  await page.goto(lab.inboxUrl)
  await logIn(page, 'alice', 'wonderland')
  await page.waitForURL(`${lab.inboxUrl}/`)
})
after(async () => {
  if (noChromium === false) await lab.stop()
})

browserTest('login', async () => {
  const stranger = await (await lab.aContext()).newPage()
  await stranger.goto(lab.addressOf('anything'))
  await checkEachLook(stranger, 'login')
  await logIn(stranger, 'alice', 'wrong')
  await stranger.getByRole('alert').waitFor()
  await checkEachLook(stranger, 'login-wrong-password')
})

browserTest('nothing waits', async () => {
  await page.goto(lab.inboxUrl)
  await shows('Waiting for you')
  await checkEachLook(page, 'list-empty')
})

browserTest('a question', async () => {
  await lab.ask('foo-v2', { evidence })
  await page.goto(lab.addressOf('foo-v2'))
  await shows('promote-rollout Rollout/foo-v2 @7654b4484 in demo (prod)')
  await checkEachLook(page, 'question')
})

browserTest('a question with nothing but what must be there', async () => {
  await lab.ask('bare', 'Nothing')
  await page.goto(lab.addressOf('bare'))
  await checkEachLook(page, 'question-bare')
})

browserTest('a question of somebody with hostile words', async () => {
  await lab.ask('hostile', hostile)
  await page.goto(lab.addressOf('hostile'))
  await checkEachLook(page, 'question-hostile')
  const text = await page.locator('main').innerText()
  for (const seen of [
    '<script>alert(1)</script>',
    '⟨U+202E⟩',
    '⟨U+200B⟩',
    'xn--gogle-jye.com',
    '<b>',
    '⟨U+0007⟩',
  ])
    assert.ok(text.includes(seen), seen)
  assert.equal(await page.locator('main a, main img, main iframe, main b:not(.address b)').count(), 0)
})

browserTest('a question of somebody who writes as much as he may', async () => {
  await lab.ask(longName, long)
  await page.goto(lab.addressOf(longName))
  await checkEachLook(page, 'question-long')
})

browserTest('the list of what waits', async () => {
  await page.goto(lab.inboxUrl)
  await shows('Waiting for you: 4')
  await checkEachLook(page, 'list')
  const deadlines = await page
    .locator('time')
    .evaluateAll((times) => times.map((time) => time.getAttribute('datetime') ?? ''))
  assert.deepEqual(deadlines, deadlines.toSorted())
})

browserTest('an answer that was approved, and one that was denied', async () => {
  for (const name of ['approved', 'denied']) await lab.ask(name)
  await lab.withoutController(async () => {
    await answer('approved', 'Approve', 'You approved')
    await checkEachLook(page, 'answered-approve')
    await answer('denied', 'Deny', 'You denied')
    await checkEachLook(page, 'answered-deny')
  })
  for (const name of ['approved', 'denied']) {
    await lab.until(name, isFinal)
    await page.goto(lab.addressOf(name))
    await page.getByText('The operator has received your answer').waitFor()
    await checkEachLook(page, `answered-${name}-final`)
  }
})

browserTest('a question that expired', async () => {
  await lab.ask('expired', { requestedExpiry: '10s' })
  await lab.until('expired', isFinal)
  await page.goto(lab.addressOf('expired'))
  await shows('This request expired')
  await checkEachLook(page, 'closed')
})

browserTest('a question whose time is up before the operator has said so', async () => {
  await lab.ask('late', { requestedExpiry: '10s' })
  await lab.withoutController(async () => {
    await page.goto(lab.addressOf('late'))
    // The page itself notices: its countdown ends and it is loaded again.
    await page.getByRole('heading', { name: 'This request expired' }).waitFor()
    await checkEachLook(page, 'lapsed')
  })
})

browserTest('an approval that failed afterwards says so', async () => {
  await lab.ask('failing')
  await lab.withoutController(async () => {
    await answer('failing', 'Approve', 'You approved')
    const failed = { type: 'Failed', status: 'True', reason: 'TokenRejected', message: failure }
    const conditions = [{ ...failed, type: 'Complete' }, failed].map((condition) => ({
      ...condition,
      observedGeneration: 1,
      lastTransitionTime: new Date().toISOString().replace(/\.\d+Z/, 'Z'),
    }))
    await lab.patchStatus('failing', { outcome: 'Failed', conditions })
    await page.reload()
    await shows('You approved, but the request failed')
    await checkEachLook(page, 'answered-failed')
  })
})

browserTest('nothing here', async () => {
  await page.goto(lab.addressOf('none'))
  await shows('Nothing here for you')
  await checkEachLook(page, 'not-found')
  const bob = await (await lab.aContext()).newPage()
  await bob.goto(lab.addressOf('foo-v2'))
  await logIn(bob, 'bob', 'builder')
  await bob.getByRole('heading', { name: 'Nothing here for you' }).waitFor()
  assert.equal(await bob.getByText('promote-rollout').count(), 0)
})

browserTest('an answer without a login', async () => {
  await page.goto(lab.addressOf('foo-v2'))
  const cookies = await alice.cookies()
  await alice.clearCookies()
  await page.getByRole('button', { name: 'Approve' }).click()
  await shows('Log in again to answer')
  await checkEachLook(page, 'not-logged-in')
  await alice.addCookies(cookies)
})

browserTest('a question that is not what was asked', async () => {
  await lab.patchSpec('bare', { environment: 'dev' })
  await page.goto(lab.addressOf('bare'))
  await shows('This is not the request that was asked')
  assert.equal(await page.getByRole('button').count(), 0)
  await checkEachLook(page, 'changed')
})

browserTest('no page complained, and none led elsewhere', () => {
  assert.deepEqual(lab.complaints(), [])
})

async function shows(heading: string): Promise<void> {
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), heading)
}

async function answer(name: string, button: 'Approve' | 'Deny', heading: string): Promise<void> {
  await page.goto(lab.addressOf(name))
  await page.getByRole('button', { name: button }).click()
  await shows(heading)
}

const evidence = [
  { name: 'success rate', value: '99.8 %', url: 'https://grafana.company.com/d/foo-v2?from=now-30m' },
  { name: 'error budget left', value: '87 %' },
  { name: 'SLO burn rate', value: '0.4' },
]
const failure =
  'The provider’s token was refused: its aud is not the one that was asked for. Create a new request to ask again.'

const hostile: Partial<ApprovalRequestSpec> = {
  summary: '<script>alert(1)</script> <b>approved already by the CTO</b>',
  reason:
    'Nothing to see here \u202Egnihton\u202C zero\u200Bwidth\u0007 \n\n\n\n\n\n Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘ <img src=x onerror=alert(1)> javascript:alert(1)',
  evidence: [
    {
      name: '</dl></section><h1>Measured</h1>',
      value: '100 %',
      url: 'https://github.com@evil.example/"><script>alert(1)</script>',
    },
    { name: 'dashboard', value: 'all green', url: 'https://g%D0%BEogle.com/login' },
    { name: 'שלום rtl', value: 'مرحبا 100 %' },
  ],
  parameters: { waitInterval: '5m" onclick="alert(1)' },
  adjustable: [],
}

const longName = `a-${'very-'.repeat(9)}long-name`
const long: Partial<ApprovalRequestSpec> = {
  target: {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    name: 'x'.repeat(253),
    revision: 'f'.repeat(128),
  },
  summary: 'W'.repeat(140),
  reason: 'This rollout was checked. '.repeat(78),
  evidence: Array.from({ length: 16 }, (_, index) => ({
    name: `a fact with a rather long name, number ${index}`,
    value: '9'.repeat(128),
    url: `https://${'sub.'.repeat(20)}company.com/${'path/'.repeat(5)}`,
  })),
  parameters: Object.fromEntries(
    Array.from({ length: 16 }, (_, index) => [`parameter-with-a-long-name-${index}`, 'v'.repeat(200)]),
  ),
  adjustable: [],
  token: { scopes: ['rollouts:promote'], delivery: 'Secret' },
}
