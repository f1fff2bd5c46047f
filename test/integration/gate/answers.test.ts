/** The gate's answers, from the first question to the end, and what each costs the API server. */
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { eventually } from '../../support/assertions/elapsed.ts'
import { givePolicy } from '../../support/builders/gate-access.ts'
import { startGateScene, verifyPath } from '../../support/scenes/gate-scene.ts'
import type { Canary, GateScene } from '../../support/scenes/gate-scene.ts'
import { isFinal, isPending } from '../../support/clusters/question.ts'

let scene: GateScene
before(async () => {
  scene = await startGateScene()
})
afterEach(() => {
  scene.proxy.undisturb()
  scene.provider.isAnswered = true
})
after(() => scene.close())

test('a gate asks once, waits without a call, and says yes after three reads', async () => {
  scene.provider.isAnswered = false
  const canary = await scene.canary()
  const first = await canary.ask()
  assert.equal(first.gate.decision, 'pending', first.text)
  assert.equal(first.gate.request, canary.requestName)
  await scene.operator.until(canary.requestName, isPending)
  await eventually(
    async () => (await canary.ask()).gate.reason?.startsWith('AuthorizationPending') === true,
    'the gate has seen that alice is asked',
  )
  // The pass that the controller's first write has woken reads the request, since the watch has not shown the second by then;
  // one that asks for the token comes after it, and reads nothing.
  const polled = scene.provider.visits('/token').length
  await eventually(() => scene.provider.visits('/token').length > polled, 'another token request')
  const mark = scene.proxy.exchanges.length
  for (let asked = 0; asked < 20; asked++) assert.equal((await canary.ask()).gate.decision, 'pending')
  assert.deepEqual(scene.callsSince(mark), [])

  scene.provider.isAnswered = true
  await scene.operator.until(canary.requestName, isFinal)
  await eventually(async () => (await canary.ask()).gate.decision === 'approved', 'the gate says yes')
  const before = scene.proxy.exchanges.length
  const { gate } = await canary.ask()
  assert.equal(gate.decision, 'approved')
  assert.equal(gate.approver, 'alice@company.com')
  assert.deepEqual(scene.callsSince(before).toSorted(), [
    'GET analysisruns',
    'GET approvalrequests',
    'GET rollouts',
  ])
  assert.equal((await canary.ask(verifyPath)).gate.decision, 'approved')
  assert.equal(
    (await canary.request())?.spec.requester.username,
    `system:serviceaccount:${canary.namespace}:countersign-gate`,
  )
})

test('a no costs nothing either', async () => {
  const canary = await scene.canary()
  scene.provider.tokens((response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"access_denied"}')
  })
  await canary.ask()
  await scene.operator.until(canary.requestName, isFinal)
  await eventually(async () => (await canary.ask()).gate.decision === 'denied', 'the gate says no')
  const mark = scene.proxy.exchanges.length
  const { gate } = await canary.ask()
  assert.match(gate.reason ?? '', /^AccessDenied: alice@company.com denied the request/)
  assert.deepEqual(scene.callsSince(mark), [])
})

test('without a policy it waits, says why, and goes on once there is one', async () => {
  const canary = await scene.canary({ isWithoutPolicy: true })
  await canary.ask()
  await eventually(
    async () => ((await canary.ask()).gate.reason ?? '').startsWith('NoMatchingPolicy'),
    'the reason',
  )
  await eventually(
    async () =>
      (await eventsOn(canary.namespace, 'Rollout')).some(
        ({ reason, type }) => reason === 'NoMatchingPolicy' && type === 'Warning',
      ),
    'a Warning on the Rollout',
  )
  await givePolicy(scene, canary.namespace)
  await eventually(async () => (await canary.ask()).gate.decision === 'approved', 'the gate says yes')
})

test('a wait of the Rollout is part of the question, and holds it as it was asked', async () => {
  scene.provider.isAnswered = false
  const canary = await scene.canary()
  await annotate(canary, { 'countersign.dev/wait': '5m', 'countersign.dev/wait-maximum': '1h' })
  await canary.ask()
  const { spec } = await scene.operator.until(canary.requestName, isPending)
  assert.equal(spec.parameters?.wait, '5m')
  const bounds = { minimum: '0s', maximum: '1h' }
  assert.deepEqual(spec.adjustable, [{ name: 'wait', type: 'Duration', ...bounds }])

  await annotate(canary, { 'countersign.dev/wait': 'soon' })
  await eventually(
    async () => (await canary.ask()).gate.reason?.startsWith('AuthorizationPending') === true,
    'the question stands',
  )
  scene.provider.isAnswered = true
  const { status } = await scene.operator.until(canary.requestName, isFinal)
  await eventually(async () => (await canary.ask()).gate.decision === 'holding', 'the gate holds')
  const mark = scene.proxy.exchanges.length
  const { gate } = await canary.ask()
  assert.deepEqual(scene.callsSince(mark), [])
  const decidedAt = Date.parse(status?.decision?.decidedAt ?? '')
  assert.equal(Date.parse(gate.notBefore ?? ''), decidedAt + 5 * 60_000)
  assert.equal((await canary.ask(verifyPath)).gate.decision, 'holding')
})

test('a wait that cannot be is an answer, and nobody is asked', async () => {
  const canary = await scene.canary()
  await annotate(canary, { 'countersign.dev/wait-minimum': '5m' })
  const { gate } = await canary.ask()
  assert.equal(gate.decision, 'failed')
  assert.match(gate.reason ?? '', /^wait-minimum needs a wait-maximum \(/)
  assert.equal(await canary.request(), undefined)
})

test('verification creates nothing', async () => {
  const canary = await scene.canary()
  assert.equal((await canary.ask(verifyPath)).gate.decision, 'failed')
  assert.equal(await canary.request(), undefined)
})

test('faults of the API server are no answers', async () => {
  const canary = await scene.canary()
  scene.proxy.disturb(({ call }) =>
    call === 'GET rollouts' ? (response) => void response.writeHead(500).end('{}') : undefined,
  )
  const { status, text } = await canary.ask()
  assert.equal(status, 503)
  assert.match(text, /"reason":"Unavailable"/)
  assert.equal(await canary.request(), undefined)
})

async function annotate({ rollout }: Canary, annotations: Readonly<Record<string, string>>): Promise<void> {
  const { namespace = '', name } = rollout.metadata
  const held = await scene.rollouts.get({ namespace, name })
  assert.ok(held)
  const written = await scene.rollouts.replace({ ...held, metadata: { ...held.metadata, annotations } })
  assert.equal(written.kind, 'Applied')
}

type Event = { readonly type: string; readonly reason: string; readonly regarding: { readonly kind: string } }

async function eventsOn(namespace: string, kind: string): Promise<readonly Event[]> {
  const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`
  const { items } = (await scene.operator.admin.request({ method: 'GET', path })) as {
    items: readonly Event[]
  }
  return items.filter(({ regarding }) => regarding.kind === kind)
}
