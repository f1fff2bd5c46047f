/** What the controller says to whoever runs it: probes and metrics. */
import assert from 'node:assert/strict'
import { parseExposition } from './exposition.ts'
import type { Exposition } from './exposition.ts'

/** @param log all that the controller has printed */
export function urlOf(log: string, server: 'probes' | 'metrics'): string {
  const line = log.split('\n').findLast((each) => each.includes(`"server":"${server}"`))
  assert.ok(line !== undefined, `the log names no server ${server}`)
  return String((JSON.parse(line) as { url?: unknown }).url)
}

export async function scrape(log: string): Promise<Exposition> {
  return parseExposition(await scrapedText(log))
}

/** The metrics, as they stand in the answer. */
export async function scrapedText(log: string): Promise<string> {
  const response = await fetch(`${urlOf(log, 'metrics')}/metrics`)
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  return response.text()
}

export async function probe(log: string, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(urlOf(log, 'probes') + path)
  return { status: response.status, text: await response.text() }
}
