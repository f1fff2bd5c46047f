import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalLog } from '../../../../src/inbox/channel/refusals.ts'
import { manualClock } from '../../../support/fakes/clocks/clock.ts'
import { silentLog } from '../../../support/fakes/silent-log.ts'

test('refusals are said one by one, and a flood of them once a second with their number', () => {
  const said: unknown[] = []
  const clock = manualClock()
  const warn = (_message: string, fields?: object): void => void said.push(fields)
  const refused = refusalLog({ log: { ...silentLog, warn }, clock })
  for (let times = 0; times < 1000; times++) refused('signature')
  assert.equal(said.length, 20)
  clock.advance(1)
  for (let times = 0; times < 1000; times++) refused('signature')
  assert.deepEqual(said.slice(20), [{ reason: 'signature', unsaid: 980 }])
})
