/** Whoever is away for a while while a person thinks: nothing is promoted, nothing is aborted, nobody is asked twice. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { lastAnswer } from '../../support/builders/argo-objects.ts'
import type { AnalysisRun } from '../../support/builders/argo-objects.ts'
import { aCanaryAtItsGate } from '../../support/labs/gated-rollout.ts'
import type { GatedRollout } from '../../support/labs/gated-rollout.ts'
import { startRolloutsWorld } from '../../support/labs/rollouts-lab.ts'
import type { RolloutsWorld } from '../../support/labs/rollouts-lab.ts'

let world: RolloutsWorld

before(async () => {
  world = await startRolloutsWorld()
})

after(() => world.stop())

test('Countersign is restarted', async () => {
  const foo = await aCanaryAtItsGate(world)
  await world.countersign.stop()
  await world.countersign.start()
  await isApprovedOnce(foo)
})

test('Argo Rollouts is restarted', async () => {
  const foo = await aCanaryAtItsGate(world)
  await world.argo.stop()
  await world.argo.start()
  await isApprovedOnce(foo)
})

test('the gate is away', async () => {
  const foo = await aCanaryAtItsGate(world)
  await world.countersign.stop()
  await foo.run((run) => errorsOf(run) >= 2)
  const { status } = await foo.until(() => true)
  assert.equal(status?.abort ?? false, false)
  assert.equal(status?.currentStepIndex, 1)
  await world.countersign.start()
  await isApprovedOnce(foo)
})

test('the person answers while Countersign is away', async () => {
  const foo = await aCanaryAtItsGate(world)
  await world.countersign.stop()
  await world.answer(foo.asked(), 'approve')
  await world.countersign.start()
  await foo.isPromotedTo('v2')
  assert.equal(foo.requests().length, 1)
})

/** And the question is the first one still, put once. */
async function isApprovedOnce(foo: GatedRollout): Promise<void> {
  await world.answer(foo.asked(), 'approve')
  await foo.isPromotedTo('v2')
  assert.deepEqual(
    foo
      .runs()
      .map(lastAnswer)
      .map(({ decision }) => decision),
    ['approved', 'approved'],
  )
  assert.equal(foo.requests().length, 1)
  assert.equal(foo.requests()[0]?.status?.prompts?.length, 1)
}

function errorsOf({ status }: AnalysisRun): number {
  return status?.metricResults?.[0]?.error ?? 0
}
