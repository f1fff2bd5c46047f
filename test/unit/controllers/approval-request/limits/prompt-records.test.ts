/** What a process writes down of prompts whose requests are deleted, and what the next one makes of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigMap } from '../../../../../src/api/objects.ts'
import { createPromptIndex } from '../../../../../src/controllers/approval-request/limits/prompt-index.ts'
import { createPromptRecords } from '../../../../../src/controllers/approval-request/limits/prompt-records.ts'
import type { PromptRecords } from '../../../../../src/controllers/approval-request/limits/prompt-records.ts'
import {
  promptsIn,
  recordNameOf,
  recordNames,
} from '../../../../../src/controllers/approval-request/limits/record-format.ts'
import { abandoned, sentPromptOf } from '../../../../../src/core/limits/sent-prompt.ts'
import type { SentPrompt } from '../../../../../src/core/limits/sent-prompt.ts'
import { anApprovalRequest, theTerms } from '../../../../support/builders/builders.ts'
import { manualClock, t } from '../../../../support/fakes/clocks/clock.ts'
import { inMemoryResource } from '../../../../support/fakes/cluster/in-memory-resource.ts'
import type { InMemoryResource } from '../../../../support/fakes/cluster/in-memory-resource.ts'

const open = sentPromptOf(anApprovalRequest().pending()) ?? assert.fail()
const left = abandoned(open) ?? assert.fail()
const name = recordNameOf(open.approver)

type Process = {
  readonly records: PromptRecords
  readonly prompts: ReturnType<typeof createPromptIndex>
  readonly warnings: string[]
}

function aProcess(
  configMaps: InMemoryResource<ConfigMap>,
  { clock = manualClock(), there = [] as readonly string[] } = {},
): Process {
  const prompts = createPromptIndex()
  const warnings: string[] = []
  const records = createPromptRecords({
    ...{ configMaps, prompts, clock, namespace: 'countersign-system' },
    isThere: ({ uid }) => there.includes(uid),
    log: { warn: (message) => warnings.push(message) },
  })
  return { records, prompts, warnings }
}

/** By uid. */
function held(configMaps: InMemoryResource<ConfigMap>): readonly string[] {
  return promptsIn(configMaps.held(name)).prompts.map(({ uid }) => uid)
}

const theirs: SentPrompt = { ...left, uid: 'uid-of-theirs' }

test('a prompt of a deleted request is written, and the next process knows it', async () => {
  const configMaps = inMemoryResource<ConfigMap>()
  const { records } = aProcess(configMaps)
  await records.load()
  records.add(left)
  await records.settled(theTerms())
  const next = aProcess(configMaps)
  await next.records.load()
  assert.deepEqual(next.prompts.get(open.uid), left)
})

test('nothing is written where nothing is deleted, and nothing by a replica that does not reconcile', async () => {
  const configMaps = inMemoryResource<ConfigMap>()
  const leader = aProcess(configMaps)
  await leader.records.load()
  await leader.records.settled(theTerms())
  const standby = aProcess(configMaps)
  standby.records.add(left)
  await standby.records.checkpoint()
  assert.deepEqual(
    configMaps.calls.filter(({ verb }) => verb !== 'get'),
    [],
  )
})

test('a replica that takes over writes what it has seen deleted before', async () => {
  const configMaps = inMemoryResource<ConfigMap>()
  const { records } = aProcess(configMaps)
  records.add(left)
  await records.load()
  await records.settled(theTerms())
  assert.deepEqual(held(configMaps), [open.uid])
})

test('what is recorded of a request that is there does not count: the request says more', async () => {
  const configMaps = inMemoryResource<ConfigMap>()
  const stopping = aProcess(configMaps)
  await stopping.records.load()
  stopping.prompts.put(open)
  await stopping.records.checkpoint()
  const [same, deleted] = [aProcess(configMaps, { there: [open.uid] }), aProcess(configMaps)]
  await Promise.all([same.records.load(), deleted.records.load()])
  assert.equal(same.prompts.get(open.uid), undefined)
  // Deleted while no process ran: nobody has heard an answer.
  assert.deepEqual(deleted.prompts.get(open.uid), left)
})

test('what another process has written meanwhile is kept', async () => {
  const configMaps = inMemoryResource<ConfigMap>()
  const [one, other] = [aProcess(configMaps), aProcess(configMaps)]
  await Promise.all([one.records.load(), other.records.load()])
  other.records.add(theirs)
  await other.records.settled(theTerms())
  one.records.add(left)
  await one.records.settled(theTerms())
  assert.deepEqual(held(configMaps).toSorted(), [open.uid, 'uid-of-theirs'].toSorted())
  other.records.add({ ...left, uid: 'uid-of-a-third' })
  await other.records.settled(theTerms())
  assert.equal(held(configMaps).length, 3)
})

test('what counts no longer is left out of the next write', async () => {
  const configMaps = inMemoryResource<ConfigMap>()
  const clock = manualClock()
  const { records } = aProcess(configMaps, { clock })
  await records.load()
  records.add(left)
  await records.settled(theTerms())
  clock.advance(600 + 3600)
  records.add({ ...theirs, openUntilMs: t(5000).getTime() })
  await records.settled(theTerms())
  assert.deepEqual(held(configMaps), ['uid-of-theirs'])
})

test('as long as it cannot be written nobody may be asked, and then it is', async () => {
  const configMaps = inMemoryResource<ConfigMap>()
  const { records, warnings } = aProcess(configMaps)
  await records.load()
  configMaps.interpose({
    before: ({ verb }) => {
      if (verb === 'create') throw new Error('away')
    },
  })
  records.add(left)
  await assert.rejects(records.settled(theTerms()), /away/)
  assert.deepEqual(warnings, ['open prompts not recorded, will be tried again'])
  configMaps.interpose({})
  await records.settled(theTerms())
  assert.deepEqual(held(configMaps), [open.uid])
})

test('a load that failed is tried again', async () => {
  const configMaps = inMemoryResource<ConfigMap>()
  const { records } = aProcess(configMaps)
  configMaps.interpose({
    before: () => {
      throw new Error('away')
    },
  })
  await assert.rejects(records.load(), /away/)
  configMaps.interpose({})
  await records.load()
})

for (const [what, text, malformed] of [
  ['no JSON', '{', 1],
  ['no list', '{}', 1],
  ['an entry without a uid', JSON.stringify([{ ...left, uid: undefined }, left]), 1],
  ['a moment that is none', JSON.stringify([{ ...left, openUntilMs: '12' }, left]), 1],
  ['a fraction', JSON.stringify([{ ...left, sentMs: 1.5 }]), 1],
  ['a text without end', JSON.stringify([{ ...left, request: 'x'.repeat(400) }]), 1],
  ['null', '[null]', 1],
  ['more than there may be', JSON.stringify(Array.from({ length: 1501 }, () => left)), 1],
] as const)
  test(`a record with ${what} is reported, and nothing of that counts`, async () => {
    const metadata = { namespace: 'countersign-system', name }
    const configMaps = inMemoryResource<ConfigMap>()
    configMaps.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { prompts: text } })
    assert.equal(promptsIn(configMaps.held(name)).malformed, malformed)
    const { records, warnings } = aProcess(configMaps)
    await records.load()
    assert.deepEqual(warnings, ['malformed records of open prompts'])
  })

test('there are sixteen records, whoever is asked', () => {
  assert.equal(new Set(recordNames).size, 16)
  assert.ok(recordNames.includes(name))
})
