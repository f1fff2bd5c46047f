/** Callers and neighbours that want a yes which nobody has given. */
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { after, before, test } from 'node:test'
import { eventually } from '../../support/assertions/elapsed.ts'
import { startGateScene, gatePath } from '../../support/scenes/gate-scene.ts'
import type { Canary, GateScene } from '../../support/scenes/gate-scene.ts'
import { scrapedText } from '../../support/assertions/operations.ts'
import { isFinal, isPending } from '../../support/clusters/question.ts'
import { createAccount, requestToken, tokenInSecret } from '../../support/builders/service-account-tokens.ts'

let scene: GateScene
let approved: Canary
let body: object
before(async () => {
  scene = await startGateScene()
  approved = await scene.canary()
  body = { rollout: approved.rollout.metadata.name, gate: 'promote' }
  await approved.ask()
  await scene.operator.until(approved.requestName, isFinal)
  await eventually(async () => (await approved.ask()).gate.decision === 'approved', 'an approved gate')
})
after(() => scene.close())

const jwt = (claims: object): string =>
  ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')
const subject = 'system:serviceaccount:demo:gate'

for (const [name, token] of [
  ['no JWT', 'abc'],
  ['a JWT of a foreign issuer', jwt({ iss: 'https://evil.example.com', sub: subject })],
  ['a JWT of a person', jwt({ iss: 'https://kubernetes.default.svc', sub: 'jane' })],
  ['an expired JWT', jwt({ iss: 'https://kubernetes.default.svc', sub: subject, exp: 1 })],
] as const)
  test(`${name} is refused without a call`, async () => {
    const mark = scene.proxy.exchanges.length
    const { status, text, headers } = await scene.call({ token, body })
    assert.equal(status, 401)
    assert.match(text, /"reason":"Unauthorized"/)
    assert.equal(headers.get('www-authenticate'), 'Bearer')
    assert.deepEqual(scene.callsSince(mark), [])
  })

test('a forged JWT of this issuer is refused by TokenReview, and not reviewed again at once', async () => {
  const token = jwt({ iss: 'https://kubernetes.default.svc', aud: ['countersign-gate'], sub: subject })
  const mark = scene.proxy.exchanges.length
  for (let asked = 0; asked < 5; asked++) assert.equal((await scene.call({ token, body })).status, 401)
  assert.deepEqual(scene.callsSince(mark), ['POST tokenreviews'])
})

test('a token for another audience is refused', async () => {
  const token = await requestToken(scene.operator.admin, approved.account, {})
  assert.equal((await scene.call({ token, body })).status, 401)
})

test('a token that lives in a Secret is taken', async () => {
  const token = await tokenInSecret(scene.operator.admin, scene.controlPlane, approved.account)
  const mark = scene.proxy.exchanges.length
  const { gate, text } = await scene.call({ token, body })
  assert.equal(gate.decision, 'approved', text)
  const reviews = ['POST tokenreviews', 'POST tokenreviews', 'POST subjectaccessreviews']
  assert.deepEqual(scene.callsSince(mark).slice(0, 3), reviews)
})

test('a ServiceAccount without the right is told which one it lacks', async () => {
  const account = await createAccount(scene.operator.admin, approved.namespace, 'nobody')
  const token = await requestToken(scene.operator.admin, account)
  const { status, text } = await scene.call({ token, body })
  assert.equal(status, 403)
  assert.match(text, /create on approvalrequests\/gate in namespace g-/)
})

test('a ServiceAccount asks about its own namespace only', async () => {
  const other = await scene.canary()
  await scene.rollouts.delete({ namespace: other.namespace, name: 'foo-v2' }, uidOf(other.rollout))
  await eventually(async () => (await other.ask()).gate.decision === 'failed', 'no Rollout of this name')
  assert.match((await other.ask()).gate.reason ?? '', /there is no Rollout foo-v2 in this namespace/)
})

test('a caller that asks about what is not there is read for so often, and then told to wait; others go on', async () => {
  const loud = await scene.canary()
  const nothing = { rollout: 'nothing', gate: 'promote' }
  const [mark, startedAt] = [scene.proxy.exchanges.length, performance.now()]
  const answers: Awaited<ReturnType<GateScene['call']>>[] = []
  for (let round = 0; round < 16; round += 1)
    answers.push(
      ...(await Promise.all(
        Array.from({ length: 32 }, () => scene.call({ token: loud.token, body: nothing })),
      )),
    )
  const seconds = (performance.now() - startedAt) / 1000
  const reads = scene.callsSince(mark).filter((call) => call === 'GET rollouts').length
  assert.ok(reads >= 200 && reads <= 200 + 20 * seconds + 1, `${reads} reads in ${seconds} s`)
  const refused = answers.find(({ status }) => status === 429)
  assert.match(
    refused?.text ?? '',
    /"reason":"TooMany","message":"[^"]* asks too often for what has to be read/,
  )
  assert.equal(refused?.headers.get('retry-after'), '1')
  assert.equal((await approved.ask()).gate.decision, 'approved')
})

