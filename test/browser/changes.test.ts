/** Approve with changes, in every state and by hand: fields, errors, the difference, and what was answered. */
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import type { Page } from 'playwright-core'
import { isFinal } from '../../tools/local/agent.ts'
import type { Adjustable } from '../../src/api/objects.ts'
import { logIn, startBrowserLab } from './lab.ts'
import type { BrowserLab } from './lab.ts'
import { browserTest, noChromium } from './chromium.ts'
import { checkEachLook } from './page-check.ts'

let lab: BrowserLab

before(async () => {
  if (noChromium !== false) return
  lab = await startBrowserLab()
})
after(async () => {
  if (noChromium === false) await lab.stop()
})

browserTest('a question with fields', async () => {
  const page = await question('fields', { javaScriptEnabled: true })
  await checkEachLook(page, 'fields')
  assert.equal(await page.getByLabel('replicas').getAttribute('inputmode'), 'numeric')
  assert.equal(await page.getByLabel('wait').inputValue(), '5m')
  assert.match(await describedAs(page, 'wait'), /^Asked: 5m\. From 1m to 1h/)
})

browserTest('what the browser would not send is marked there, but can be denied', async () => {
  const page = await question('denied', { javaScriptEnabled: true })
  await page.getByLabel('wait').fill('a quarter of an hour')
  await page.getByRole('button', { name: 'Approve' }).click()
  assert.equal(await page.getByLabel('wait').evaluate(isMarked), true)
  await page.getByRole('button', { name: 'Deny' }).click()
  await page.getByRole('heading', { name: 'You denied' }).waitFor()
  assert.equal((await lab.until('denied', isFinal)).status?.outcome, 'Denied')
})

browserTest('a value out of bounds, the difference, and the way back', async () => {
  const page = await question('changed')
  await page.getByLabel('wait').fill('2h')
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByRole('alert').waitFor()
  assert.equal(await focused(page), 'wait')
  assert.match(await describedAs(page, 'wait'), /^wait must be a duration from 1m to 1h Asked: 5m\./)
  await checkEachLook(page, 'fields-error')

  await page.getByLabel('wait').fill('15m')
  await page.getByLabel('strategy').selectOption('all-at-once')
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByRole('heading', { name: 'Approve with these changes?' }).waitFor()
  assert.deepEqual(await page.locator('.changes dd').allInnerTexts(), [
    'a-quarter-first → all-at-once',
    '5m → 15m',
  ])
  assert.deepEqual(await page.getByRole('button').allInnerTexts(), ['Back', 'Approve with these changes'])
  await checkEachLook(page, 'changes')

  await page.getByRole('button', { name: 'Back' }).click()
  assert.equal(await page.getByLabel('wait').inputValue(), '15m')
  await page.getByLabel('strategy').selectOption('a-quarter-first')
  await page.getByRole('button', { name: 'Approve' }).click()
  await lab.withoutController(async () => {
    await page.getByRole('button', { name: 'Approve with these changes' }).click()
    await page.getByRole('heading', { name: 'You approved with changes' }).waitFor()
    await checkEachLook(page, 'answered-changed')
  })
  const { status } = await lab.until('changed', isFinal)
  assert.equal(status?.outcome, 'Approved')
  assert.deepEqual(status.decision?.parameters, { ...parameters, wait: '15m' })
  await page.reload()
  await page.getByText('with wait 15m instead of 5m').first().waitFor()
  await checkEachLook(page, 'answered-changed-final')
})

browserTest('by keyboard alone; Enter in a field answers nothing', async () => {
  const page = await question('by-keyboard')
  for (const next of ['replicas', 'strategy', 'wait']) assert.equal(await tab(page), next)
  await page.keyboard.type('20m')
  await page.keyboard.press('Enter')
  assert.equal(await focused(page), 'wait', 'the page is still there')
  for (const next of ['Deny', 'Approve']) assert.equal(await tab(page), next)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Approve with these changes?' }).waitFor()
  for (const next of ['Back', 'Approve with these changes']) assert.equal(await tab(page), next)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'You approved with changes' }).waitFor()
  const { status } = await lab.until('by-keyboard', isFinal)
  assert.equal(status?.decision?.parameters?.wait, '20m')
})

browserTest('no page complained, and none led elsewhere', () => {
  assert.deepEqual(lab.complaints(), [])
})

const parameters = { gate: 'promote', wait: '5m', replicas: '3', strategy: 'a-quarter-first' }
const adjustable: readonly Adjustable[] = [
  { name: 'wait', type: 'Duration', minimum: '1m', maximum: '1h' },
  { name: 'replicas', type: 'Integer', minimum: '1', maximum: '10' },
  { name: 'strategy', type: 'Enum', values: ['a-quarter-first', 'half-first', 'all-at-once'] },
]

/** On a small phone, and without scripts, unless it is said otherwise. */
async function question(name: string, { javaScriptEnabled = false } = {}): Promise<Page> {
  await lab.ask(name, { parameters, adjustable })
  const page = await (await lab.aContext({ javaScriptEnabled })).newPage()
  await page.setViewportSize({ width: 320, height: 568 })
  await page.goto(lab.addressOf(name))
  await logIn(page, 'alice', 'wonderland')
  await page.getByRole('button', { name: 'Approve' }).waitFor()
  return page
}

/** What is read aloud after the field's name. */
function describedAs(page: Page, label: string): Promise<string> {
  return page.getByLabel(label).evaluate((field) => {
    const ids = field.getAttribute('aria-describedby')?.split(' ') ?? []
    return ids.map((id) => document.getElementById(id)?.innerText ?? `no ${id}`).join(' ')
  })
}

function isMarked(field: HTMLElement): boolean {
  return field.matches(':invalid') && field === document.activeElement
}

async function tab(page: Page): Promise<string> {
  await page.keyboard.press('Tab')
  return focused(page)
}

/** The name of what has the focus, which must be seen. */
async function focused(page: Page): Promise<string> {
  const { name, isInView } = await page.evaluate(() => {
    const element = document.activeElement as HTMLElement
    const { top, bottom } = element.getBoundingClientRect()
    const isField = element instanceof HTMLInputElement || element instanceof HTMLSelectElement
    const bar = document.querySelector('.answer')
    const end =
      bar?.contains(element) === true ? innerHeight : (bar?.getBoundingClientRect().top ?? innerHeight)
    return {
      name: isField ? element.labels?.[0]?.textContent : element.textContent,
      isInView: top >= 0 && bottom <= end,
    }
  })
  assert.ok(isInView, `${name ?? 'nothing'} has the focus and is out of sight`)
  return name?.trim() ?? ''
}
