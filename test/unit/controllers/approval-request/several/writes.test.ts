/** Any one write of status fails, loses its answer or meets somebody else's: nobody is asked twice, and both approvals count. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest } from '../../../../support/builders/builders.ts'
import {
  beforeStatusWrite,
  fail,
  loseAnswerOfStatusWrite,
} from '../../../../support/worlds/failing-writes.ts'
import { invalidGrant } from '../../../../support/worlds/granting.ts'
import { aStage, approvalOf, aWorldOf } from '../../../../support/worlds/several-world.ts'
import type { SeveralWorld } from '../../../../support/worlds/several-world.ts'

const both = [aStage('release', ['alice', 'bob'], { required: 2 })]

const faults: Readonly<Record<string, (world: SeveralWorld, nth: number) => void>> = {
  'is lost': (world, nth) => {
    beforeStatusWrite(world, nth, fail)
  },
  'loses its answer': loseAnswerOfStatusWrite,
  'meets another writer’s': (world, nth) => {
    beforeStatusWrite(world, nth, () => {
      world.requests.put(world.request())
    })
  },
}

for (const [what, happens] of Object.entries(faults))
  for (const nth of [1, 2, 3, 4, 5])
    test(`write ${nth} of five ${what}`, async () => {
      const world = aWorldOf(both, anApprovalRequest().wantingToken())
      happens(world, nth)
      const given: string[] = []
      for (const hint of ['alice', 'bob'])
        world.answer(hint, () => {
          if (given.includes(hint)) return invalidGrant
          given.push(hint)
          return approvalOf(hint)
        })
      for (let looks = 0; looks < 20; looks += 1) {
        await world.settle().catch((error: unknown) => {
          assert.match(String(error), /the API server did not answer/)
        })
        world.clock.advance(5)
      }
      assert.equal(world.said(), 'Approved')
      assert.deepEqual(world.asked(), ['alice', 'bob'])
      assert.equal(world.request().status?.decision?.approvers.length, 2)
    })
