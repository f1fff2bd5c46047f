/** Answers by ping (CIBA Core §10.2): the same passes, woken by what a ping has written. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { receivePing } from '../../../../src/ping/receive.ts'
import type { PingOutcome } from '../../../../src/ping/receive.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'
import { aClient, anApprovalRequest, aProvider } from '../../../support/builders/builders.ts'
import { silentLog } from '../../../support/fakes/silent-log.ts'
import { authReqId, granted, pendingError, prompted } from '../../../support/fakes/providers/port.ts'

const request = anApprovalRequest().wantingToken()
const pinging = aProvider({ delivery: 'Ping' })
const keyed = aClient('agent-release-bot')
const signing = aProvider({
  delivery: 'Ping',
  assertionReplay: 'Refused',
  clients: [{ ...keyed, authentication: { ...keyed.authentication, method: 'private_key_jwt' } }],
})
const unknown = { kind: 'Unknown', detail: 'the connection was reset' } as const
const takenBefore = { kind: 'NotPrompted', error: 'invalid_client' } as const

function aWorldOf(provider = pinging): World {
  const world = aWorld(request)
  world.providers.put(provider)
  return world
}

/** With the token that the provider got, by some replica. */
async function ping(world: World): Promise<PingOutcome> {
  const { requests, clock, dependencies } = world
  const token = world.openid.prompts.at(-1)?.notificationToken ?? 'none was sent'
  const receiver = { requests, cache: requests.cache, sealer: dependencies.sealer, clock, log: silentLog }
  return receivePing({ ...receiver, reads: { take: () => true } }, { token, authReqId })
}

test('nobody asks for the token until the ping, and then at once', async () => {
  const world = aWorldOf()
  await world.settle()
  await world.after(20)
  assert.deepEqual(world.openid.tokenRequests, [])
  world.openid.script.token = [granted]
  assert.equal(await ping(world), 'Recorded')
  await world.settle()
  assert.equal(world.said(), 'Approved')
  assert.deepEqual(world.openid.tokenRequests, [authReqId])
  // W1, W2, the ping, W4; and W3.
  assert.deepEqual(world.writes(), { status: 4, secrets: 1 })
})

test('a ping that is lost is made up for by the backstop', async () => {
  const world = aWorldOf()
  await world.settle()
  world.openid.script.token = [granted]
  await world.after(29)
  assert.equal(world.said(), 'AuthorizationPending')
  await world.after(1)
  assert.equal(world.said(), 'Approved')
})

test('where nothing is there yet after a ping, the provider’s interval is kept from then on', async () => {
  const world = aWorldOf()
  await world.settle()
  await ping(world)
  await world.settle()
  assert.equal(world.openid.tokenRequests.length, 1)
  await world.after(4)
  assert.equal(world.openid.tokenRequests.length, 1)
  await world.after(1)
  assert.equal(world.openid.tokenRequests.length, 2)
})

test('a ping during a token request is followed by another one', async () => {
  const world = aWorldOf()
  await world.settle()
  const answer = async (): Promise<typeof pendingError> => {
    await ping(world)
    return pendingError
  }
  world.openid.script.token = [answer, granted]
  await world.after(30)
  // Woken by the watch.
  await world.settle()
  assert.equal(world.said(), 'Approved')
})

test('a ping before the prompt is answered does not stop the answer', async () => {
  const world = aWorldOf()
  world.openid.script.prompt = [
    async () => {
      assert.equal(await ping(world), 'Recovered')
      return { ...prompted, intervalSeconds: 7 }
    },
  ]
  world.openid.script.token = [granted]
  await world.settle()
  assert.equal(world.said(), 'Approved')
  assert.equal(world.request().status?.prompts?.[0]?.intervalSeconds, 7)
})

test('a prompt whose answer was lost waits for its ping', async () => {
  const world = aWorldOf()
  world.openid.script.prompt = [unknown]
  await world.settle()
  assert.equal(world.said(), 'Prompting')
  const [complete] = world.request().status?.conditions ?? []
  assert.match(
    complete?.message ?? '',
    /no usable answer to the prompt; alice@company\.com may see it, .* until \d\d:\d\d UTC\.$/,
  )
  const { resourceVersion } = world.request().metadata
  await world.after(300)
  assert.equal(world.request().metadata.resourceVersion, resourceVersion)
  world.openid.script.token = [granted]
  assert.equal(await ping(world), 'Recovered')
  await world.settle()
  assert.equal(world.said(), 'Approved')
  assert.equal(world.openid.prompts.length, 1)
})

test('it is lost once its deadline has come without one', async () => {
  const world = aWorldOf()
  world.openid.script.prompt = [unknown]
  await world.settle()
  await world.after(599)
  assert.equal(world.said(), 'Prompting')
  await world.after(1)
  assert.equal(world.said(), 'PromptLost')
})

test('a process that finds an intent waits for the ping', async () => {
  const world = aWorldOf()
  world.failpoints.hit = (name) =>
    name === 'after:I1' ? Promise.reject(new Error('the process was killed')) : Promise.resolve()
  await assert.rejects(world.pass())
  world.failpoints.hit = () => Promise.resolve()
  const successor = world.anotherProcess()
  const pass = () => world.pass('foo-v2', successor)
  await pass()
  assert.equal(world.said(), 'Prompting')
  world.openid.script.token = [granted]
  assert.equal(await ping(world), 'Recovered')
  for (let passes = 0; passes < 4; passes++) await pass()
  assert.equal(world.said(), 'Approved')
  assert.equal(world.openid.prompts.length, 1)
})

test('every sending of an attempt carries the same notification token', async () => {
  const world = aWorldOf(signing)
  world.openid.script.prompt = [unknown, prompted]
  await world.settle()
  await world.after(1)
  const [first, second] = world.openid.prompts.map(({ notificationToken }) => notificationToken)
  assert.equal(typeof first, 'string')
  assert.equal(second, first)
})

test('a prompt by assertion that was taken before waits for its ping and is not sent again', async () => {
  const world = aWorldOf(signing)
  world.openid.script.prompt = [unknown, takenBefore]
  await world.settle()
  await world.after(1)
  assert.equal(world.said(), 'Prompting')
  for (const seconds of [5, 30, 60]) await world.after(seconds)
  assert.equal(world.openid.prompts.length, 2)
  world.openid.script.token = [granted]
  assert.equal(await ping(world), 'Recovered')
  await world.settle()
  assert.equal(world.said(), 'Approved')
})

test('a leader that finds a pinged prompt does not wait for its place in the interval', async () => {
  const world = aWorldOf()
  await world.settle()
  await ping(world)
  world.openid.script.token = [granted]
  const successor = world.anotherProcess()
  for (let passes = 0; passes < 4; passes++) await world.pass('foo-v2', successor)
  assert.equal(world.said(), 'Approved')
})

test('who polls sends no notification token', async () => {
  const world = aWorld(request)
  await world.settle()
  assert.equal(world.openid.prompts[0]?.notificationToken, undefined)
  assert.equal(world.request().status?.effective?.delivery, undefined)
})
