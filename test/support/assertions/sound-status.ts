/** What must hold of every status that is ever written, whatever the test is about. */
import assert from 'node:assert/strict'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { reasons } from '../../../src/api/reasons.ts'

const terminal = ['Approved', 'Denied', 'Expired', 'Withdrawn', 'Failed']

/** @param secret what must not be read anywhere in it */
export function assertSoundStatus(
  { status = {}, metadata }: ApprovalRequest,
  secret: readonly string[],
): void {
  const { conditions = [], outcome } = status
  const [complete, ...others] = conditions.filter(({ type }) => type === 'Complete')
  assert.ok(complete !== undefined && others.length === 0, 'Complete is said once')
  assert.equal(complete.status, outcome === undefined ? 'False' : 'True')
  const outcomes = conditions.filter(({ type, status: said }) => terminal.includes(type) && said === 'True')
  assert.deepEqual(
    outcomes.map(({ type }) => type),
    outcome === undefined ? [] : [outcome],
  )
  for (const { reason, message, observedGeneration } of conditions) {
    const row = Object.entries(reasons).find(([name]) => name === reason)?.[1]
    assert.notEqual(row?.stands, outcome === undefined ? 'Final' : 'Waiting', reason)
    assert.ok(message !== '' && message.length <= 1024)
    assert.equal(observedGeneration, metadata.generation)
  }
  const text = JSON.stringify(status)
  assert.deepEqual(
    secret.filter((word) => text.includes(word)),
    [],
    'the status holds secret material',
  )
}

/** `before` is what was there: what is final, and what was fixed by W1, stays. */
export function assertNothingTakenBack(before: ApprovalRequest, after: ApprovalRequest): void {
  for (const field of ['outcome', 'decision', 'effective'] as const)
    if (before.status?.[field] !== undefined)
      assert.deepEqual(after.status?.[field], before.status[field], `status.${field} was changed`)
}
