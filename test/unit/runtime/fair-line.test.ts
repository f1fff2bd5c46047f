import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FairLine } from '../../../src/runtime/fair-line.ts'

test('no key is lost or doubled, each namespace keeps its order, and nobody waits for two turns of another', () => {
  const key = fc
    .tuple(fc.constantFrom('a/', 'b/', 'c/', ''), fc.nat(6))
    .map(([namespace, number]) => `${namespace}${number}`)
  const step = fc.record({ kind: fc.constantFrom('push', 'push', 'shift', 'remove'), key })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const line = new FairLine()
      const model: string[] = []
      for (const { kind, key: each } of steps) {
        if (kind === 'push' && !model.includes(each)) {
          line.push(each)
          model.push(each)
        }
        if (kind === 'remove') {
          line.remove(each)
          if (model.includes(each)) model.splice(model.indexOf(each), 1)
        }
        if (kind === 'shift') take(line, model)
      }
      const last: string[] = []
      while (model.length > 0) {
        const waiting = new Set(model.map(groupOf))
        const group = take(line, model)
        if (waiting.size > 1) assert.notEqual(group, last.at(-1))
        last.push(group)
      }
      assert.equal(line.shift(), undefined)
    }),
  )
})

/** @returns whose turn it was */
function take(line: FairLine, model: string[]): string {
  const key = line.shift()
  if (key === undefined) {
    assert.deepEqual(model, [])
    return ''
  }
  assert.equal(
    key,
    model.find((each) => groupOf(each) === groupOf(key)),
  )
  model.splice(model.indexOf(key), 1)
  return groupOf(key)
}

function groupOf(key: string): string {
  return key.includes('/') ? key.slice(0, key.indexOf('/')) : 'none'
}
