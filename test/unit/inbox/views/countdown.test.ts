import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { countdown } from '../../../../src/inbox/views/countdown.ts'
import { span } from '../../../../src/inbox/views/moments.ts'

for (const [seconds, want] of [
  [0, '0 s'],
  [59, '59 s'],
  [60, '1 min 0 s'],
  [3599, '59 min 59 s'],
  [3600, '1 h 0 min 0 s'],
  [7325, '2 h 2 min 5 s'],
] as const) {
  test(`${seconds} s read ${want}, on the server and in the browser`, () => {
    assert.equal(span(seconds), want)
    assert.equal(aPage(seconds).text(), `${want} left`)
  })
}

test('the time runs, and at its end the page is loaded again', () => {
  const page = aPage(2)
  page.pass(1)
  assert.equal(page.text(), '1 s left')
  page.pass(1)
  assert.deepEqual([page.text(), page.reloads()], ['0 s left', 0])
  page.pass(1)
  assert.equal(page.reloads(), 1)
})

test('a page that slept shows what is left now', () => {
  const page = aPage(600)
  page.pass(500)
  assert.equal(page.text(), '1 min 40 s left')
})

/** As much of a browser as the script touches. */
function aPage(secondsLeft: number) {
  const element = { dataset: { secondsLeft: String(secondsLeft) }, textContent: '' }
  let now = 1_000_000
  let reloads = 0
  let tick: () => void = () => undefined
  runInNewContext(countdown, {
    document: { querySelectorAll: () => [element] },
    location: { reload: () => void (reloads += 1) },
    setTimeout: (callback: () => void) => void (tick = callback),
    Date: { now: () => now },
  })
  return {
    text: () => element.textContent,
    reloads: () => reloads,
    pass: (seconds: number) => {
      now += seconds * 1000
      tick()
    },
  }
}
