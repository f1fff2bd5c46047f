/** A question that nobody waits for is taken back, and a gate that was bypassed is told of. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '../../support/assertions/elapsed.ts'
import { startGateScene } from '../../support/scenes/gate-scene.ts'
import type { Canary, GateScene } from '../../support/scenes/gate-scene.ts'
import { isFinal, isPending } from '../../support/clusters/question.ts'

let scene: GateScene
before(async () => {
  scene = await startGateScene()
  scene.provider.isAnswered = false
})
after(() => scene.close())

async function asked(): Promise<Canary> {
  const canary = await scene.canary()
  await canary.ask()
  await scene.operator.until(canary.requestName, isPending)
  return canary
}

type Change = (canary: Canary) => Promise<unknown>

const rows: readonly (readonly [string, Change, string])[] = [
  ['is aborted', ({ setStatus }) => setStatus({ abort: true }), 'Withdrawn'],
  ['moves on to another revision', ({ setStatus }) => setStatus({ currentPodHash: 'new' }), 'Superseded'],
  ['is deleted', ({ rollout }) => scene.rollouts.delete(keyOf(rollout), uidOf(rollout)), 'Withdrawn'],
  ['loses its run', ({ run }) => scene.runs.delete(keyOf(run), uidOf(run)), 'Withdrawn'],
  ['has used up the count', ({ setRun }) => setRun({ phase: 'Inconclusive' }), 'Withdrawn'],
  ['is promoted in full', ({ setStatus }) => setStatus({ promoteFull: true }), 'GateBypassed'],
  ['skips the step', ({ setStatus }) => setStatus({ currentStepIndex: 3 }), 'GateBypassed'],
  ['has its run terminated', ({ setRun }) => setRun({ phase: 'Successful' }), 'GateBypassed'],
]

for (const [name, change, want] of rows)
  test(`the question of a Rollout that ${name} ends in ${want}, and a late answer changes nothing`, async () => {
    const canary = await asked()
    await change(canary)
    const { status } = await scene.operator.until(canary.requestName, isFinal)
    assert.equal(status?.outcome, 'Withdrawn')
    assert.equal(status.conditions?.[0]?.reason, want)
    scene.provider.isAnswered = true
    assert.notEqual((await canary.ask()).gate.decision, 'approved')
    assert.equal((await canary.request())?.status?.outcome, 'Withdrawn')
    scene.provider.isAnswered = false
  })

test('a gate that was passed without an approval is told of on the Rollout and counted', async () => {
  const canary = await asked()
  await canary.setStatus({ currentStepIndex: 3 })
  await canary.setRun({ phase: 'Successful' })
  await eventually(async () => (await reasonsOn(canary, 'Rollout')).includes('GateBypassed'), 'an Event')
  await eventually(
    async () => (await reasonsOn(canary, 'ApprovalRequest')).includes('GateBypassed'),
    'an Event',
  )
  await eventually(() => scene.operator.log().includes('"msg":"gate bypassed"'), 'a line')
})

test('a gate that was passed with an approval is nothing to tell of', async () => {
  scene.provider.isAnswered = true
  const canary = await asked()
  await scene.operator.until(canary.requestName, isFinal)
  const marked = await asked()
  await canary.setRun({ phase: 'Successful' })
  await canary.setStatus({ currentStepIndex: 3 })
  // What happens to another Rollout later has been told of.
  await marked.setRun({ phase: 'Successful' })
  await marked.setStatus({ currentStepIndex: 3 })
  await scene.operator.until(marked.requestName, isFinal)
  assert.equal((await reasonsOn(canary, 'Rollout')).includes('GateBypassed'), false)
  scene.provider.isAnswered = false
})

async function reasonsOn({ namespace }: Canary, kind: string): Promise<readonly string[]> {
  const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`
  const list = await scene.operator.admin.request({ method: 'GET', path })
  const { items } = list as { items: readonly { reason: string; regarding: { kind: string } }[] }
  return items.filter(({ regarding }) => regarding.kind === kind).map(({ reason }) => reason)
}

type Named = Canary['rollout'] | Canary['run']

function keyOf({ metadata: { namespace = '', name } }: Named): { namespace: string; name: string } {
  return { namespace, name }
}

function uidOf({ metadata }: Named): { readonly uid: string } {
  return { uid: metadata.uid ?? '' }
}
