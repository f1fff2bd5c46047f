/** Where an analysis holds a Rollout, and where it would ask a person for nothing; with the real Argo Rollouts. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { lastAnswer } from '../../support/builders/argo-objects.ts'
import { aCanaryAtItsGate, aGatedRollout } from '../../support/labs/gated-rollout.ts'
import type { GatedRollout } from '../../support/labs/gated-rollout.ts'
import { briefly } from '../../support/builders/gate-manifests.ts'
import { withField } from '../../support/builders/manifests.ts'
import type { Manifest } from '../../support/builders/manifests.ts'
import { aStep, theCanary, withSteps } from '../../support/builders/rollouts.ts'
import { startRolloutsWorld } from '../../support/labs/rollouts-lab.ts'
import type { RolloutsWorld } from '../../support/labs/rollouts-lab.ts'

let world: RolloutsWorld

before(async () => {
  world = await startRolloutsWorld()
})

after(() => world.stop())

suite('an analysis that blocks nothing asks nobody', { concurrency: 4 }, () => {
  const { analysis } = aStep('human-approval')

  test('in the background', async () => {
    const canary = withSteps(theCanary('foo'), [{ setWeight: 25 }, { pause: { duration: '5m' } }])
    const foo = await aGatedRollout(world, [withField(canary, 'spec.strategy.canary.analysis', analysis)])
    await foo.release('v2')
    await foo.isAborted()
    await isToldToBecomeAStep(foo, /in the background of Rollout foo: /)
  })

  test('as a dry run', async () => {
    const dry = { analysis: { ...analysis, dryRun: [{ metricName: 'approval' }] } }
    const foo = await aGatedRollout(world, [
      withSteps(theCanary('foo'), [dry, { pause: { duration: '5m' } }]),
    ])
    await foo.release('v2')
    await foo.until(({ status }) => status?.currentStepIndex === 1)
    await isToldToBecomeAStep(foo, /is a dry run in AnalysisRun foo-/)
  })

  test('in an Experiment', async () => {
    const asking = { name: 'gate', templateName: 'human-approval', clusterScope: true }
    const analyses = [{ ...asking, requiredForCompletion: true, args: [{ name: 'rollout', value: 'foo' }] }]
    const experiment = { templates: [{ name: 'new', specRef: 'canary' }], analyses }
    const foo = await aGatedRollout(world, [withSteps(theCanary('foo'), [{ experiment }])])
    await foo.release('v2')
    await foo.isAborted()
    await isToldToBecomeAStep(foo, /another object, Experiment foo-/)
  })

  test('as an AnalysisRun of its own', async () => {
    const foo = await aGatedRollout(world, [theCanary('foo')])
    await world.kubectl(['create', '--filename=-'], [await anOwnRun(foo.namespace)])
    await isToldToBecomeAStep(foo, /AnalysisRun mine belongs to nobody/)
  })
})

suite('a Rollout that keeps no runs', { concurrency: 4 }, () => {
  const keepsNone = (): Manifest =>
    withField(theCanary('foo'), 'spec.analysis', {
      successfulRunHistoryLimit: 0,
      unsuccessfulRunHistoryLimit: 0,
    })

  test('is promoted by a yes, although the run that asked is gone when that is verified', async () => {
    const foo = await aGatedRollout(world, [keepsNone()])
    await foo.release('v2')
    await foo.answer('approve')
    await foo.isPromotedTo('v2')
  })

  test('is promoted by a yes after a no', async () => {
    const foo = await aGatedRollout(world, [keepsNone()])
    await foo.release('v2')
    await foo.answer('deny')
    await foo.isAborted()
    await foo.patchStatus({ abort: false })
    await foo.answer('approve')
    await foo.isPromotedTo('v2')
  })

  test('is aborted when its run is ended by hand, and the request is withdrawn', async () => {
    const foo = await aGatedRollout(world, [keepsNone()])
    await foo.release('v2')
    const { metadata } = await foo.question()
    const run = await foo.run(() => true)
    await foo.tryPatch(`analysisrun/${run.metadata.name}`, { spec: { terminate: true } })
    await foo.isAborted()
    const { status } = await world.requests.until(foo.namespace, (requests) =>
      requests.find((one) => one.metadata.name === metadata.name && one.status?.outcome !== undefined),
    )
    assert.equal(status?.outcome, 'Withdrawn')
  })
})

test('a run that somebody deletes is followed by another question once the old prompt expires', async () => {
  const foo = await aCanaryAtItsGate(world, briefly)
  const first = foo.asked()
  const run = await foo.run(() => true)
  await world.kubectl(['delete', `analysisrun/${run.metadata.name}`, `--namespace=${foo.namespace}`])
  const second = await foo.answer('approve')
  assert.notEqual(second.metadata.name, first.metadata.name)
  await foo.isPromotedTo('v2')
})

async function isToldToBecomeAStep(foo: GatedRollout, which: RegExp): Promise<void> {
  const { reason } = lastAnswer(await foo.run((run) => lastAnswer(run).decision === 'failed'))
  assert.match(reason, which)
  assert.match(reason, /this analysis blocks nothing; /)
  assert.equal(foo.requests().length, 0)
}

/** As somebody would create it, from the template. */
async function anOwnRun(namespace: string): Promise<object> {
  const template = JSON.parse(
    await world.kubectl(['get', 'clusteranalysistemplate/human-approval', '--output=json']),
  ) as { readonly spec: { readonly args: readonly { readonly name: string }[] } }
  const args = template.spec.args.map((one) => (one.name === 'rollout' ? { ...one, value: 'foo' } : one))
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: 'mine', namespace },
    spec: { ...template.spec, args },
  }
}
