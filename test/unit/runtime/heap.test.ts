import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Heap } from '../../../src/runtime/heap.ts'

type Step =
  { readonly kind: 'add'; readonly dueMs: number } | { readonly kind: 'remove'; readonly which: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), dueMs: fc.nat(50) }),
  fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }),
)

test('the first is always the earliest, whatever is added and taken out', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = new Heap<{ dueMs: number; place: number }>()
      const model: { dueMs: number; place: number }[] = []
      for (const next of steps) {
        if (next.kind === 'add') {
          const entry = { dueMs: next.dueMs, place: 0 }
          model.push(entry)
          heap.add(entry)
        } else if (model.length > 0) {
          for (const entry of model.splice(next.which % model.length, 1)) heap.remove(entry)
        }
        const earliest = model.length === 0 ? undefined : Math.min(...model.map(({ dueMs }) => dueMs))
        assert.equal(heap.first?.dueMs, earliest)
      }
    }),
  )
})
