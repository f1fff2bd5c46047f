/** Yes, but wait longer: an approved Rollout is held as long as the approver wants, with the real Argo Rollouts. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { isPaused, lastAnswer } from '../../support/builders/argo-objects.ts'
import { aGatedRollout } from '../../support/labs/gated-rollout.ts'
import type { GatedRollout } from '../../support/labs/gated-rollout.ts'
import { withField } from '../../support/builders/manifests.ts'
import type { Manifest } from '../../support/builders/manifests.ts'
import { aStep, theBlueGreen, theCanary, theServices, withSteps } from '../../support/builders/rollouts.ts'
import { startRolloutsWorld } from '../../support/labs/rollouts-lab.ts'
import type { RolloutsWorld } from '../../support/labs/rollouts-lab.ts'

let world: RolloutsWorld

before(async () => {
  world = await startRolloutsWorld()
})

after(() => world.stop())

suite('a Rollout whose approver may let it wait', { concurrency: 4 }, () => {
  test('is held until then, and promoted after it', async () => {
    const foo = await aGatedRollout(world, [annotated(theCanary('foo'), { 'wait-maximum': '1h' })])
    await foo.release('v2')
    const { spec } = await foo.answer('approve', { wait: '10s' })
    assert.equal(spec.parameters?.wait, '0s')
    const notBefore = await heldUntil(foo)
    assert.equal((await foo.until(() => true)).status?.currentStepIndex, 1)
    const status = foo.requests()[0]?.status
    assert.equal(status?.conditions?.[0]?.reason, 'ApprovedWithChanges')
    assert.equal(status.decision?.parameters?.wait, '10s')
    assert.equal(notBefore, Date.parse(status.decision.decidedAt) + 10_000)

    await foo.isPromotedTo('v2')
    const [gate] = foo.runs()
    assert.ok(Date.parse(gate?.status?.completedAt ?? '') >= notBefore, 'it was held until then')
    assert.deepEqual(
      foo.runs().map((run) => lastAnswer(run).decision),
      ['approved', 'approved'],
    )
  })

  test('waits as it is asked where nothing is changed, in blue-green too', async () => {
    const { analysis } = aStep('human-approval', 'promote', { wait: '6s' })
    const waiting = withField(theBlueGreen('bar'), 'spec.strategy.blueGreen.prePromotionAnalysis', analysis)
    const bar = await aGatedRollout(world, [...theServices(), waiting])
    await bar.release('v2')
    await bar.answer('approve')
    const notBefore = await heldUntil(bar)
    const { status } = await bar.until(() => true)
    assert.equal(status?.blueGreen?.activeSelector, status?.stableRS)
    assert.notEqual(status?.stableRS, status?.currentPodHash)
    await bar.isPromotedTo('v2')
    assert.ok(Date.parse(bar.runs()[0]?.status?.completedAt ?? '') >= notBefore)
  })

  test('pauses when its time is used up first, and asks anew when it is resumed', async () => {
    const patient = withSteps(theCanary('foo'), [aStep('human-approval-or-pause'), { setWeight: 100 }])
    const foo = await aGatedRollout(world, [annotated(patient, { 'wait-maximum': '1h' })])
    await foo.release('v2')
    // All that the run has room for, of which the question has taken a part.
    const first = await foo.answer('approve', { wait: '19s' })
    assert.equal(first.spec.adjustable?.[0]?.maximum, '19s')
    const { status } = await foo.until(isPaused)
    assert.equal(status?.currentStepIndex, 0)
    const run = await foo.run(({ status }) => status?.phase === 'Inconclusive')
    assert.equal(lastAnswer(run).decision, 'holding')
    assert.match(lastAnswer(run).reason, /^WaitTooLong: /)
    await foo.patchStatus({ pauseConditions: null })
    const second = await foo.answer('approve')
    assert.notEqual(second.metadata.name, first.metadata.name)
    await foo.isPromotedTo('v2')
  })

  test('does not go on before when its gate is skipped, and that is told', async () => {
    const foo = await aGatedRollout(world, [annotated(theCanary('foo'), { 'wait-maximum': '1h' })])
    await foo.release('v2')
    await foo.answer('approve', { wait: '10m' })
    await heldUntil(foo)
    await foo.patchStatus({ pauseConditions: null, currentStepIndex: 2 })
    const { note } = await world.events.until(foo.namespace, (events) =>
      events.find(({ reason, regarding }) => reason === 'GateBypassed' && regarding.kind === 'Rollout'),
    )
    assert.match(note ?? '', /was passed by AnalysisRun foo-.* too early: .* with a wait until /)
    await foo.until(isPaused)
    const verification = await foo.run(({ status }) => status?.phase === 'Inconclusive')
    assert.equal(lastAnswer(verification).decision, 'holding')
  })

  test('is aborted when its bounds cannot be, and nobody is asked', async () => {
    const impossible = { wait: '5m', 'wait-maximum': '1m' }
    const foo = await aGatedRollout(world, [annotated(theCanary('foo'), impossible)])
    await foo.release('v2')
    await foo.isAborted()
    const { decision, reason } = lastAnswer(await foo.run(({ status }) => status?.phase === 'Failed'))
    assert.equal(decision, 'failed')
    assert.match(reason, /^wait must lie between wait-minimum and wait-maximum/)
    assert.equal(foo.requests().length, 0)
  })
})

function annotated(rollout: Manifest, settings: Readonly<Record<string, string>>): Manifest {
  const annotations = Object.entries(settings).map(([name, value]) => [`countersign.dev/${name}`, value])
  return withField(rollout, 'metadata.annotations', Object.fromEntries(annotations))
}

/** In milliseconds, once the gate says so. */
async function heldUntil(rollout: GatedRollout): Promise<number> {
  const run = await rollout.run((candidate) => lastAnswer(candidate).decision === 'holding')
  return Date.parse(lastAnswer(run).notBefore ?? '')
}
