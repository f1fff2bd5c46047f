/** What of the prompts of deleted requests finds room in a ConfigMap. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPromptIndex } from '../../../../../src/controllers/approval-request/limits/prompt-index.ts'
import { createPromptRecords } from '../../../../../src/controllers/approval-request/limits/prompt-records.ts'
import {
  mostPrompts,
  promptsIn,
  recordNameOf,
} from '../../../../../src/controllers/approval-request/limits/record-format.ts'
import type { ConfigMap } from '../../../../../src/api/objects.ts'
import { abandoned, sentPromptOf } from '../../../../../src/core/limits/sent-prompt.ts'
import { anApprovalRequest, theTerms } from '../../../../support/builders/builders.ts'
import { manualClock } from '../../../../support/fakes/clocks/clock.ts'
import { inMemoryResource } from '../../../../support/fakes/cluster/in-memory-resource.ts'

const left = abandoned(sentPromptOf(anApprovalRequest().pending()) ?? assert.fail()) ?? assert.fail()

test('of more prompts than can be recorded those that end first are left out, with a line in the log', async () => {
  const configMaps = inMemoryResource<ConfigMap>()
  const warned: unknown[] = []
  const records = createPromptRecords({
    ...{ configMaps, prompts: createPromptIndex(), clock: manualClock(), namespace: 'countersign-system' },
    isThere: () => false,
    log: { warn: (...line) => warned.push(line) },
  })
  await records.load()
  const more = 3
  for (let index = 0; index < mostPrompts + more; index += 1)
    records.add({ ...left, uid: `uid-${index}`, refusedMs: (left.refusedMs ?? 0) + index })
  await records.settled(theTerms())
  const name = recordNameOf(left.approver)
  const uids = promptsIn(configMaps.held(name)).prompts.map(({ uid }) => uid)
  assert.equal(uids.length, mostPrompts)
  assert.deepEqual(
    [0, 1, 2, 3].map((index) => uids.includes(`uid-${index}`)),
    [false, false, false, true],
  )
  assert.deepEqual(warned, [['more open prompts than can be recorded', { configMap: name, dropped: more }]])
})
