/** What a question costs the API server, that it costs nothing while nothing happens, and what is cleared away. */
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { tokenSecretName } from '../../../src/api/names.ts'
import type { KubernetesObject, Secret } from '../../../src/api/objects.ts'
import { expired } from '../../support/fakes/cluster/broken-watch.ts'
import { startClusterScene } from '../../support/scenes/cluster-scene.ts'
import type { ClusterScene } from '../../support/scenes/cluster-scene.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { json } from '../../support/fakes/network/http-answers.ts'
import { isFinal, isPending } from '../../support/clusters/question.ts'
import type { Question } from '../../support/clusters/question.ts'

const questionCount = 12
const restMs = 1000
const statusWrite = 'PUT approvalrequests/status'
const anApproval = ['POST secrets (dry run)', statusWrite, statusWrite, 'POST secrets', statusWrite]

let scene: ClusterScene
/** The controller knows everything around it. */
let known: Question
before(async () => {
  scene = await startClusterScene()
  known = await scene.ask()
  await known.until(isFinal)
})
afterEach(() => {
  scene.proxy.undisturb()
  scene.provider.isAnswered = true
})
after(() => scene.close())

test('an approval costs three writes of status and one Secret', async () => {
  const changes = changesFromHere()
  await (await scene.askAgain(known)).until(isFinal)
  assert.deepEqual(changes().filter(isNoEvent), anApproval)
})

test('nothing is written while people think, nor when the watches begin anew', async () => {
  scene.provider.isAnswered = false
  const questions = await Promise.all(Array.from({ length: questionCount }, () => scene.ask()))
  for (const question of questions) await question.until(isPending)
  await untilAskedAgain(questionCount, 1)
  await untilEventsRest()
  const [changes, versions] = [changesFromHere(), await versionsOfAll()]
  await untilAskedAgain(questionCount, 3)
  await beginAnew()
  await untilAskedAgain(questionCount, 1)
  assert.deepEqual(changes(), [])
  assert.deepEqual(await versionsOfAll(), versions)

  scene.provider.isAnswered = true
  for (const question of questions) await question.until(isFinal)
  const writes = changes().filter(isNoEvent)
  assert.deepEqual(new Set(writes), new Set(['POST secrets', statusWrite]))
  assert.equal(writes.length, 2 * questionCount)
})

test('nothing is written after the end when the watches begin anew', async () => {
  const [changes, versions] = [changesFromHere(), await versionsOfAll()]
  await beginAnew()
  await (await scene.askAgain(known)).until(isFinal)
  assert.deepEqual(changes().filter(isNoEvent), anApproval)
  const now = new Set(await versionsOfAll())
  assert.deepEqual(
    versions.filter((version) => !now.has(version)),
    [],
  )
})

test('a token is deleted when it expires, and its request stays as it is', async () => {
  const { operator, provider } = scene
  provider.tokens(provider.grant({ response: { expires_in: 3 } }))
  const question = await scene.askAgain(known)
  const { metadata, status } = await question.until(isFinal)
  const changes = changesFromHere()
  assert.notEqual(await secretOf(question), undefined)
  await eventually(async () => (await secretOf(question)) === undefined, 'the Secret is deleted')
  const lateMs = Date.now() - Date.parse(status?.tokenExpiresAt ?? '')
  assert.ok(lateMs >= 0 && lateMs < 30_000, `${lateMs} ms after its time`)
  assert.deepEqual(changes().filter(isNoEvent), ['DELETE secrets'])
  const request = await operator.requests.get({ namespace: known.name, name: question.name })
  assert.equal(request?.metadata.resourceVersion, metadata.resourceVersion)
})

test('a request is deleted when its time after the end is over', async () => {
  const { requests } = scene.operator
  const question = await scene.askAgain(known, { request: { ttlAfterFinished: '3s' } })
  const { status } = await question.until(isFinal)
  const isGone = async (): Promise<boolean> =>
    (await requests.get({ namespace: known.name, name: question.name })) === undefined
  await eventually(isGone, 'the request is deleted')
  const ageMs = Date.now() - Date.parse(status?.conditions?.[0]?.lastTransitionTime ?? '')
  assert.ok(ageMs >= 3000 && ageMs < 10_000, `${ageMs} ms after the end`)
})

