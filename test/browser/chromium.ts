/** A real browser: the distribution's Chromium, driven by playwright-core. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** Why there is no browser to test with. Under CI nothing is skipped: there the launch fails. */
export const noChromium: string | false =
  process.env.CI === 'true' || find() !== undefined
    ? false
    : `none of ${names.join(', ')} is on PATH; on Debian: apt-get install chromium fonts-dejavu-core`

/** A test that is skipped where there is no browser. */
export function browserTest(name: string, run: () => void | Promise<void>): void {
  test(name, { skip: noChromium }, run)
}

export function launchChromium(): Promise<Browser> {
  const executablePath = find()
  if (executablePath === undefined) throw new Error(`none of ${names.join(', ')} is on PATH`)
  return chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  })
}

function find(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
