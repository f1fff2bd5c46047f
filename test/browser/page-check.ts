/** What must hold of every page in every state, however it is looked at; and a picture of each. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'

const screenshots = fileURLToPath(new URL('../../dist/screenshots/', import.meta.url))
const widths = [320, 1280] as const
const schemes = ['light', 'dark'] as const

/** Looks at the page on a small phone and on a large screen, in light and in dark. */
export async function checkEachLook(page: Page, state: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true })
  for (const width of widths) {
    const height = width === 320 ? 568 : 800
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme: 'light' })
    await page.screenshot({ path: `${screenshots}${state}-${width}-at-first.png` })
    // What sticks to the bottom of a screen would stand in the middle of a longer picture.
    const whole = await page.evaluate(() => document.documentElement.scrollHeight)
    await page.setViewportSize({ width, height: Math.max(height, whole) })
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: `${screenshots}${state}-${width}-${colorScheme}.png` })
      assert.deepEqual(await page.evaluate(problemsOnPage), [], `${state} at ${width} px, ${colorScheme}`)
    }
  }
}

/** Runs in the browser, so it must be whole in itself. Contrast by WCAG 2.2 §1.4.3, targets by §2.5.8. */
function problemsOnPage(): string[] {
  const problems: string[] = []
  const channels = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number)
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = channels(color).map((channel) => {
      const share = channel / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const background = (element: Element | null): string => {
    if (element === null)
      return getComputedStyle(document.documentElement).colorScheme.includes('dark') &&
        matchMedia('(prefers-color-scheme: dark)').matches
        ? 'rgb(18, 18, 18)'
        : 'rgb(255, 255, 255)'
    const color = getComputedStyle(element).backgroundColor
    return channels(color)[3] === 0 ? background(element.parentElement) : color
  }
  const contrast = (element: Element): number => {
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(background(element))]
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
  }
  const saysSomething = (element: Element): boolean =>
    [...element.childNodes].some((node) => node.nodeType === 3 && (node.textContent ?? '').trim() !== '')

  const { scrollWidth, clientWidth, lang } = document.documentElement
  if (scrollWidth > clientWidth) problems.push(`scrolls sideways: ${scrollWidth} in ${clientWidth}`)
  if (lang === '') problems.push('names no language')
  if (document.title === '') problems.push('has no title')
  if (document.querySelectorAll('h1').length !== 1) problems.push('has not exactly one h1')
  if (document.querySelectorAll('main').length !== 1) problems.push('has not exactly one main')
  for (const element of document.body.querySelectorAll('*')) {
    const name = `${element.tagName.toLowerCase()} "${element.textContent.trim().slice(0, 30)}"`
    const { width, height } = element.getBoundingClientRect()
    if (element.tagName !== 'SCRIPT' && saysSomething(element) && contrast(element) < 4.5)
      problems.push(`${name} has contrast ${contrast(element).toFixed(2)}`)
    if (element.matches('a, button, select, input') && element.checkVisibility()) {
      if (width < 24 || height < 44) problems.push(`${name} is ${width} × ${height}, too small to hit`)
      const isField = element instanceof HTMLInputElement || element instanceof HTMLSelectElement
      if (isField && element.labels?.length !== 1) problems.push(`${name} has no label`)
      if (!isField && element.textContent.trim() === '') problems.push(`${name} has no name`)
      if (element instanceof HTMLElement && element.tabIndex !== 0)
        problems.push(`${name} is out of the tab order`)
    }
  }
  return problems
}
