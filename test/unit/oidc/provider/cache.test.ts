import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemory } from '../../../../src/oidc/provider/cache.ts'
import type { Memory } from '../../../../src/oidc/provider/cache.ts'

type Recall = Memory<string>['recall']

function aMemory(): { remember: Recall; replace: Memory<string>['replace']; time: { ms: number } } {
  const time = { ms: Math.random() * 1e9 }
  const clock = { now: () => new Date(), monotonicMs: () => time.ms }
  const secondsFor = (value: string): number => (value === 'failed' ? 5 : 600)
  const { recall, replace } = createMemory<string>({ clock, secondsFor, maximumEntries: 2 })
  return { remember: recall, replace, time }
}

const says = (value: string) => (): Promise<string> => Promise.resolve(value)

test('fetches once for all who ask together', async () => {
  const { remember } = aMemory()
  let fetches = 0
  const fetch = (): Promise<string> => Promise.resolve(`answer ${++fetches}`)
  assert.deepEqual(await Promise.all([remember('a', fetch), remember('a', fetch)]), ['answer 1', 'answer 1'])
})

test('keeps an answer for as long as it is worth', async () => {
  const { remember, time } = aMemory()
  await remember('a', says('failed'))
  time.ms += 4_999
  assert.equal(await remember('a', says('first')), 'failed')
  time.ms += 1
  assert.equal(await remember('a', says('first')), 'first')
  time.ms += 599_999
  assert.equal(await remember('a', says('second')), 'first')
  time.ms += 1
  assert.equal(await remember('a', says('second')), 'second')
})

test('forgets what was used longest ago', async () => {
  const { remember } = aMemory()
  await remember('a', says('a1'))
  await remember('b', says('b1'))
  await remember('a', says('a2'))
  await remember('c', says('c1'))
  assert.equal(await remember('a', says('a2')), 'a1')
  assert.equal(await remember('b', says('b2')), 'b2')
})

test('does not keep what was thrown', async () => {
  const { remember } = aMemory()
  await assert.rejects(remember('a', () => Promise.reject(new Error('broken'))))
  assert.equal(await remember('a', says('mended')), 'mended')
})

test('what is replaced is kept like what was fetched', async () => {
  const { remember, replace, time } = aMemory()
  await remember('a', says('a1'))
  replace('a', 'a2')
  time.ms += 599_999
  assert.equal(await remember('a', says('a3')), 'a2')
  time.ms += 1
  assert.equal(await remember('a', says('a3')), 'a3')
  replace('b', 'b1')
  replace('c', 'c1')
  assert.equal(await remember('a', says('a4')), 'a4')
})
