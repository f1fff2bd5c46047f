import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crowdReport } from '../../../src/http/crowd-report.ts'
import { manualClock } from '../../support/fakes/clocks/clock.ts'
import { silentLog } from '../../support/fakes/silent-log.ts'

test('a crowd is said once a minute, with the number of connections that were closed since', () => {
  const said: unknown[] = []
  const clock = manualClock()
  const log = {
    ...silentLog,
    warn: (message: string, fields?: object): void => void said.push([message, fields]),
  }
  const report = crowdReport({ clock, log, server: 'gate' })
  for (let times = 0; times < 1000; times++) report('10.0.0.7')
  clock.advance(60)
  report('10.0.0.8')
  const message = 'too many connections, those that wait longest are closed'
  assert.deepEqual(said, [
    [message, { server: 'gate', address: '10.0.0.7', closed: 1 }],
    [message, { server: 'gate', address: '10.0.0.8', closed: 1000 }],
  ])
})
