/** Ways around the gate with the real Argo Rollouts, open and closed; and blue-green, which has other ways. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { isPromotedTo, lastAnswer } from '../../support/builders/argo-objects.ts'
import { enforce } from '../../support/scenes/gate-enforcement.ts'
import { aCanaryAtItsGate, aGatedRollout } from '../../support/labs/gated-rollout.ts'
import type { GatedRollout } from '../../support/labs/gated-rollout.ts'
import { theBlueGreen, theServices } from '../../support/builders/rollouts.ts'
import { startRolloutsWorld } from '../../support/labs/rollouts-lab.ts'
import type { RolloutsWorld } from '../../support/labs/rollouts-lab.ts'
import { briefly } from '../../support/builders/gate-manifests.ts'

let world: RolloutsWorld

before(async () => {
  world = await startRolloutsWorld()
})

after(() => world.stop())

/** What `kubectl argo rollouts` sends. */
const ways = {
  promote: (foo) =>
    foo.tryPatch('rollout/foo', { status: { pauseConditions: null, currentStepIndex: 2 } }, 'status'),
  'promote --full': (foo) => foo.tryPatch('rollout/foo', { status: { promoteFull: true } }, 'status'),
  'terminate analysisrun': async (foo) => {
    const { metadata } = await foo.run(() => true)
    return foo.tryPatch(`analysisrun/${metadata.name}`, { spec: { terminate: true } })
  },
} satisfies Readonly<Record<string, (foo: GatedRollout) => ReturnType<GatedRollout['tryPatch']>>>

suite('without the admission policy', { concurrency: 4 }, () => {
  for (const way of ['promote', 'terminate analysisrun'] as const) {
    test(`${way} ends at the verification`, async () => {
      const foo = await aCanaryAtItsGate(world)
      assert.equal((await ways[way](foo)).exitCode, 0)
      await foo.isAborted()
      const verification = await foo.run(({ status }) => status?.phase === 'Failed')
      assert.match(verification.metadata.name, /-2$/)
      assert.match(lastAnswer(verification).decision, /failed|cancelled/)
    })
  }

  test('promote --full promotes, and is told', async () => {
    const foo = await aCanaryAtItsGate(world)
    assert.equal((await ways['promote --full'](foo)).exitCode, 0)
    await foo.isPromotedTo('v2')
    const outcome = await world.requests.until(foo.namespace, ([one]) => one?.status?.outcome)
    assert.equal(outcome, 'Withdrawn')
    await world.events.until(foo.namespace, (events) =>
      events.find(({ reason, regarding }) => reason === 'GateBypassed' && regarding.kind === 'Rollout'),
    )
  })
})

suite('with the admission policy', { concurrency: 4 }, () => {
  before(() => enforce(world.kubeconfig))

  for (const [way, attempt] of Object.entries(ways)) {
    test(`${way} is refused, and the question stands`, async () => {
      const foo = await aCanaryAtItsGate(world, enforced)
      const { exitCode, errors } = await attempt(foo)
      assert.notEqual(exitCode, 0)
      assert.match(errors, /ValidatingAdmissionPolicy 'countersign-gate-/)
      await world.answer(foo.asked(), 'approve')
      await foo.isPromotedTo('v2')
    })
  }

  test('an abort and a retry are not', async () => {
    const foo = await aCanaryAtItsGate(world, { ...enforced, ...briefly })
    await foo.patchStatus({ abort: true })
    await foo.isAborted()
    await foo.patchStatus({ abort: false })
    await foo.answer('approve')
    await foo.isPromotedTo('v2')
  })
})

suite('blue-green', { concurrency: 4 }, () => {
  test('switches by a yes', async () => {
    const bar = await aBlueGreen()
    await bar.release('v2')
    const question = await bar.question()
    const { status } = await bar.until(
      ({ status }) => status?.blueGreen?.previewSelector === status?.currentPodHash,
    )
    assert.notEqual(status?.blueGreen?.activeSelector, status?.currentPodHash)
    await world.answer(question, 'approve')
    await bar.isPromotedTo('v2')
  })

  test('keeps the old one by a no', async () => {
    const bar = await aBlueGreen()
    await bar.release('v2')
    await bar.answer('deny')
    const { status } = await bar.isAborted()
    assert.equal(status?.blueGreen?.activeSelector, status?.stableRS)
    assert.notEqual(status?.stableRS, status?.currentPodHash)
  })

  test('shows a missed deadline while it waits, and switches nevertheless', async () => {
    const bar = await aBlueGreen({ progressDeadlineSeconds: 5 })
    await bar.release('v2')
    const question = await bar.question()
    const late = await bar.until(({ status }) => status?.phase === 'Degraded')
    assert.match(late.status?.message ?? '', /ProgressDeadlineExceeded/)
    assert.equal(isPromotedTo('v2')(late), false)
    await world.answer(question, 'approve')
    await bar.isPromotedTo('v2')
  })
})

const enforced = { 'countersign.dev/gate': 'enforced' }

function aBlueGreen(spec: object = {}): Promise<GatedRollout> {
  const bar = theBlueGreen('bar')
  return aGatedRollout(world, [...theServices(), { ...bar, spec: { ...bar.spec, ...spec } }])
}
