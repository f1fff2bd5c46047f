/** Watches that break, fall silent, or tell of the past: nothing is missed, and nobody is asked twice. */
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApprovalRequest, KubernetesObject } from '../../../src/api/objects.ts'
import type { ObjectKey } from '../../../src/core/ports/cluster.ts'
import type { KubernetesResource } from '../../../src/kubernetes/client/resource.ts'
import { expired, staleWatch, tornWatches } from '../../support/fakes/cluster/broken-watch.ts'
import type { TornWatches } from '../../support/fakes/cluster/broken-watch.ts'
import { startClusterScene } from '../../support/scenes/cluster-scene.ts'
import type { ClusterScene } from '../../support/scenes/cluster-scene.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { json, oddities, text } from '../../support/fakes/network/http-answers.ts'
import type { Handler } from '../../support/fakes/network/http-answers.ts'
import { isFinal, isPending } from '../../support/clusters/question.ts'
import type { Question } from '../../support/clusters/question.ts'
import type { Claim } from '../../support/assertions/request-watch.ts'

const cuts = 1000
const waves = 10
const questionsPerWave = 4

let scene: ClusterScene
before(async () => {
  scene = await startClusterScene('--watch-silence-seconds', '2')
})
afterEach(() => {
  scene.proxy.undisturb()
  scene.provider.isAnswered = true
})
after(() => scene.close())

test('watches that are cut every second hide nothing', async () => {
  const cutting = setInterval(() => scene.proxy.cutWatches(), 1200)
  try {
    for (let count = 0; count < 5; count += 1) {
      const from = performance.now()
      await assertApproved(await scene.ask())
      assert.ok(performance.now() - from < 5000, 'a question takes a second, not the pause of a backoff')
    }
  } finally {
    clearInterval(cutting)
  }
})

test('a thousand cuts leave no request behind', async () => {
  const torn = tornWatches(scene.proxy)
  const bystander = await scene.ask()
  scene.proxy.disturb(torn.disturbance)
  scene.proxy.cutWatches()
  const noise = noiseAbout(bystander, torn)
  const questions: Question[] = []
  for (let wave = 0; wave < waves; wave += 1) {
    await eventually(() => torn.count() >= (wave * cuts) / waves, `cut ${(wave * cuts) / waves}`)
    questions.push(...(await Promise.all(Array.from({ length: questionsPerWave }, () => scene.ask()))))
  }
  await noise
  await Promise.all([bystander, ...questions].map(assertApproved))
})

test('watches that fall silent are opened anew', async () => {
  const watched = [...scene.beginnings().keys()]
  const silent = new Set<string>()
  scene.proxy.disturb(({ call, isWatch }) => {
    if (!isWatch) return undefined
    silent.add(call)
    return openedAndSilent
  })
  scene.proxy.cutWatches()
  await eventually(() => watched.every((kind) => silent.has(`GET ${kind}`)), 'silence on every watch')
  scene.proxy.undisturb()
  await assertApproved(await scene.ask())
  assert.match(scene.operator.log(), /the watch fell silent/)
})

for (const [name, tooOld] of [
  ['answer', json(410, expired)],
  ['event', text(200, `${JSON.stringify({ type: 'ERROR', object: expired })}\n`)],
] as const)
  test(`410 as ${name} shows what was deleted and what is new`, async () => {
    const deleted = await openQuestion()
    await eventually(() => tokenRequests().length > 0, 'a token request')
    const authReqId = tokenRequests().at(-1) ?? ''
    let answer: Handler = oddities.closed
    scene.proxy.disturb(({ isWatch, resourceVersion }) =>
      isWatch && resourceVersion !== undefined ? answer : undefined,
    )
    scene.proxy.cutWatches()
    await scene.remove(deleted)
    answer = tooOld
    const next = await openQuestion()
    const seen = tokenRequests().length
    await eventually(() => tokenRequests().length >= seen + 2, 'two more token requests')
    assert.ok(!tokenRequests().slice(seen).includes(authReqId), 'nothing is asked about what was deleted')
    scene.provider.isAnswered = true
    await assertApproved(next)
  })

