/** A prompt is open and its answer cannot be fetched: people are told why while somebody can still fix it, once for each cause. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditLineOf } from '../../../../src/core/action/rendering.ts'
import { summaryOf } from '../../../../src/core/request/conditions.ts'
import { anApprovalRequest, aProvider } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'
import { granted, pendingError, verified } from '../../../support/fakes/providers/port.ts'

const unavailable = {
  kind: 'Unreachable',
  detail: 'the token endpoint answered HTTP 503 ("no upstream, id 1")',
} as const
const fix =
  'Ask a platform engineer to fix it; the request resumes automatically\\. Retried until [\\d:]+ UTC\\.$'
const cannotFetch = '^alice@company\\.com has been asked, but the operator cannot fetch the answer: '

async function asked(): Promise<World> {
  const world = aWorld(anApprovalRequest())
  await world.settle()
  assert.equal(world.said(), 'AuthorizationPending')
  return world
}

function message(world: World): string {
  return world.request().status?.conditions?.[0]?.message ?? ''
}

async function times(count: number, what: () => Promise<unknown>): Promise<void> {
  for (let done = 0; done < count; done++) await what()
}

const secretGone =
  'IdentityProvider company cannot authenticate its client agent-release-bot: Secret .* does not exist'
for (const [name, breakIt, why] of [
  [
    'the token endpoint answers 503',
    (world: World) => (world.openid.script.token = [unavailable]),
    'IdentityProvider company: the token endpoint answered HTTP 503 \\("no upstream, id 1"\\)',
  ],
  [
    'the client’s Secret is deleted',
    (world: World) => {
      world.secrets.remove('agent-release-bot')
    },
    secretGone,
  ],
  [
    'the client’s Secret is another one',
    (world: World) => {
      const [client] = aProvider().spec.clients
      assert.ok(client)
      const secretRef = { name: 'another', key: 'client_secret' }
      const clients = [{ ...client, authentication: { ...client.authentication, secretRef } }]
      world.providers.put(aProvider({ clients }))
    },
    secretGone,
  ],
  [
    'discovery fails',
    (world: World) => {
      const failed = { kind: 'NotReady', reason: 'DiscoveryFailed', message: 'connection refused' } as const
      world.openid.script.connect = [failed]
    },
    'IdentityProvider company is not ready: connection refused',
  ],
] as const)
  test(`it is told once that ${name}, and who can fix it`, async () => {
    const world = await asked()
    breakIt(world)
    const { status } = world.writes()
    await world.after(60)
    assert.equal(world.said(), 'AuthorizationPending', 'one failure is no news')
    await times(5, () => world.after(60))
    assert.equal(world.said(), 'IdentityProviderNotReady')
    assert.match(message(world), new RegExp(`${cannotFetch}${why}\\. ${fix}`))
    assert.equal(world.writes().status, status + 1, 'no write for each attempt')
    assert.equal(world.reported.at(-1), 'IdentityProviderNotReady')
  })

test('the provider’s deletion is told at once, and the answer fetched when it is created again', async () => {
  const world = await asked()
  const { status } = world.writes()
  world.providers.remove('company')
  await world.settle()
  const deleted = `${cannotFetch}IdentityProvider company was deleted\\. ${fix}`
  assert.match(message(world), new RegExp(deleted))
  await times(3, () => world.after(60))
  assert.equal(world.writes().status, status + 1)
  world.providers.put(aProvider())
  world.openid.script.token = [pendingError, granted]
  await world.after(5)
  assert.equal(world.said(), 'AuthorizationPending')
  assert.match(message(world), /the answer is awaited until/)
  await world.after(5)
  assert.equal(world.said(), 'Approved')
})

test('an approval that could be fetched late only is said to have been given in between', async () => {
  const world = await asked()
  world.openid.script.token = [pendingError, unavailable, unavailable, unavailable, unavailable, granted]
  await times(6, () => world.after(60))
  assert.equal(world.said(), 'Approved')
  const { decision } = world.request().status ?? {}
  assert.ok(decision?.answeredAfter)
  const clock = (moment: string): string => moment.slice(11, 16)
  const when = `between ${clock(decision.answeredAfter)} UTC and ${clock(decision.decidedAt)} UTC`
  assert.ok(message(world).startsWith(`alice@company.com approved ${when}. Act before `), message(world))
  const summary = summaryOf(world.request())
  const audited = summary && auditLineOf(world.request(), summary)
  assert.match(audited ?? '', / approved by alice@company\.com \(.*\) between \S+Z and \S+Z, digest /)
})

test('the deletion is told after a restart as well', async () => {
  const world = await asked()
  world.providers.remove('company')
  const another = world.anotherProcess()
  world.clock.advance(5)
  await times(3, () => world.pass('foo-v2', another))
  world.clock.advance(30)
  await times(3, () => world.pass('foo-v2', another))
  assert.match(message(world), /IdentityProvider company was deleted\./)
})

test('a provider that is deleted before the next attempt to ask is told', async () => {
  const world = aWorld(anApprovalRequest())
  world.openid.script.prompt = [{ kind: 'NotPrompted', error: 'temporarily_unavailable' }]
  await world.settle()
  world.providers.remove('company')
  await world.settle()
  assert.match(
    message(world),
    new RegExp(`^IdentityProvider company was deleted before alice@company\\.com was asked\\. ${fix}`),
  )
})

test('another cause is told, other words of the same are not', async () => {
  const world = await asked()
  const again = { ...unavailable, detail: 'the token endpoint answered HTTP 503 ("no upstream, id 2")' }
  world.openid.script.token = [unavailable, unavailable, again]
  const { status } = world.writes()
  await times(4, () => world.after(60))
  assert.equal(world.writes().status, status + 1)
  assert.match(message(world), /id 1/)
  world.openid.script.token = [{ kind: 'Error', error: 'server_error', description: 'database' }]
  await world.after(60)
  assert.match(
    message(world),
    /^alice@company\.com has been asked, but IdentityProvider company answered server_error \("database"\) to client agent-release-bot when it fetched the answer\. Ask a platform/,
  )
  assert.equal(world.writes().status, status + 2)
})

test('a token whose client cannot be used any more says so, and counts once it can', async () => {
  const world = aWorld(anApprovalRequest().wantingToken())
  await world.settle()
  world.openid.script.token = [granted]
  world.openid.script.verify = [{ kind: 'NotYet', clause: 'jwks', message: 'no keys' }]
  await world.after(5)
  const secret = world.secrets.held('agent-release-bot')
  assert.ok(secret)
  world.secrets.remove('agent-release-bot')
  await times(5, () => world.after(16))
  assert.match(
    message(world),
    new RegExp(
      `^the answer of alice@company\\.com is there, but cannot be verified yet: ${secretGone}\\. ${fix}`,
    ),
  )
  world.secrets.put(secret)
  world.openid.script.verify = [verified]
  await world.after(60)
  assert.equal(world.said(), 'Approved')
})

test('a provider that is deleted while its token is verified is told', async () => {
  const world = aWorld(anApprovalRequest().wantingToken())
  await world.settle()
  world.openid.script.token = [granted]
  world.openid.script.verify = [{ kind: 'NotYet', clause: 'jwks', message: 'no keys' }]
  await world.after(5)
  world.providers.remove('company')
  await world.settle()
  assert.match(
    message(world),
    new RegExp(
      `^the answer of alice@company\\.com is there, but cannot be verified yet: IdentityProvider company was deleted\\. ${fix}`,
    ),
  )
})
