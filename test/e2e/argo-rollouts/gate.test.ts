/** The gate with the real Argo Rollouts: what a person answers is what becomes of the Rollout. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { isPaused, lastAnswer, measurementsOf } from '../../support/builders/argo-objects.ts'
import { aGatedRollout } from '../../support/labs/gated-rollout.ts'
import { briefly } from '../../support/builders/gate-manifests.ts'
import { aStep, theCanary, withSteps } from '../../support/builders/rollouts.ts'
import { startRolloutsWorld } from '../../support/labs/rollouts-lab.ts'
import type { RolloutsWorld } from '../../support/labs/rollouts-lab.ts'

let world: RolloutsWorld

before(async () => {
  world = await startRolloutsWorld()
})

after(() => world.stop())

suite('a canary', { concurrency: 6 }, () => {
  test('is promoted by a yes', async (context) => {
    const foo = await aGatedRollout(world, [theCanary('foo')])
    await foo.release('v2')
    const { spec } = await foo.answer('approve')
    const approvedAt = performance.now()
    await foo.until(({ status }) => (status?.currentStepIndex ?? 0) > 1)
    const seconds = ((performance.now() - approvedAt) / 1000).toFixed(1)
    context.diagnostic(
      `from Approve to the next step ${seconds} s, at 1 s between polls of gate and provider`,
    )
    const { status } = await foo.isPromotedTo('v2')
    assert.deepEqual(
      { action: spec.action, requester: spec.requester.username, target: spec.target },
      {
        action: 'promote-rollout',
        requester: `system:serviceaccount:${foo.namespace}:countersign-gate`,
        target: {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          name: 'foo',
          revision: status?.stableRS,
        },
      },
    )
    // The gate, and its verification.
    const answers = foo.runs().map(lastAnswer)
    assert.deepEqual(
      answers.map(({ decision }) => decision),
      ['approved', 'approved'],
    )
    assert.equal(answers[0]?.approver, 'alice@company.com')
  })

  test('tells the approver all that changes', async () => {
    const foo = await aGatedRollout(world, [theCanary('foo')])
    const container = '/spec/template/spec/containers/0'
    const change = [
      { op: 'replace', path: `${container}/image`, value: 'web:v2' },
      { op: 'add', path: `${container}/env`, value: [{ name: 'PASSWORD', value: 'hunter2' }] },
      { op: 'add', path: '/spec/template/spec/enableServiceLinks', value: false },
    ]
    const patch = ['--type=json', `--patch=${JSON.stringify(change)}`]
    await world.kubectl(['patch', 'rollout/foo', `--namespace=${foo.namespace}`, ...patch])
    const { status } = await foo.question()
    const facts = Object.fromEntries(status?.computed?.map(({ name, value }) => [name, value]) ?? [])
    assert.match(facts['Pod template'] ?? '', /^\d+ differences, each named here$/)
    assert.match(facts.image ?? '', /:v1 → web:v2$/)
    assert.match(facts['container foo'] ?? '', /^env PASSWORD added \(a value\)/)
    assert.match(facts.Pod ?? '', /enableServiceLinks (added \(false\)|true → false)/)
    assert.doesNotMatch(JSON.stringify(status), /hunter2/)
  })

  test('is aborted by a no, and the run says why', async () => {
    const foo = await aGatedRollout(world, [theCanary('foo')])
    await foo.release('v2')
    await foo.answer('deny')
    const { status } = await foo.isAborted()
    assert.notEqual(status?.stableRS, status?.currentPodHash)
    const answer = lastAnswer(await foo.run(({ status }) => status?.phase === 'Failed'))
    assert.equal(answer.decision, 'denied')
    assert.match(answer.reason, /^AccessDenied: /)
  })

  test('is aborted when nobody answers', async () => {
    const foo = await aGatedRollout(world, [theCanary('foo')], briefly)
    await foo.release('v2')
    await foo.isAborted()
    assert.equal(lastAnswer(await foo.run(({ status }) => status?.phase === 'Failed')).decision, 'expired')
  })

  test('pauses when nobody answers, if it wants that, and asks anew when it is resumed', async () => {
    const patient = withSteps(theCanary('foo'), [aStep('human-approval-or-pause'), { setWeight: 100 }])
    const foo = await aGatedRollout(world, [patient], briefly)
    await foo.release('v2')
    const first = await foo.question()
    await foo.until(isPaused)
    assert.equal(
      lastAnswer(await foo.run(({ status }) => status?.phase === 'Inconclusive')).decision,
      'expired',
    )
    await foo.patchStatus({ pauseConditions: null })
    const second = await foo.answer('approve')
    assert.notEqual(second.metadata.name, first.metadata.name)
    await foo.isPromotedTo('v2')
  })

  test('pauses when the gate has waited long enough, and is not promoted', async () => {
    const foo = await aGatedRollout(world, [
      withSteps(theCanary('foo'), [aStep('impatient'), { setWeight: 100 }]),
    ])
    await foo.release('v2')
    const { metadata } = await foo.question()
    const { status } = await foo.until(isPaused)
    assert.equal(status?.currentStepIndex, 0)
    const run = await foo.run(({ status }) => status?.phase === 'Inconclusive')
    assert.equal(run.status?.metricResults?.[0]?.count, 5)
    const withdrawn = await world.requests.until(foo.namespace, (requests) =>
      requests.find((one) => one.metadata.name === metadata.name && one.status?.outcome !== undefined),
    )
    assert.equal(withdrawn.status?.outcome, 'Withdrawn')
  })

  test('asks at each of its gates', async () => {
    const steps = [aStep('human-approval', 'first'), { setWeight: 50 }, aStep('human-approval', 'second')]
    const foo = await aGatedRollout(world, [withSteps(theCanary('foo'), steps)])
    await foo.release('v2')
    const first = await foo.answer('approve')
    const second = await foo.question()
    assert.deepEqual(
      [first, second].map(({ spec }) => spec.parameters?.gate),
      ['first', 'second'],
    )
    assert.equal(
      (await foo.until(({ status }) => status?.currentStepIndex === 2)).status?.phase,
      'Progressing',
    )
    await world.answer(second, 'approve')
    await foo.isPromotedTo('v2')
  })

  test('has nothing to do with one of its name in another namespace', async () => {
    const [one, other] = [
      await aGatedRollout(world, [theCanary('foo')]),
      await aGatedRollout(world, [theCanary('foo')]),
    ]
    await Promise.all([one.release('v2'), other.release('v2')])
    const question = await other.question()
    await one.answer('approve')
    await one.isPromotedTo('v2')
    assert.equal(lastAnswer(await other.run((run) => measurementsOf(run).length > 0)).decision, 'pending')
    await world.answer(question, 'deny')
    await other.isAborted()
  })

  test('asks anew when it is retried after an abort', async () => {
    const foo = await aGatedRollout(world, [theCanary('foo')])
    await foo.release('v2')
    const first = await foo.answer('deny')
    await foo.isAborted()
    await foo.patchStatus({ abort: false })
    const second = await foo.answer('approve')
    assert.notEqual(second.metadata.name, first.metadata.name)
    await foo.isPromotedTo('v2')
  })

  test('asks anew for another revision once the old prompt expires, and takes the old question back', async () => {
    const foo = await aGatedRollout(world, [theCanary('foo')], briefly)
    await foo.release('v2')
    const first = await foo.question()
    await foo.release('v3')
    const second = await foo.answer('approve')
    assert.notEqual(second.spec.target.revision, first.spec.target.revision)
    await foo.isPromotedTo('v3')
    const old = foo.requests().find(({ metadata }) => metadata.name === first.metadata.name)
    assert.equal(old?.status?.outcome, 'Withdrawn')
    assert.ok(old.status.conditions?.some(({ reason }) => reason === 'Superseded'))
  })

  test('is aborted without the token of its namespace, and asks once that is there', async () => {
    const foo = await aGatedRollout(world, [theCanary('foo')])
    await world.kubectl(['delete', 'secret/countersign-gate-token', `--namespace=${foo.namespace}`])
    await foo.release('v2')
    await foo.isAborted()
    assert.equal(foo.requests().length, 0)
    await foo.regainAccess()
    await foo.patchStatus({ abort: false })
    await foo.answer('approve')
    await foo.isPromotedTo('v2')
  })

  test('waits as long as its namespace may not ask', async () => {
    const foo = await aGatedRollout(world, [theCanary('foo')])
    await world.kubectl(['delete', 'rolebinding/countersign-gate', `--namespace=${foo.namespace}`])
    await foo.release('v2')
    const run = await foo.run(({ status }) => (status?.metricResults?.[0]?.error ?? 0) > 0)
    assert.match(measurementsOf(run).at(-1)?.message ?? '', /403/)
    assert.equal(foo.requests().length, 0)
    await foo.regainAccess()
    await foo.answer('approve')
    await foo.isPromotedTo('v2')
  })
})

suite('the gate', () => {
  const ask = async (headers: Readonly<Record<string, string>>): Promise<number> => {
    const body = JSON.stringify({ rollout: 'foo', gate: 'promote' })
    const sent = { 'content-type': 'application/json', ...headers }
    const response = await fetch(world.gateUrl, { method: 'POST', headers: sent, body, redirect: 'manual' })
    assert.ok(isObject(await response.json()))
    return response.status
  }

  test('lets nobody in without a token of the cluster', async () => {
    assert.equal(await ask({}), 401)
    assert.equal(await ask({ authorization: 'Bearer of bad news' }), 401)
    const forged = [
      { alg: 'none' },
      { iss: 'kubernetes/serviceaccount', sub: 'system:serviceaccount:a:b' },
      {},
    ]
    const token = forged.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    assert.equal(await ask({ authorization: `Bearer ${token}` }), 401)
  })

  test('takes no token that was made for somebody else', async () => {
    const token = await world.kubectl(['create', 'token', 'default', '--namespace=default'])
    assert.equal(await ask({ authorization: `Bearer ${token.trim()}` }), 401)
  })

  test('answers nobody who may not ask', async () => {
    const forGate = ['--audience=countersign-gate', '--namespace=default']
    const token = await world.kubectl(['create', 'token', 'default', ...forGate])
    assert.equal(await ask({ authorization: `Bearer ${token.trim()}` }), 403)
  })
})

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
