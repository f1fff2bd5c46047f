/** Probes and metrics of the controller as it is shipped, on a good day and while the API server is out of reach. */
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { startClusterScene } from '../../support/scenes/cluster-scene.ts'
import type { ClusterScene } from '../../support/scenes/cluster-scene.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { oddities } from '../../support/fakes/network/http-answers.ts'
import { probe, scrape } from '../../support/assertions/operations.ts'
import { isFinal, isPending } from '../../support/clusters/question.ts'

let scene: ClusterScene
before(async () => {
  scene = await startClusterScene('--watch-silence-seconds', '2')
})
afterEach(() => {
  scene.proxy.undisturb()
  scene.provider.isAnswered = true
})
after(() => scene.close())

const isReady = async (): Promise<boolean> => (await probe(scene.operator.log(), '/readyz')).status === 200

test('a controller whose watches stand is live and ready', async () => {
  const log = scene.operator.log()
  assert.deepEqual(await probe(log, '/livez'), { status: 200, text: 'ok' })
  assert.deepEqual(await probe(log, '/readyz'), { status: 200, text: 'ok' })
  const { text } = await probe(log, '/readyz?verbose')
  assert.deepEqual(text.split('\n'), [
    '[+]ping ok',
    '[+]watch-approvalrequests ok',
    '[+]watch-approvalpolicies ok',
    '[+]watch-identityproviders ok',
    '[+]watch-approvergroups ok',
    '[+]watch-namespaces ok',
    'readyz check passed',
    '',
  ])
})

test('a dead watch makes it unready, not dead, until it is back', async () => {
  scene.proxy.disturb(({ call, isWatch }) =>
    isWatch && call === 'GET approvalpolicies' ? oddities.silence : undefined,
  )
  scene.proxy.cutWatches()
  await eventually(async () => !(await isReady()), 'unready')
  const { status, text } = await probe(scene.operator.log(), '/readyz')
  assert.equal(status, 503)
  assert.match(text, /^\[-\]watch-approvalpolicies failed: no sign of life from the API server for \d+ s$/m)
  assert.match(text, /^\[\+\]watch-approvalrequests ok$/m)
  assert.equal((await probe(scene.operator.log(), '/livez')).status, 200)
  const { samples } = await scrape(scene.operator.log())
  assert.ok((samples.get('countersign_watch_silence_seconds{kind="approvalpolicies"}') ?? 0) > 3)
  assert.ok((samples.get('countersign_watch_restarts_total{kind="approvalpolicies"}') ?? 0) >= 1)
  scene.proxy.undisturb()
  await eventually(isReady, 'ready again')
})

test('an approval shows in the metrics', async () => {
  const before = await scrape(scene.operator.log())
  const question = await scene.ask()
  await question.until(isFinal)
  const approved = 'countersign_decisions_total{outcome="Approved",reason="Approved"}'
  let { samples } = before
  const grown = (sample: string): number => (samples.get(sample) ?? 0) - (before.samples.get(sample) ?? 0)
  // The test may see the answer before the controller has seen that its write came through.
  await eventually(async () => {
    samples = (await scrape(scene.operator.log())).samples
    return grown('countersign_outstanding_tokens') === 1 && grown(approved) === 1
  }, 'a token is out')
  assert.ok(grown('workqueue_adds_total{name="approvalrequest"}') >= 2)
  assert.ok(
    grown('controller_runtime_reconcile_total{controller="approvalrequest",result="requeue_after"}') >= 2,
  )
  assert.ok(grown('controller_runtime_reconcile_time_seconds_count{controller="approvalrequest"}') >= 2)
  // W1, W2, W4, and renewals of the Lease.
  assert.ok(grown('rest_client_requests_total{code="200",method="PUT"}') >= 3)
  assert.equal(grown('countersign_decision_seconds_count{outcome="Approved"}'), 1)
  assert.equal(grown('countersign_prompts_total{outcome="prompted"}'), 1)
  const request = 'countersign_provider_request_seconds_count'
  assert.equal(grown(`${request}{endpoint="backchannel_authentication",result="ok"}`), 1)
  assert.equal(grown(`${request}{endpoint="token",result="ok"}`), 1)
  assert.ok(grown(`${request}{endpoint="discovery",result="ok"}`) >= 1)
  assert.equal(samples.get('leader_election_master_status{name="countersign-controller"}'), 1)
  assert.ok((samples.get('countersign_watched_objects{kind="namespaces"}') ?? 0) >= 4)
})

test('what waits is counted, with its reason', async () => {
  scene.provider.isAnswered = false
  const question = await scene.ask()
  await question.until(isPending)
  const pending = 'countersign_pending_requests{reason="AuthorizationPending"}'
  // The controller's watch may lag behind that of the test.
  await eventually(async () => (await scrape(scene.operator.log())).samples.get(pending) === 1, 'one waits')
  scene.provider.isAnswered = true
  await question.until(isFinal)
  await eventually(async () => !(await scrape(scene.operator.log())).samples.has(pending), 'none waits')
})

test('no metric names an object or a person', async () => {
  const question = await scene.ask()
  await question.until(isFinal)
  const { samples } = await scrape(scene.operator.log())
  const text = [...samples.keys()].join('\n')
  for (const name of [question.name, 'alice', 'agent-release-bot'])
    assert.ok(!text.includes(name), `${name} is in a metric`)
})
