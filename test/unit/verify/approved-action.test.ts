/** What is read from claims that anybody could have written. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { approvedActionIn } from '../../../src/verify/approved-action.ts'

const names = ['action', 'namespace', 'kind', 'target', 'revision', 'digest'] as const
const text = fc.string({ minLength: 1, maxLength: 40 })

test('whatever the claims are, reading them ends in one of three answers', () => {
  const claim = fc.oneof(fc.jsonValue(), text, fc.array(text, { maxLength: 3 }))
  const element = fc.record(
    {
      type: fc.constant('countersign.dev/action'),
      actions: fc.oneof(fc.jsonValue(), fc.array(text, { maxLength: 2 })),
      identifier: fc.oneof(fc.jsonValue(), text),
      digest: fc.oneof(fc.jsonValue(), text),
      parameters: fc.jsonValue(),
    },
    { requiredKeys: ['type'] },
  )
  const details = fc.oneof(fc.jsonValue(), fc.array(element, { maxLength: 2 }))
  const claims = fc.record(
    { ...Object.fromEntries(names.map((name) => [name, claim])), authorization_details: details },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(claims, (given) => {
      const reading = approvedActionIn(given)
      if (reading.kind !== 'Approved') return
      const { action, target, revision = 'x', digest = 'x' } = reading.approved
      for (const part of [action, revision, digest, ...Object.values(target)])
        assert.ok(typeof part === 'string' && part.length > 0 && part.length <= 512)
    }),
  )
})

test('two targets have two identifiers, whatever is in their names', () => {
  const plain = fc.stringMatching(/^[a-zA-Z0-9-]{1,20}$/)
  fc.assert(
    fc.property(plain, plain, text, (namespace, kind, name) => {
      const element = {
        ...{ type: 'countersign.dev/action', actions: ['a'], digest: 'd' },
        identifier: `${namespace}/${kind}/${name}`,
      }
      const reading = approvedActionIn({ authorization_details: [element] })
      assert.ok(reading.kind === 'Approved')
      assert.deepEqual(reading.approved.target, { namespace, kind, name })
    }),
  )
})

test('a second value never goes unnoticed', () => {
  const full = Object.fromEntries(names.map((name) => [name, 'x']))
  fc.assert(
    fc.property(fc.constantFrom(...names), text, text, (name, one, other) => {
      assert.equal(approvedActionIn({ ...full, [name]: [one, other] }).kind, 'Ambiguous')
      assert.equal(approvedActionIn({ ...full, [name]: [] }).kind, 'Ambiguous')
    }),
  )
})
