/** One prompt: refusals, restarts, and a prompt whose answer is not known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubernetesObject } from '../../../../src/api/objects.ts'
import { anApprovalRequest, aPolicy, aProvider } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'
import { granted, prompted } from '../../../support/fakes/providers/port.ts'

const request = anApprovalRequest()
const credential = {
  kind: 'SharedSecret',
  clientID: 'agent-release-bot',
  method: 'client_secret_basic',
  secret: 'x',
} as const
const busy = { kind: 'NotPrompted', error: 'temporarily_unavailable' } as const
const unknown = { kind: 'Unknown', detail: 'the connection was reset' } as const

function fail(): never {
  throw new Error('the process was killed')
}

/** Runs until W1 is written and stops there. */
async function stoppedAfterIntent(world: World): Promise<World> {
  world.failpoints.hit = (name) => (name === 'before:I1' ? fail() : Promise.resolve())
  await assert.rejects(async () => world.pass())
  world.failpoints.hit = () => Promise.resolve()
  return world
}

test('a prompt that reached nobody is tried again, under the next number', async () => {
  const world = aWorld(request)
  world.openid.script.prompt = [busy, { ...busy, retryAfterSeconds: 20 }, prompted]
  assert.deepEqual(await world.settle(), { kind: 'RequeueAt', at: t(1) })
  assert.equal(world.said(), 'IdentityProviderNotReady')
  assert.deepEqual(await world.after(1), { kind: 'RequeueAt', at: t(21) })
  await world.after(20)
  assert.equal(world.said(), 'AuthorizationPending')
  assert.equal(world.request().status?.prompts?.[0]?.attempt, 3)
  assert.equal(world.openid.prompts.length, 3)
})

test('a prompt that reaches nobody until the deadline is Expired', async () => {
  const world = aWorld(request)
  world.openid.script.prompt = [busy]
  await world.settle()
  await world.after(600)
  assert.equal(world.request().status?.outcome, 'Expired')
})

test('a pause that the provider names is no longer than the request stands', async () => {
  const world = aWorld(request)
  world.openid.script.prompt = [{ ...busy, retryAfterSeconds: 3600 }]
  assert.deepEqual(await world.settle(), { kind: 'RequeueAt', at: t(600) })
  await world.after(600)
  assert.equal(world.request().status?.outcome, 'Expired')
})

test('nobody is prompted while the provider does not fit, and the request resumes by itself', async () => {
  const world = aWorld(request)
  const [connected] = [await world.openid.connect(aProvider().spec, credential)]
  assert.ok(connected.kind === 'Connected')
  const message = 'the provider signs ID tokens with PS256'
  const mismatch = { reason: 'AlgorithmNotSupported', message } as const
  world.openid.script.connect = [{ ...connected, mismatch }, undefined]
  await world.settle()
  assert.equal(world.said(), 'IdentityProviderNotReady')
  assert.match(
    world.request().status?.conditions?.[0]?.message ?? '',
    new RegExp(
      `^IdentityProvider company is not ready: ${message}. Ask a platform engineer to fix it; the request resumes automatically. Retried until`,
    ),
  )
  assert.deepEqual(world.openid.prompts, [])
  assert.deepEqual(world.experienced.at(-1), ['agent-release-bot', { kind: 'Unusable' }])
  await world.after(2)
  assert.equal(world.said(), 'AuthorizationPending')
})

test('an answer is fetched although the provider no longer fits', async () => {
  const world = aWorld(request)
  await world.settle()
  const connected = await world.openid.connect(aProvider().spec, credential)
  assert.ok(connected.kind === 'Connected')
  const mismatch = { reason: 'SigningKeyNotFound', message: 'no key' } as const
  world.openid.script.connect = [{ ...connected, mismatch }]
  world.openid.script.token = [granted]
  await world.after(5)
  assert.equal(world.said(), 'Approved')
})

test('a refusal to prompt ends the request by name', async () => {
  const world = aWorld(request)
  world.openid.script.prompt = [{ kind: 'NotPrompted', error: 'unknown_user_id' }]
  await world.settle()
  assert.equal(world.said(), 'UnknownUserId')
  assert.deepEqual(world.writes(), { status: 2, secrets: 0 })
})

test('a prompt whose answer is unknown is lost, and said so', async () => {
  const world = aWorld(request)
  world.openid.script.prompt = [unknown]
  await world.settle()
  assert.equal(world.said(), 'PromptLost')
  assert.equal(world.openid.prompts.length, 1)
})

test('a provider that is not ready is said before anyone is asked', async () => {
  const world = aWorld(request)
  world.openid.script.connect = [
    { kind: 'NotReady', reason: 'DiscoveryFailed', message: 'ECONNREFUSED' },
    undefined,
  ]
  await world.settle()
  assert.equal(world.said(), 'IdentityProviderNotReady')
  assert.equal(world.openid.prompts.length, 0)
  await world.after(1)
  assert.equal(world.said(), 'AuthorizationPending')
})

