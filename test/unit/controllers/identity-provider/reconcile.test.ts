import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IdentityProvider, Secret } from '../../../../src/api/objects.ts'
import type { Dependencies } from '../../../../src/controllers/identity-provider/dependencies.ts'
import { createExperiences } from '../../../../src/controllers/identity-provider/experiences.ts'
import { reconcile } from '../../../../src/controllers/identity-provider/reconcile.ts'
import { readyOf } from '../../../../src/core/condition.ts'
import type { Experience } from '../../../../src/core/ports/experience.ts'
import type { Result } from '../../../../src/runtime/runner.ts'
import { aClient, aProvider } from '../../../support/builders/builders.ts'
import { manualClock, t } from '../../../support/fakes/clocks/clock.ts'
import { inMemoryResource } from '../../../support/fakes/cluster/in-memory-resource.ts'
import { scriptedOpenID } from '../../../support/fakes/providers/port.ts'

const bot = 'agent-release-bot'
const secret: Secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: 'countersign-system', name: bot },
  data: { client_secret: Buffer.from('a-client-secret').toString('base64') },
}
const carol = { kind: 'User', name: 'carol' } as const
const down = { kind: 'NotReady', reason: 'DiscoveryFailed', message: 'reading it failed: reset' } as const

test('a provider is said to be ready, then left alone', async () => {
  const world = aWorld()
  assert.deepEqual(await world.pass(), { kind: 'RequeueAt', at: t(300) })
  assert.equal(world.reason(), 'Discovered')
  const { resourceVersion } = world.held().metadata
  await world.pass()
  assert.equal(world.held().metadata.resourceVersion, resourceVersion)
  assert.deepEqual(world.reported, ['Discovered'])
})

test('a Secret that is missing and then there', async () => {
  const world = aWorld()
  world.secrets.remove(bot)
  assert.deepEqual(await world.pass(), { kind: 'RequeueAt', at: t(1) })
  assert.equal(world.reason(), 'SecretNotFound')
  world.secrets.put(secret)
  await world.pass()
  assert.equal(world.reason(), 'Discovered')
  assert.deepEqual(world.reported, ['SecretNotFound', 'Discovered'])
})

for (const [name, data, said] of [
  [
    'another key',
    { secret: 'eA==', 'client-secret': 'eA==' },
    'has no key client_secret. Add the key, or set secretRef.key of the client to one that is there: client-secret, secret. It is looked for again automatically.',
  ],
  ['no key', {}, 'has no key client_secret. Add the key. It is looked for again automatically.'],
  [
    'many keys',
    Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`k${index + 10}`, 'eA=='])),
    'has no key client_secret. Add the key, or set secretRef.key of the client to one that is there: k10, k11, k12, k13, k14, …. It is looked for again automatically.',
  ],
] as const)
  test(`a Secret with ${name} lacks the key, and it is said which there are`, async () => {
    const world = aWorld()
    world.secrets.put({ ...secret, data })
    await world.pass()
    assert.equal(world.reason(), 'SecretNotFound')
    assert.equal(
      readyOf(world.held())?.message,
      `Client ${bot} has no credential: Secret countersign-system/${bot} ${said}`,
    )
  })

for (const value of ['', 'Cg==', 'ICAK'])
  test(`a key whose value is ${JSON.stringify(value)} is empty, not missing`, async () => {
    const world = aWorld()
    world.secrets.put({ ...secret, data: { client_secret: value } })
    await world.pass()
    assert.equal(
      readyOf(world.held())?.message,
      `Client ${bot} has no credential: the key client_secret of Secret countersign-system/${bot} is empty. Put the credential of the client there. It is looked for again automatically.`,
    )
  })

test('a code of a provider that is no word stands in quotes', async () => {
  const world = aWorld()
  await world.pass()
  const version = world.secrets.held(bot)?.metadata.resourceVersion ?? ''
  world.tell({ kind: 'Refused', error: 'no such client', secretResourceVersion: version })
  await world.pass()
  assert.match(readyOf(world.held())?.message ?? '', /^The provider answered "no such client" to client/)
})

test('a provider that goes and comes back', async () => {
  const world = aWorld()
  world.openid.script.examine = [down, { kind: 'Usable', clockSkewSeconds: undefined }]
  await world.pass()
  assert.equal(world.reason(), 'DiscoveryFailed')
  await world.pass()
  assert.equal(world.reason(), 'Discovered')
})

test('a key that cannot sign is named with its Secret', async () => {
  const world = aWorld()
  const message = `the private key of client ${bot} is no JWK`
  world.openid.script.connect = [{ kind: 'NotReady', reason: 'InvalidKey', message }]
  await world.pass()
  assert.equal(world.reason(), 'InvalidKey')
  assert.match(readyOf(world.held())?.message ?? '', /\(Secret countersign-system\/agent-release-bot\)\. Put/)
})

