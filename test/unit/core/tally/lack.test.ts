import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lackIn } from '../../../../src/core/tally/lack.ts'
import { tally } from '../../../../src/core/tally/tally.ts'
import type { TallyStage } from '../../../../src/core/tally/tally.ts'

/** All non-empty sets of three people. */
const some = [1, 2, 3, 4, 5, 6, 7].map((bits) => ['a', 'b', 'c'].filter((_, at) => (bits >> at) & 1))

test('something is named exactly where the people cannot satisfy the stages', () => {
  for (const first of some)
    for (const second of some)
      for (const third of some)
        for (const required of [1, 2]) {
          const stages: readonly TallyStage[] = [
            { name: 'first', required, approvers: first },
            { name: 'second', required: 1, approvers: second },
            { name: 'third', required: 1, approvers: third, insteadOf: 'first' },
          ]
          const lack = lackIn(stages)
          assert.equal(
            lack !== undefined,
            tally(stages, new Map()).kind === 'Exhausted',
            JSON.stringify(stages),
          )
          assert.ok(lack === undefined || lack.needed > lack.people.length)
        }
})

test('the fewest stages that explain it are named', () => {
  const stages = [
    { name: 'one', required: 1, approvers: ['a', 'b'] },
    { name: 'two', required: 1, approvers: ['a', 'b'] },
    { name: 'three', required: 2, approvers: ['c'] },
  ]
  assert.deepEqual(lackIn(stages), { stages: ['three'], needed: 2, people: ['c'] })
})
