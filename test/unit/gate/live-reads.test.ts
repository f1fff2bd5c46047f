/** A caller that asks about what has to be read, as often as it can: what that costs the API server, and what others notice. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnalysisRun, Rollout } from '../../../src/api/argo-rollouts.ts'
import { argoRolloutsGatePath } from '../../../src/api/names.ts'
import type { ApprovalRequest, Namespace } from '../../../src/api/objects.ts'
import { placesAskedBy, placesAskedFor } from '../../../src/core/gate/argo-rollouts/places.ts'
import { argoRolloutsRoutes } from '../../../src/gate/argo-rollouts/routes.ts'
import type { Caller, Callers } from '../../../src/gate/callers.ts'
import { liveReads } from '../../../src/gate/live-reads.ts'
import { createGate } from '../../../src/gate/server.ts'
import { aNamespace } from '../../support/builders/builders.ts'
import { aRollout, aRun, theGate } from '../../support/builders/gate-objects.ts'
import { manualClock } from '../../support/fakes/clocks/clock.ts'
import type { ManualClock } from '../../support/fakes/clocks/clock.ts'
import { inMemoryResource } from '../../support/fakes/cluster/in-memory-resource.ts'
import { silentLog } from '../../support/fakes/silent-log.ts'

type Scene = {
  readonly clock: ManualClock
  /** Reads so far. */
  readonly reads: () => number
  /** By a ServiceAccount, `namespace/name`. */
  readonly ask: (who: string, body?: object, path?: string) => Promise<Response>
}

/** The bearer says who calls. */
const callers: Callers = {
  identify: (authorization = '') => {
    const [namespace = '', name = ''] = authorization.split('/')
    const username = `system:serviceaccount:${namespace}:${name}`
    const caller: Caller = { kind: 'Known', namespace, requester: { username } }
    return Promise.resolve(caller)
  },
}

async function aScene({ orphans = 0 } = {}): Promise<Scene> {
  let reads = 0
  const clock = manualClock()
  const [rollouts, runs] = [inMemoryResource<Rollout>(), inMemoryResource<AnalysisRun>()]
  const [requests, namespaces] = [inMemoryResource<ApprovalRequest>(), inMemoryResource<Namespace>()]
  await namespaces.create(aNamespace())
  if (orphans === 0) await rollouts.create(aRollout())
  await runs.create(aRun())
  for (let index = 0; index < orphans; index += 1) await runs.create(aRun({ name: `orphan-${index}` }))
  const counted = <T extends { get: (...args: never[]) => unknown }>(resource: T): T => ({
    ...resource,
    get: (...args: never[]) => {
      reads += 1
      return resource.get(...args)
    },
  })
  const sources = {
    ...{ rollouts: counted(rollouts), runs: counted(runs), requests: counted(requests), clock },
    caches: {
      requests: requests.cache,
      rollouts: rollouts.cache,
      runs: runs.cache,
      namespaces: namespaces.cache,
    },
    asking: { runs: runs.cache.indexed(placesAskedBy), requests: requests.cache.indexed(placesAskedFor) },
    sealer: { open: () => Promise.resolve({ kind: 'Broken' } as const) },
    reads: liveReads(clock),
  }
  const routes = argoRolloutsRoutes(sources, () => true)
  const gate = createGate({ callers, routes, onAnswer: () => undefined, log: silentLog })
  return {
    clock,
    reads: () => reads,
    ask: (who, body = { rollout: 'nothing', gate: 'promote' }, path = argoRolloutsGatePath) => {
      const headers = { authorization: who, 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body: JSON.stringify(body) }
      return gate.fetch(new Request(`https://gate.example.com${path}`, init), '10.0.0.7')
    },
  }
}

async function answeredOf(scene: Scene, who: string, times: number): Promise<number> {
  const answers = await Promise.all(Array.from({ length: times }, () => scene.ask(who)))
  return answers.filter(({ status }) => status === 200).length
}

test('whoever asks about Rollouts that are not there is read for 200 times at once, and 20 times a second', async () => {
  const scene = await aScene()
  assert.equal(await answeredOf(scene, 'demo/loud', 1000), 200)
  assert.equal(scene.reads(), 200)
  scene.clock.advance(1)
  assert.equal(await answeredOf(scene, 'demo/loud', 1000), 20)
})

test('so is whoever verifies them', async () => {
  const scene = await aScene()
  const body = { rollout: 'nothing', gate: 'promote' }
  for (let times = 0; times < 300; times += 1)
    await scene.ask('demo/loud', body, `${argoRolloutsGatePath}/verify`)
  assert.equal(scene.reads(), 200)
})

test('the answer beyond that is the gate’s own, and says when to ask again', async () => {
  const scene = await aScene()
  await answeredOf(scene, 'demo/loud', 200)
  const response = await scene.ask('demo/loud')
  assert.deepEqual([response.status, response.headers.get('retry-after')], [429, '1'])
  assert.deepEqual(await response.json(), {
    error: {
      reason: 'TooMany',
      message:
        'system:serviceaccount:demo:loud asks too often for what has to be read from the API server; ask again',
    },
  })
})

test('it costs its neighbour in the namespace nothing, and another namespace neither', async () => {
  const scene = await aScene()
  await answeredOf(scene, 'demo/loud', 1000)
  assert.equal(await answeredOf(scene, 'demo/quiet', 100), 100)
  assert.equal(await answeredOf(scene, 'other/quiet', 100), 100)
})

test('a namespace has no more by more ServiceAccounts, and another one keeps its own', async () => {
  const scene = await aScene()
  let answered = 0
  for (let account = 0; account < 10; account += 1)
    answered += await answeredOf(scene, `demo/loud-${account}`, 200)
  assert.equal(answered, 400)
  assert.equal(await answeredOf(scene, 'other/quiet', 100), 100)
})

test('what the watches answer is not counted', async () => {
  const scene = await aScene()
  assert.equal((await scene.ask('demo/gate', theGate)).status, 200)
  const before = scene.reads()
  for (let times = 0; times < 1000; times += 1)
    assert.equal((await scene.ask('demo/gate', theGate)).status, 200)
  assert.equal(scene.reads(), before)
})

test('one answer costs ten reads at most, however many runs ask', async () => {
  const scene = await aScene({ orphans: 30 })
  assert.equal((await scene.ask('demo/gate', theGate)).status, 200)
  assert.ok(scene.reads() > 8 && scene.reads() <= 10, `${scene.reads()} reads`)
})