test('a beginning from before the question was put prompts nobody again', async () => {
  const question = await openQuestion()
  await restartInThePast(question, isUntouched)
  scene.provider.isAnswered = true
  await assertApproved(question)
})

test('a beginning from before the provider took the prompt gives nothing up', async () => {
  const question = await openQuestion()
  await restartInThePast(question, isPrompting)
  scene.provider.isAnswered = true
  await assertApproved(question)
})

test('a beginning from before the answer asks for no token again', async () => {
  const question = await scene.ask()
  await assertApproved(question)
  const { metadata } = await question.until(isFinal)
  const seen = tokenRequests().length
  await restartInThePast(question, isPending)
  await assertApproved(await scene.ask())
  assert.equal(tokenRequests().length, seen + 1)
  assert.equal((await question.until(isFinal)).metadata.resourceVersion, metadata.resourceVersion)
})

/** Restarts the controller with a watch that begins with an older version, and ends it once the API server was asked. */
async function restartInThePast(question: Question, isShown: Claim): Promise<void> {
  const { proxy, versions } = scene
  const shown = versions(question.name).find(isShown) ?? assert.fail('there was no such version')
  await scene.stopController()
  const stale = staleWatch(shown)
  proxy.disturb(({ call, isWatch, resourceVersion }) =>
    isWatch && call === 'GET approvalrequests' && resourceVersion === undefined ? stale.handler : undefined,
  )
  const begun = proxy.exchanges.length
  await scene.startController()
  const isRead = (): boolean =>
    proxy.exchanges
      .slice(begun)
      .some(({ call, name }) => call === 'GET approvalrequests' && name === question.name)
  await eventually(isRead, 'a look at the request as it is')
  stale.end()
}

function isUntouched({ status }: ApprovalRequest): boolean {
  return status === undefined
}

function isPrompting({ status }: ApprovalRequest): boolean {
  return status?.conditions?.[0]?.reason === 'Prompting'
}

/** Nobody answers any question from here on. */
async function openQuestion(): Promise<Question> {
  scene.provider.isAnswered = false
  const question = await scene.ask()
  await question.until(isPending)
  return question
}

async function assertApproved(question: Question): Promise<void> {
  const request = await question.until(isFinal)
  assert.equal(question.story(), 'Prompting AuthorizationPending Approved', question.words())
  assert.equal(scene.promptsOf(request), 1, question.words())
}

/** The `auth_req_id` of each. */
function tokenRequests(): readonly string[] {
  return scene.provider.visits('/token').map(({ form }) => form.get('auth_req_id') ?? '')
}

/** Changes something of each kind that is watched, whenever its watch has been torn. */
async function noiseAbout({ name }: Question, torn: TornWatches): Promise<void> {
  const { namespaces, policies, providers, requests } = scene.operator
  await Promise.all([
    annotate(namespaces, { name }, () => torn.next('namespaces')),
    annotate(policies, { name }, () => torn.next('approvalpolicies')),
    annotate(providers, { name }, () => torn.next('identityproviders')),
    annotate(requests, { namespace: name, name }, () => torn.next('approvalrequests')),
  ])

  async function annotate<T extends KubernetesObject>(
    of: KubernetesResource<T>,
    key: ObjectKey,
    isTorn: () => Promise<unknown>,
  ): Promise<void> {
    let object = await of.get(key)
    while (torn.count() < cuts) {
      assert.ok(object !== undefined)
      const metadata = { ...object.metadata, annotations: { cut: String(torn.count()) } }
      const next = isTorn()
      const written = await of.replace({ ...object, metadata })
      object = written.kind === 'Applied' ? written.object : await of.get(key)
      await Promise.race([next, sleep(100)])
    }
  }
}

const openedAndSilent: Handler = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
}
