import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { createSlotHolders } from '../../../../src/controllers/approval-request/slot-holders.ts'
import { heldSlotsOf } from '../../../../src/core/approval/slots.ts'
import { anApprovalRequest, theTerms } from '../../../support/builders.ts'
import { holdersAmong } from '../../../support/surroundings.ts'

const request = anApprovalRequest().pending()
const asking = (...hints: readonly string[]): ApprovalRequest => {
  const approvers = hints.map((hint) => ({ name: hint, hint, claim: 'sub', expected: hint }))
  return request.having({ effective: theTerms({ approvers }) })
}
const states = [
  anApprovalRequest(),
  ...[request, request.by('bob'), asking('alice', 'bob'), asking('bob'), asking()],
  request.having({ effective: theTerms({ issuer: 'https://elsewhere.example' }) }),
  anApprovalRequest().finished('Approved'),
]
const slots = [...new Set(states.flatMap(heldSlotsOf))]

test('a slot is held by those requests, as they are now, that are before its approver', () => {
  const uid = fc.constantFrom('uid-1', 'uid-2', 'uid-3')
  const change = fc.record({ uid, state: fc.option(fc.constantFrom(...states), { nil: undefined }) })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const [holders, model] = [createSlotHolders(), new Map<string, ApprovalRequest>()]
      for (const { uid, state } of changes) {
        if (state === undefined) holders.remove(uid)
        else holders.put(uid, state)
        model.delete(uid)
        if (state !== undefined) model.set(uid, state)
        for (const slot of slots)
          assert.deepEqual(new Set(holders.of(slot)), new Set(holdersAmong([...model.values()], slot)))
      }
    }),
  )
})

test('a slot says who asks whom where', () => {
  assert.equal(slots.length, 4)
})