test('a refusal that was met is said, and again after a restart', async () => {
  const world = aWorld()
  await world.pass()
  const version = world.secrets.held(bot)?.metadata.resourceVersion ?? ''
  world.tell({ kind: 'Refused', error: 'invalid_client', secretResourceVersion: version })
  assert.deepEqual(world.woken, ['company'])
  await world.pass()
  assert.equal(world.reason(), 'ClientAuthenticationFailed')
  await world.restarted().pass()
  assert.equal(world.reason(), 'ClientAuthenticationFailed')
  world.tell({ kind: 'Refused', error: 'invalid_client', secretResourceVersion: version })
  assert.deepEqual(world.woken, ['company'], 'what is said already is no news')
  world.tell({ kind: 'Accepted' })
  assert.deepEqual(world.woken, ['company', 'company'])
  await world.pass()
  assert.equal(world.reason(), 'Discovered')
})

test('what was met is kept until it is written', async () => {
  const world = aWorld()
  await world.pass()
  const version = world.secrets.held(bot)?.metadata.resourceVersion ?? ''
  world.tell({ kind: 'Refused', error: 'invalid_client', secretResourceVersion: version })
  world.providers.cache.freeze()
  world.providers.put({ ...world.held(), metadata: { ...world.held().metadata, labels: { a: 'b' } } })
  assert.deepEqual(await world.pass(), { kind: 'Retry' })
  world.providers.cache.catchUp()
  await world.pass()
  assert.equal(world.reason(), 'ClientAuthenticationFailed')
})

for (const [name, experience, whenReady, whenNot] of [
  ['a connection that came about', { kind: 'Usable' }, 0, 1],
  ['a connection that did not', { kind: 'Unusable' }, 1, 0],
  ['a client that was let in', { kind: 'Accepted' }, 0, 1],
] as const)
  test(`${name} is news only if the status says otherwise`, async () => {
    const world = aWorld()
    await world.pass()
    world.tell(experience)
    assert.equal(world.woken.length, whenReady)
    world.openid.script.examine = [down]
    await world.pass()
    world.tell(experience)
    assert.equal(world.woken.length, whenReady + whenNot)
  })

test('use of a provider is no news while only some requesters cannot ask', async () => {
  const world = aWorld()
  const clients = [bot, 'another', 'third'].map((id) => aClient(id, id === bot ? undefined : [carol]))
  world.providers.put(aProvider({ clients }))
  for (const { clientID } of clients)
    world.secrets.put({ ...secret, metadata: { ...secret.metadata, name: clientID } })
  assert.deepEqual(await world.pass(), { kind: 'RequeueAt', at: t(300) })
  assert.equal(world.reason(), 'AmbiguousClient')
  for (const kind of ['Usable', 'Accepted'] as const) world.tell({ kind })
  assert.deepEqual(world.woken, [])
  world.tell({ kind: 'Unusable' })
  assert.deepEqual(world.woken, ['company'])
})

test('a provider that is gone is done with', async () => {
  const world = aWorld()
  world.providers.remove('company')
  assert.deepEqual(await world.pass(), { kind: 'Done' })
  world.tell({ kind: 'Unusable' })
  assert.deepEqual(world.woken, [])
})

test('no status names a secret', async () => {
  const world = aWorld()
  await world.pass()
  assert.ok(!JSON.stringify(world.held()).includes('a-client-secret'))
})

function aWorld() {
  const providers = inMemoryResource<IdentityProvider>()
  const secrets = inMemoryResource<Secret>()
  providers.put(aProvider())
  secrets.put(secret)
  const openid = scriptedOpenID()
  const [reported, woken]: [string[], string[]] = [[], []]
  const newProcess = (): Dependencies => {
    const experiences = createExperiences(providers.cache)
    experiences.onNews((name) => woken.push(name))
    return {
      ...{ providers, secrets, openid, experiences, cache: providers.cache },
      clock: manualClock(),
      random: () => 0.5,
      settings: { namespace: 'countersign-system', providerCheckSeconds: 300, servesPing: true },
      report: (provider) => reported.push(readyOf(provider)?.reason ?? ''),
    }
  }
  const dependencies = newProcess()
  const passBy = (process: Dependencies) => (): Promise<Result> => reconcile(process, 'company')
  const held = (): IdentityProvider => providers.held('company') ?? aProvider()
  return {
    ...{ providers, secrets, openid, reported, woken, held },
    pass: passBy(dependencies),
    restarted: () => ({ pass: passBy(newProcess()) }),
    reason: () => readyOf(held())?.reason,
    tell: (experience: Experience) => {
      dependencies.experiences.tell('company', bot, experience)
    },
  }
}
