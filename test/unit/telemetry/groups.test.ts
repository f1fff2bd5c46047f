import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApproverGroup } from '../../../src/api/objects.ts'
import { countGroupReads, measureGroups } from '../../../src/telemetry/groups.ts'
import { createInstruments } from '../../../src/telemetry/instruments.ts'
import { aGroup, alice, fromCalendar, fromKeycloak, knownGroup } from '../../support/builders/groups.ts'
import { at, manualClock } from '../../support/fakes/clocks/clock.ts'
import { parseExposition } from '../../support/assertions/exposition.ts'

type Samples = ReturnType<typeof parseExposition>['samples']

async function measured(groups: readonly ApproverGroup[], afterSeconds = 0): Promise<Samples> {
  const [instruments, clock] = [createInstruments(), manualClock()]
  measureGroups(instruments, { list: () => groups }, clock)
  clock.advance(afterSeconds)
  return scrape(instruments)
}

async function scrape(instruments: ReturnType<typeof createInstruments>): Promise<Samples> {
  return parseExposition(await (await instruments.expose()).text()).samples
}

test('groups are counted by the reason of Ready, and by New before that', async () => {
  const samples = await measured([
    aGroup('new'),
    knownGroup(aGroup('listed'), [alice]),
    knownGroup(aGroup('sre', { keycloak: fromKeycloak }), [alice]),
    knownGroup(aGroup('on-call', { calendar: fromCalendar }), undefined, { reason: 'FeedInvalid' }),
  ])
  assert.equal(samples.get('countersign_approver_groups{reason="New"}'), 1)
  assert.equal(samples.get('countersign_approver_groups{reason="Resolved"}'), 2)
  assert.equal(samples.get('countersign_approver_groups{reason="FeedInvalid"}'), 1)
})

test('the oldest knowledge is measured by its own maxAge, and a list has no age', async () => {
  const groups = [
    knownGroup(aGroup('listed'), [alice]),
    knownGroup(aGroup('sre', { keycloak: fromKeycloak, maxAge: '24h' }), [alice]),
    knownGroup(aGroup('on-call', { calendar: fromCalendar, maxAge: '1h' }), [alice]),
  ]
  assert.equal((await measured(groups, 2700)).get('countersign_approver_group_age_ratio'), 0.75)
  assert.equal((await measured([], 2700)).get('countersign_approver_group_age_ratio'), 0)
})

test('a group that was never read ages from its creation on', async () => {
  const { metadata, ...group } = aGroup('sre', { keycloak: fromKeycloak })
  const created = { ...group, metadata: { ...metadata, creationTimestamp: at(0) } }
  assert.equal((await measured([created], 1800)).get('countersign_approver_group_age_ratio'), 0.5)
})

test('readings are counted by source and by what they came to', async () => {
  const instruments = createInstruments()
  const count = countGroupReads(instruments)
  count(aGroup('sre', { keycloak: fromKeycloak }), 'Resolved')
  count(aGroup('sre', { keycloak: fromKeycloak }), 'Unauthorized')
  count(aGroup('on-call', { calendar: fromCalendar }), 'SourceUnreachable')
  count(aGroup('listed'), 'Resolved')
  const samples = await scrape(instruments)
  const reads = [...samples].filter(([name]) => name.startsWith('countersign_approver_group_reads_total{'))
  assert.deepEqual(reads.map(([name, value]) => [name.replace(/^[^{]*/, ''), value]).toSorted(), [
    ['{source="Calendar",reason="SourceUnreachable"}', 1],
    ['{source="Keycloak",reason="Resolved"}', 1],
    ['{source="Keycloak",reason="Unauthorized"}', 1],
  ])
})
