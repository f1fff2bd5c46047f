/** A client that its provider does not let in: one refusal holds back all of its requests. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest, aProvider } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'
import { prompted } from '../../../support/fakes/providers/port.ts'

const refused = { kind: 'NotPrompted', error: 'invalid_client' } as const
const names = ['foo-v2', 'bar-v2', 'baz-v2'] as const

function aWorldOfThree(): World {
  const requests = names.map((name) => {
    const { apiVersion, kind, metadata, spec } = anApprovalRequest().named(name, `uid-of-${name}`)
    return { apiVersion, kind, metadata, spec: { ...spec, target: { ...spec.target, name } } }
  })
  const world = aWorld(...requests)
  world.openid.script.prompt = [refused]
  return world
}

async function forMinutes(world: World, minutes: number): Promise<void> {
  for (let second = 0; second < minutes * 60; second += 5) {
    world.clock.advance(5)
    for (const name of names) await world.pass(name)
  }
}

function rotated(world: World): void {
  world.secrets.put({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'countersign-system', name: 'agent-release-bot', resourceVersion: '77' },
    data: { client_secret: Buffer.from('another-client-secret').toString('base64') },
  })
}

test('three requests of a refused client cost its provider one attempt a minute', async () => {
  const world = aWorldOfThree()
  await forMinutes(world, 5)
  const attempts = world.openid.prompts.length
  assert.ok(attempts >= 3 && attempts <= 6, `${attempts} attempts in five minutes`)
  for (const name of names) {
    const [complete] = world.request(name).status?.conditions ?? []
    assert.equal(complete?.reason, 'IdentityProviderNotReady')
    assert.match(complete.message, /invalid_client/)
  }
})

for (const [name, fix] of [
  ['its Secret changes', rotated],
  [
    'the IdentityProvider changes',
    (world: World) => {
      const provider = aProvider()
      world.providers.put({ ...provider, metadata: { ...provider.metadata, generation: 2 } })
    },
  ],
] as const) {
  test(`a refused client may try again as soon as ${name}`, async () => {
    const world = aWorldOfThree()
    for (const name of names) await world.pass(name)
    assert.equal(world.openid.prompts.length, 1)
    world.openid.script.prompt = [prompted]
    fix(world)
    for (let second = 0; second < 10; second += 1) {
      world.clock.advance(1)
      await world.pass()
    }
    assert.equal(world.said(), 'AuthorizationPending')
  })
}

test('what was changed at the provider is found within about a minute', async () => {
  const world = aWorldOfThree()
  for (const name of names) await world.pass(name)
  world.openid.script.prompt = [prompted]
  await forMinutes(world, 3)
  // The third waits for its turn: one namespace may not take all of an approver's prompts.
  assert.deepEqual(
    names.map((name) => world.said(name)),
    ['AuthorizationPending', 'AuthorizationPending', 'Throttled'],
  )
})
