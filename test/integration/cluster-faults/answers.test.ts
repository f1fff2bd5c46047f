/** An API server that is busy, broken, slow or away: each question comes to its end, and its person is asked once. */
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Exchange } from '../../support/fakes/network/api-proxy.ts'
import { tryOut } from '../../support/assertions/attempt.ts'
import { startClusterScene } from '../../support/scenes/cluster-scene.ts'
import type { ClusterScene } from '../../support/scenes/cluster-scene.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { json, text } from '../../support/fakes/network/http-answers.ts'
import { requestsIn } from '../../support/clusters/paths.ts'
import { isFinal, isPending } from '../../support/clusters/question.ts'
import type { Question } from '../../support/clusters/question.ts'

const approved = 'Prompting AuthorizationPending Approved'

let scene: ClusterScene
/** The controller knows everything around it. */
let known: Question
before(async () => {
  scene = await startClusterScene()
  known = await scene.ask()
  await assertEnds(known, approved, 1)
})
afterEach(() => {
  scene.proxy.undisturb()
  scene.provider.isAnswered = true
})
after(() => scene.close())

for (const [name, answer] of [
  ['429 with Retry-After', json(429, failure(429, 'TooManyRequests'), { 'retry-after': '1' })],
  ['500', json(500, failure(500, 'InternalError'))],
  ['503 with a page', text(503, '<html>')],
] as const) {
  test(`${name} for everything is waited out`, async () => {
    let calls = 0
    scene.proxy.disturb((exchange) => {
      if (isOfLease(exchange)) return undefined
      calls += 1
      return answer
    })
    scene.proxy.cutWatches()
    const question = await scene.ask()
    await eventually(() => calls >= 6, `six calls that are answered ${name}`)
    scene.proxy.undisturb()
    await assertEnds(question, approved, 1)
  })

  test(`${name} for every first try of a write is survived`, async () => {
    let writes = 0
    scene.proxy.disturb(({ isWrite }) => (isWrite && ++writes % 2 === 1 ? answer : undefined))
    await assertEnds(await scene.askAgain(known), approved, 1)
    assert.equal(writes, 8)
  })
}

// After W1 the process that lives on knows that it has sent nothing, and makes another attempt.
for (const [nth, write, story, prompts] of [
  [1, 'W1', approved, 1],
  [2, 'W2', approved, 1],
  [3, 'W3', approved, 1],
  [4, 'W4', approved, 1],
] as const)
  test(`${write} whose answer is lost ends in ${story}`, async () => {
    let writes = 0
    const lost = scene.proxy.pass({ back: (_, response) => response.socket?.destroy() })
    scene.proxy.disturb(({ isWrite }) => (isWrite && ++writes === nth ? lost : undefined))
    await assertEnds(await scene.askAgain(known), story, prompts)
  })

test('an API server that takes a third of a second for everything is enough', async () => {
  const slow = scene.proxy.pass({ before: () => sleep(333) })
  scene.proxy.disturb(() => slow)
  scene.proxy.cutWatches()
  await assertEnds(await scene.ask(), approved, 1)
})

test('an API server that is away while people answer costs no answer', async () => {
  const { controlPlane, operator, provider } = scene
  provider.isAnswered = false
  const questions = await Promise.all([scene.ask(), scene.ask(), scene.ask()])
  for (const question of questions) await question.until(isPending)
  const restarted = controlPlane.restartApiServer()
  provider.isAnswered = true
  await restarted
  for (const { name } of questions) await eventually(() => isApproved(name, name), `an approval of ${name}`)
  await eventually(isServing, 'requests are taken')
  const { name } = await scene.askAgain(known)
  await eventually(() => isApproved(known.name, name), `an approval of ${name}`)

  // The test's own watch may lag behind.
  async function isApproved(namespace: string, name: string): Promise<boolean> {
    const request = await operator.requests.get({ namespace, name })
    assert.ok(request !== undefined && scene.promptsOf(request) <= 1)
    return request.status?.outcome === 'Approved'
  }

  /** Ready or not, an API server finds its kinds and policies one after the other. */
  async function isServing(): Promise<boolean> {
    const body = { ...(await known.until(isFinal)), metadata: { generateName: 'probe-' } }
    const answer = await tryOut(operator.admin, { method: 'POST', path: requestsIn(known.name), body })
    return answer.kind === 'Accepted'
  }
})

async function assertEnds(question: Question, story: string, prompts: number): Promise<void> {
  const request = await question.until(isFinal)
  assert.equal(question.story(), story, question.words())
  assert.equal(scene.promptsOf(request), prompts, question.words())
}

function isOfLease({ call }: Exchange): boolean {
  return call.endsWith('leases')
}

function failure(code: number, reason: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'so it is', reason, code }
}