test('who deletes an open request hears nothing more of it', async () => {
  scene.provider.isAnswered = false
  const deleted = await scene.ask()
  await deleted.until(isPending)
  await untilAskedAgain(1, 1)
  const changes = changesFromHere()
  await scene.remove(deleted)
  const other = await scene.askAgain(known)
  await other.until(isPending)
  const asked = await untilAskedAgain(1, 2)
  assert.equal(asked.size, 1)
  scene.provider.isAnswered = true
  await other.until(isFinal)
  const written = changes().filter(isNoEvent)
  // The prompt of the deleted one still counts: that is written down, once, in a record of the operator's own.
  const records = written.filter((change) => change.endsWith(' configmaps'))
  assert.equal(records.length, 1, records.join(', '))
  assert.deepEqual(
    written.filter((change) => !records.includes(change)),
    anApproval,
  )
})

test('a request that replaces a finished one is asked about anew, and gets a token of its own', async () => {
  const { controlPlane, operator } = scene
  const question = await scene.askAgain(known)
  const first = await question.until(isFinal)
  const leftover = await secretOf(question)
  const { kind, apiVersion, spec } = first
  const metadata = { namespace: known.name, name: question.name }
  await kubectl({
    kubeconfig: controlPlane.kubeconfig,
    args: ['replace', '--force', '--filename=-'],
    input: JSON.stringify({ kind, apiVersion, metadata, spec }),
  })
  const second = await operator.until(
    question.name,
    (request) => request.metadata.uid !== first.metadata.uid && isFinal(request),
  )
  const secret = await secretOf(question)
  assert.equal(second.status?.outcome, 'Approved', question.words())
  assert.deepEqual([scene.promptsOf(first), scene.promptsOf(second)], [1, 1])
  assert.deepEqual([ownerOf(leftover), ownerOf(secret)], [first.metadata.uid, second.metadata.uid])
  assert.notEqual(secret?.data?.access_token, leftover?.data?.access_token)
})

/** What the controller asks to be changed, apart from its lease. */
function changesFromHere(): () => readonly string[] {
  const begun = scene.proxy.exchanges.length
  return () =>
    scene.proxy.exchanges
      .slice(begun)
      .map(({ call }) => call)
      .filter((call) => !call.startsWith('GET ') && !call.endsWith(' leases'))
}

function isNoEvent(call: string): boolean {
  return !call.endsWith(' events')
}

/** Until so many questions were asked about so many times more. @returns how often, by `auth_req_id` */
async function untilAskedAgain(questions: number, times: number): Promise<ReadonlyMap<string, number>> {
  const begun = scene.provider.visits('/token').length
  const counts = (): ReadonlyMap<string, number> => {
    const ids = scene.provider
      .visits('/token')
      .slice(begun)
      .map(({ form }) => form.get('auth_req_id') ?? '')
    return new Map(ids.map((id) => [id, ids.filter((other) => other === id).length]))
  }
  const reached = (): number => [...counts().values()].filter((count) => count >= times).length
  await eventually(() => reached() >= questions, `${times} token requests for each of ${questions} questions`)
  return counts()
}

/** Events are sent one after the other, in the background: until those of what has happened are. */
async function untilEventsRest(): Promise<void> {
  const sent = (): number => scene.proxy.exchanges.filter(({ call }) => !isNoEvent(call)).length
  for (let before = -1; before !== sent();) {
    before = sent()
    await sleep(restMs)
  }
}

/** Every watch is told that what it wants to go on with is too long ago. */
async function beginAnew(): Promise<void> {
  const { proxy } = scene
  const before = scene.beginnings()
  const tooOld = json(410, expired)
  proxy.disturb(({ isWatch, resourceVersion }) =>
    isWatch && resourceVersion !== undefined ? tooOld : undefined,
  )
  proxy.cutWatches()
  const hasBegun = ([kind, count]: readonly [string, number]): boolean =>
    (scene.beginnings().get(kind) ?? 0) > count
  await eventually(() => [...before].every(hasBegun), 'every watch begins anew')
  proxy.undisturb()
}

async function versionsOfAll(): Promise<readonly string[]> {
  const { requests, secrets } = scene.operator
  const pages: readonly { readonly items: readonly KubernetesObject[] }[] = [
    await requests.list(),
    await secrets.list(),
  ]
  return pages.flatMap(({ items }) =>
    items.map(
      ({ kind, metadata }) =>
        `${kind} ${metadata.namespace ?? ''}/${metadata.name} ${metadata.resourceVersion ?? ''}`,
    ),
  )
}

function secretOf({ name }: Question): Promise<Secret | undefined> {
  return scene.operator.secrets.get({ namespace: known.name, name: tokenSecretName(name) })
}

function ownerOf(secret: Secret | undefined): string | undefined {
  return secret?.metadata.ownerReferences?.[0]?.uid
}