test('a client without its Secret is said before anyone is asked', async () => {
  const world = aWorld(request)
  world.secrets.remove('agent-release-bot')
  await world.settle()
  assert.equal(world.said(), 'IdentityProviderNotReady')
  assert.equal(world.openid.prompts.length, 0)
})

test('a binding message that cannot be rendered is said before anyone is asked', async () => {
  const world = aWorld(request)
  world.providers.put(aProvider({ bindingMessage: { pattern: 'z-a' } }))
  await world.settle()
  assert.equal(world.said(), 'IdentityProviderNotReady')
  world.providers.put(aProvider())
  await world.after(1)
  assert.equal(world.said(), 'AuthorizationPending')
})

for (const [name, change] of [
  ['the policy', (world: World) => world.policies.put(edited(aPolicy({ priority: 1 })))],
  ['the provider', (world: World) => world.providers.put(edited(aProvider({ allowInsecureHTTP: true })))],
] as const)
  test(`${name} that a watch has not seen yet stops the prompt`, async () => {
    const world = aWorld(request)
    for (const { cache } of [world.policies, world.providers]) cache.freeze()
    change(world)
    assert.deepEqual(await world.pass(), { kind: 'Retry' })
    assert.equal(world.request().status, undefined)
    assert.equal(world.openid.prompts.length, 0)
  })

test('what is said about policy and provider meanwhile does not stop the prompt', async () => {
  const world = aWorld(request)
  for (const { cache } of [world.policies, world.providers]) cache.freeze()
  world.policies.put({ ...aPolicy(), status: { conditions: [] } })
  world.providers.put({ ...aProvider(), status: { conditions: [] } })
  await world.pass()
  assert.equal(world.said(), 'AuthorizationPending')
})

/** The API server counts generations. */
function edited<T extends KubernetesObject>(object: T): T {
  return { ...object, metadata: { ...object.metadata, generation: 2 } }
}

test('a process that stops after W1 leaves PromptLost, and no second prompt', async () => {
  const world = await stoppedAfterIntent(aWorld(request))
  await world.pass('foo-v2', world.anotherProcess())
  assert.equal(world.said(), 'PromptLost')
  assert.equal(world.openid.prompts.length, 0)
})

test('a process that starts anew goes on asking for the answer', async () => {
  const world = aWorld(request)
  await world.settle()
  const other = world.anotherProcess()
  assert.deepEqual(await world.pass('foo-v2', other), { kind: 'RequeueAt', at: t(7.5) })
  world.openid.script.token = [granted]
  world.clock.advance(7.5)
  // The first finds that no token is stored yet.
  await world.pass('foo-v2', other)
  await world.pass('foo-v2', other)
  assert.equal(world.said(), 'Approved')
  assert.equal(world.openid.prompts.length, 1)
})

test('a process that starts anew asks nobody anything at once', async () => {
  const world = aWorld(request)
  await world.settle()
  const reads: string[] = []
  for (const kind of [world.requests, world.secrets])
    kind.interpose({ before: ({ verb }) => void reads.push(verb) })
  await world.pass('foo-v2', world.anotherProcess())
  assert.deepEqual(reads, [])
})

test('keys that are gone make a prompt lost', async () => {
  const world = aWorld(request.pending({ handle: 'sealed with another key' }))
  await world.settle()
  await world.after(7.5)
  assert.equal(world.said(), 'PromptLost')
  assert.equal(world.openid.tokenRequests.length, 0)
})

test('another issuer ends the request, and nothing is sent there', async () => {
  const world = aWorld(request)
  await world.settle()
  world.providers.put(aProvider({ issuer: 'https://elsewhere.example' }))
  await world.after(5)
  assert.equal(world.said(), 'IdentityProviderChanged')
  assert.equal(world.openid.tokenRequests.length, 0)
})

test('a lost lease sends no prompt, and says that nobody was disturbed', async () => {
  const world = aWorld(request)
  world.lease.held = false
  await world.pass()
  assert.equal(world.openid.prompts.length, 0)
  assert.equal(world.request().status?.prompts?.[0]?.sentAt, undefined)
  world.lease.held = true
  await world.after(1)
  assert.equal(world.said(), 'AuthorizationPending')
})

test('a lost lease sends no token request', async () => {
  const world = aWorld(request)
  await world.settle()
  world.lease.held = false
  assert.deepEqual(await world.after(5), { kind: 'Retry' })
  assert.equal(world.openid.tokenRequests.length, 0)
})

test('after a silent leader older prompts wait', async () => {
  const world = aWorld(request)
  await world.settle()
  world.lease.holdUntil = t(40)
  const other = world.anotherProcess()
  assert.deepEqual(await world.pass('foo-v2', other), { kind: 'RequeueAt', at: t(42.5) })
  world.clock.advance(42.499)
  await world.pass('foo-v2', other)
  assert.equal(world.openid.tokenRequests.length, 0)
  world.clock.advance(0.001)
  await world.pass('foo-v2', other)
  await world.pass('foo-v2', other)
  assert.equal(world.openid.tokenRequests.length, 1)
})
