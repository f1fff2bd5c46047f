import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rarely } from '../../../src/telemetry/exposition.ts'
import { manualClock } from '../../support/fakes/clocks/clock.ts'

test('whoever asks as often as Prometheus does gets a new text each time', async () => {
  const clock = manualClock()
  let made = 0
  const expose = rarely(() => Promise.resolve(String((made += 1))), clock)
  for (let scrape = 1; scrape <= 60; scrape++) {
    assert.equal(await expose(), String(scrape))
    clock.advance(1)
  }
})

test('whoever asks a thousand times a second gets the newest text, which is made four times', async () => {
  const clock = manualClock()
  let made = 0
  const expose = rarely(() => Promise.resolve(String((made += 1))), clock)
  for (let asked = 0; asked < 1000; asked++) await expose()
  assert.equal(made, 11, 'the first and a burst of ten')
  clock.advance(1)
  for (let asked = 0; asked < 1000; asked++) await expose()
  assert.equal(made, 15)
  assert.equal(await expose(), '15')
})

test('a text that could not be made is made again', async () => {
  const texts = [Promise.reject(new Error('away')), Promise.resolve('text')]
  const expose = rarely(() => texts.shift() ?? Promise.reject(new Error('none')), manualClock())
  await assert.rejects(expose(), /away/)
  assert.equal(await expose(), 'text')
})