test('a request of the right name that someone else made is not adopted', async () => {
  const canary = await scene.canary()
  const { admin } = scene.operator
  const spec = (await approved.request())?.spec
  const planted = { ...spec, requester: { username: 'admin' }, parameters: parametersOf(canary) }
  const path = `/apis/countersign.dev/v1alpha1/namespaces/${canary.namespace}/approvalrequests`
  const metadata = { name: canary.requestName }
  const object = { apiVersion: 'countersign.dev/v1alpha1', kind: 'ApprovalRequest', metadata, spec: planted }
  await admin.request({ method: 'POST', path, body: object })
  const { status } = await scene.operator.until(canary.requestName, isFinal)
  assert.equal(status?.outcome, 'Approved')
  const { gate } = await canary.ask()
  assert.equal(gate.decision, 'failed')
  assert.match(gate.reason ?? '', /asks something else \(spec\.requester\)/)
})

test('a decision that was copied from another request into a forged status is not believed', async () => {
  scene.provider.isAnswered = false
  const canary = await scene.canary()
  await canary.ask()
  await scene.operator.until(canary.requestName, isPending)
  await letForge()
  const decision = (await approved.request())?.status?.decision
  const held = await canary.request()
  assert.ok(held !== undefined && decision !== undefined)
  const forged = {
    ...held.status,
    outcome: 'Approved' as const,
    decision,
    validUntil: '2100-01-01T00:00:00Z',
  }
  assert.equal((await scene.operator.requests.replaceStatus({ ...held, status: forged })).kind, 'Applied')
  await eventually(async () => (await canary.ask()).gate.decision === 'failed', 'the copy is seen through')
  assert.match((await canary.ask()).gate.reason ?? '', /does not carry the operator's seal/)
  scene.provider.isAnswered = true
})

test('a run that only claims to be of the Rollout asks nothing', async () => {
  const canary = await scene.canary()
  const held = await scene.runs.get({ namespace: canary.namespace, name: canary.run.metadata.name })
  assert.ok(held !== undefined)
  const [owner] = held.metadata.ownerReferences ?? []
  assert.ok(owner !== undefined)
  const ownerReferences = [{ ...owner, uid: 'forged' }]
  await scene.runs.replace({ ...held, metadata: { ...held.metadata, ownerReferences } })
  await eventually(
    async () =>
      ((await canary.ask()).gate.reason ?? '').includes('belongs to another object, Rollout foo-v2'),
    'a run that blocks nothing',
  )
  assert.equal(await canary.request(), undefined)
})

for (const [name, asked, status, reason] of [
  ['another path', { path: '/v1/gates/flagger' }, 404, 'NotFound'],
  ['a path below', { path: `${gatePath}/approve` }, 404, 'NotFound'],
  ['another method', { method: 'GET' }, 405, 'MethodNotAllowed'],
  ['another type', { headers: { 'content-type': 'text/plain' } }, 415, 'UnsupportedMediaType'],
  ['no JSON', { body: 'rollout=foo-v2' }, 400, 'BadRequest'],
  ['no Rollout', { body: { gate: 'promote' } }, 400, 'BadRequest'],
  ['a name that cannot be one', { body: { rollout: '../foo', gate: 'promote' } }, 400, 'BadRequest'],
  ['a gate that is no text', { body: { rollout: 'foo-v2', gate: ['promote'] } }, 400, 'BadRequest'],
  ['too much', { body: { rollout: 'a'.repeat(5000) } }, 413, 'TooLarge'],
  ['far too much', { body: { rollout: 'a'.repeat(70_000) } }, 413, 'TooLarge'],
  ['far too much at another path', { path: '/', body: { rollout: 'a'.repeat(70_000) } }, 413, 'TooLarge'],
] as const)
  test(`${name} is ${status} in JSON, and counted`, async () => {
    const before = await answersSaying(reason)
    const answered = await scene.call({ token: approved.token, body, ...asked })
    assert.equal(answered.status, status)
    assert.match(answered.headers.get('content-type') ?? '', /^application\/json/)
    assert.equal(answered.headers.get('cache-control'), 'no-store')
    const { error } = JSON.parse(answered.text) as { error: { reason: string } }
    assert.equal(error.reason, reason)
    assert.equal(await answersSaying(reason, before + 1), before + 1)
  })

/**
 * How often the gate has said it so far. Whoever scrapes more often than four times a second reads an older text.
 *
 * @param atLeast what is waited for, a few seconds at most
 */
async function answersSaying(reason: string, atLeast = 0): Promise<number> {
  const line = `countersign_gate_answers_total{answer="${reason}"} `
  for (let scrapes = 1; ; scrapes += 1) {
    const metrics = await scrapedText(scene.operator.log())
    const said = Number(metrics.split(line)[1]?.split('\n')[0] ?? 0)
    if (said >= atLeast || scrapes === 20) return said
    await setTimeout(250)
  }
}

/** As if the admission policy were not there. */
async function letForge(): Promise<void> {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/countersign-status'
  await scene.operator.admin.request({ method: 'DELETE', path })
  await eventually(async () => {
    const held = await approved.request()
    if (held === undefined) return false
    const written = await scene.operator.requests.replaceStatus(held).catch(() => undefined)
    return written?.kind === 'Applied'
  }, 'status can be written by anyone')
}

function parametersOf({ rollout, run }: Canary): object {
  return {
    gate: 'promote',
    analysisRun: run.metadata.name,
    analysisRunUID: run.metadata.uid,
    rolloutUID: rollout.metadata.uid,
  }
}

function uidOf({ metadata }: Canary['rollout']): { readonly uid: string } {
  return { uid: metadata.uid ?? '' }
}
