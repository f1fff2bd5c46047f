import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigMap } from '../../../../src/api/objects.ts'
import { createSweeper } from '../../../../src/inbox/prompts/sweeper.ts'
import type { Sweeper } from '../../../../src/inbox/prompts/sweeper.ts'
import { at, manualClock } from '../../../support/fakes/clocks/clock.ts'
import { inMemoryResource } from '../../../support/fakes/cluster/in-memory-resource.ts'

test('what earlier processes left is taken up at the start', async () => {
  const { configMaps, sweeper, appointments } = aSweeper()
  configMaps.put(entry('a', at(60)))
  configMaps.put({ ...entry('b', at(60)), metadata: { name: 'b' } })
  await sweeper.start()
  assert.deepEqual(appointments, [['a', 60_000]])
})

test('an entry goes at its time', async () => {
  const { clock, configMaps, sweeper } = aSweeper()
  configMaps.put(entry('a', at(60)))
  clock.advance(60)
  await sweeper.sweep('a')
  assert.equal(configMaps.held('a'), undefined)
})

test('an entry that a newer prompt took over stays until its own time', async () => {
  const { clock, configMaps, sweeper, appointments } = aSweeper()
  configMaps.put(entry('a', at(90)))
  clock.advance(60)
  await sweeper.sweep('a')
  assert.ok(configMaps.held('a'))
  assert.deepEqual(appointments, [['a', 30_000]])
})

test('an entry that says no time goes', async () => {
  const { configMaps, sweeper } = aSweeper()
  configMaps.put(entry('a', 'soon'))
  await sweeper.sweep('a')
  assert.equal(configMaps.held('a'), undefined)
})

test('an entry that another replica has deleted is no error', async () => {
  const { sweeper, appointments } = aSweeper()
  await sweeper.sweep('a')
  assert.deepEqual(appointments, [])
})

test('what cannot be deleted is tried again', async () => {
  const { clock, configMaps, sweeper, appointments, logged } = aSweeper()
  configMaps.put(entry('a', at(60)))
  clock.advance(60)
  configMaps.interpose({
    before: () => {
      throw new Error('the API server is away')
    },
  })
  await sweeper.sweep('a')
  assert.deepEqual(appointments, [['a', 60_000]])
  assert.deepEqual(logged, ['prompt not deleted, will be tried again'])
})

function aSweeper() {
  const configMaps = inMemoryResource<ConfigMap>()
  const clock = manualClock()
  const appointments: [string, number][] = []
  const logged: string[] = []
  const write = (message: string): void => void logged.push(message)
  const sweeper: Sweeper = createSweeper({
    ...{ configMaps, clock, namespace: 'countersign-system' },
    log: { debug: write, info: write, warn: write, error: write },
    wakeAfter: (name, delayMs) => void appointments.push([name, delayMs]),
  })
  return { configMaps, clock, sweeper, appointments, logged }
}

function entry(name: string, deleteAfter: string): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      labels: { 'countersign.dev/inbox-prompt-for': 'x' },
      annotations: { 'countersign.dev/delete-after': deleteAfter },
    },
  }
}
