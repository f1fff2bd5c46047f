import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInstruments } from '../../../src/telemetry/instruments.ts'
import { metrics } from '../../../src/telemetry/metrics.ts'
import { parseExposition } from '../../support/assertions/exposition.ts'

test('every metric of the table is exposed, with its type', async () => {
  const { types } = parseExposition(await exposed(createInstruments()))
  for (const [name, { type }] of Object.entries(metrics)) assert.equal(types.get(name), type, name)
  assert.equal(types.get('nodejs_eventloop_lag_p99_seconds'), 'gauge')
})

test('what is counted and observed is shown', async () => {
  const instruments = createInstruments()
  const labels = { controller: 'approvalrequest', result: 'error' } as const
  instruments.count('controller_runtime_reconcile_total', labels)
  instruments.count('controller_runtime_reconcile_total', labels)
  instruments.observe('workqueue_queue_duration_seconds', { name: 'approvalrequest' }, 0.2)
  const { samples } = parseExposition(await exposed(instruments))
  assert.equal(
    samples.get('controller_runtime_reconcile_total{controller="approvalrequest",result="error"}'),
    2,
  )
  assert.equal(samples.get('workqueue_queue_duration_seconds_sum{name="approvalrequest"}'), 0.2)
  const bucket = (le: string): string =>
    `workqueue_queue_duration_seconds_bucket{le="${le}",name="approvalrequest"}`
  assert.equal(samples.get(bucket('0.1')), 0)
  assert.equal(samples.get(bucket('0.5')), 1)
})

test('a gauge is read at each scrape, from all who know', async () => {
  const instruments = createInstruments()
  let depth = 3
  instruments.gauge('workqueue_depth', () => [[{ name: 'approvalrequest' }, depth]])
  instruments.gauge('countersign_watched_objects', () => [[{ kind: 'namespaces' }, 7]])
  instruments.gauge('countersign_watched_objects', () => [[{ kind: 'approvalpolicies' }, 8]])
  await exposed(instruments)
  depth = 4
  const { samples } = parseExposition(await exposed(instruments))
  assert.equal(samples.get('workqueue_depth{name="approvalrequest"}'), 4)
  assert.equal(samples.get('countersign_watched_objects{kind="namespaces"}'), 7)
  assert.equal(samples.get('countersign_watched_objects{kind="approvalpolicies"}'), 8)
})

test('what a gauge shows no more is gone', async () => {
  const instruments = createInstruments()
  let isThere = true
  instruments.gauge('workqueue_depth', () => (isThere ? [[{ name: 'approvalrequest' }, 1]] : []))
  await exposed(instruments)
  isThere = false
  const { samples } = parseExposition(await exposed(instruments))
  assert.equal(samples.has('workqueue_depth{name="approvalrequest"}'), false)
})

async function exposed(instruments: ReturnType<typeof createInstruments>): Promise<string> {
  return (await instruments.expose()).text()
}
