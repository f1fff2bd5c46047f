/** From the address in a chat to the answer, by mouse and by keyboard, with scripts and without, as a person would. */
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import type { Page } from 'playwright-core'
import { isFinal } from '../../tools/local/agent.ts'
import { logIn, startBrowserLab } from './lab.ts'
import type { BrowserLab } from './lab.ts'
import { browserTest, noChromium } from './chromium.ts'

let lab: BrowserLab

before(async () => {
  if (noChromium !== false) return
  lab = await startBrowserLab()
})
after(async () => {
  if (noChromium === false) await lab.stop()
})

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with scripts' : 'without scripts'
  for (const [decision, button, outcome] of [
    ['approves', 'Approve', 'Approved'],
    ['denies', 'Deny', 'Denied'],
  ] as const)
    browserTest(`alice ${decision} by clicking, ${how}`, async () => {
      const name = `clicked-${button.toLowerCase()}-${String(javaScriptEnabled)}`
      await lab.ask(name)
      const page = await phone({ javaScriptEnabled })
      await page.goto(lab.inboxUrl)
      await logIn(page, 'alice', 'wonderland')
      await page.getByRole('link', { name: `Rollout/${name} ` }).click()
      await page.getByRole('button', { name: button }).click()
      await page.getByRole('heading', { name: `You ${outcome.toLowerCase()}` }).waitFor()
      assert.equal((await lab.until(name, isFinal)).status?.outcome, outcome)
      await page.getByRole('link', { name: 'What else waits for you' }).click()
      assert.equal(await page.getByRole('link', { name: `Rollout/${name} ` }).count(), 0)
    })
}

browserTest('alice answers by keyboard alone, and sees where she is', async () => {
  await lab.ask('by-keyboard')
  const page = await phone()
  await page.goto(lab.addressOf('by-keyboard'))
  // The browser gives it only with the page's next frame; what is typed before goes nowhere.
  await page.locator('input:focus').waitFor()
  await page.keyboard.type('alice')
  assert.deepEqual(await walk(page, 2), ['Password', 'Log in'])
  await page.getByLabel('Password').focus()
  await page.keyboard.type('wonderland')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Deny' }).waitFor()
  assert.deepEqual(await walk(page, 3), ['waitInterval', 'Deny', 'Approve'])
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'You approved' }).waitFor()
  assert.deepEqual(await walk(page, 1), ['What else waits for you'])
  assert.equal((await lab.until('by-keyboard', isFinal)).status?.outcome, 'Approved')
})

browserTest('Enter without a button pressed answers nothing', async () => {
  await lab.ask('stray-enter')
  const page = await question('stray-enter')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Space')
  assert.equal(await page.getByRole('button').count(), 2)
  await page.getByRole('button', { name: 'Deny' }).click()
  await lab.until('stray-enter', isFinal)
})

browserTest('Deny is as large as Approve, and looks the same', async () => {
  await lab.ask('buttons')
  const page = await question('buttons')
  const looks = await page.getByRole('button').evaluateAll((buttons) =>
    buttons.map((button) => {
      const { width, height, top } = button.getBoundingClientRect()
      const { color, backgroundColor, fontSize, fontWeight, borderColor } = getComputedStyle(button)
      return [width, height, top, color, backgroundColor, fontSize, fontWeight, borderColor]
    }),
  )
  assert.deepEqual(looks[0], looks[1])
  const { bottom } = await page
    .getByRole('button', { name: 'Deny' })
    .evaluate((button) => button.getBoundingClientRect())
  assert.ok(bottom <= 568, 'both are in sight on a small phone without scrolling')
})

browserTest('the time that is left runs with scripts, and is right without', async () => {
  await lab.ask('ticking', { requestedExpiry: '5m' })
  const running = await question('ticking')
  const timer = running.getByRole('timer')
  const [first, second] = [await timer.innerText(), await changed(running)]
  assert.match(first, /^4 min \d+ s left$/)
  assert.match(second, /^4 min \d+ s left$/)
  const still = await question('ticking', { javaScriptEnabled: false })
  assert.match(await still.getByRole('timer').innerText(), /^4 min \d+ s left when this page was loaded$/)
})

browserTest('no page complained, and none led elsewhere', () => {
  assert.deepEqual(lab.complaints(), [])
})

type Options = { readonly javaScriptEnabled?: boolean }

async function phone(options: Options = {}): Promise<Page> {
  const page = await (await lab.aContext(options)).newPage()
  await page.setViewportSize({ width: 320, height: 568 })
  return page
}

async function question(name: string, options: Options = {}): Promise<Page> {
  const page = await phone(options)
  await page.goto(lab.addressOf(name))
  await logIn(page, 'alice', 'wonderland')
  await page.getByRole('button', { name: 'Approve' }).waitFor()
  return page
}

async function changed(page: Page): Promise<string> {
  const timer = page.getByRole('timer')
  const before = await timer.innerText()
  await page.waitForFunction((text) => document.querySelector('[role=timer]')?.textContent !== text, before)
  return timer.innerText()
}

/** Presses Tab so often. @returns what has the focus each time; it must be seen to have it */
async function walk(page: Page, steps: number): Promise<string[]> {
  const names: string[] = []
  for (let step = 0; step < steps; step += 1) {
    await page.keyboard.press('Tab')
    const { name, outline, isInView } = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement
      const { outlineStyle, outlineWidth } = getComputedStyle(element)
      const { top, bottom } = element.getBoundingClientRect()
      return {
        name: element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element.textContent,
        outline: outlineStyle === 'none' ? 0 : parseFloat(outlineWidth),
        isInView: top >= 0 && bottom <= innerHeight,
      }
    })
    assert.ok(outline >= 2, `the focus on ${name ?? 'nothing'} is not seen`)
    assert.ok(isInView, `${name ?? 'nothing'} has the focus and is out of sight`)
    names.push(name?.trim() ?? '')
  }
  return names
}
