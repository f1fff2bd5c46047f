import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  ApproverGroup,
  ApproverGroupSpec,
  IdentityProvider,
  Secret,
} from '../../../../src/api/objects.ts'
import { reconcile } from '../../../../src/controllers/approver-group/reconcile.ts'
import { createGroupWaker } from '../../../../src/controllers/approver-group/wake.ts'
import { readyOf } from '../../../../src/core/condition.ts'
import type { GroupSources, SourceFault } from '../../../../src/core/ports/group-sources.ts'
import type { Result } from '../../../../src/runtime/runner.ts'
import { aProvider } from '../../../support/builders/builders.ts'
import { aGroup, alice, bob, fromCalendar, fromKeycloak } from '../../../support/builders/groups.ts'
import { at, manualClock, t } from '../../../support/fakes/clocks/clock.ts'
import { inMemoryResource } from '../../../support/fakes/cluster/in-memory-resource.ts'

const secret: Secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: 'countersign-system', name: 'sre-source' },
  data: { value: Buffer.from('a-secret-value\n').toString('base64') },
}
const users = [
  { id: '750e', username: 'alice', email: 'alice@company.com' },
  { id: '8c1f', username: 'bob', email: 'bob@company.com' },
]
const down: SourceFault = {
  kind: 'Fault',
  reason: 'SourceUnreachable',
  message: 'reading it failed: reset',
}

test('a list is said to be resolved, then left alone', async () => {
  const world = aWorld({ members: [alice, bob] })
  assert.deepEqual(await world.reconcile(), { kind: 'Done' })
  assert.deepEqual(world.names(), ['alice@company.com', 'bob@company.com'])
  const { resourceVersion } = world.held().metadata
  world.clock.advance(1e6)
  await world.reconcile()
  assert.equal(world.held().metadata.resourceVersion, resourceVersion)
  assert.deepEqual(world.reported, ['Resolved'])
})

test('a group of Keycloak is read as its client, with the value of its Secret', async () => {
  const world = aWorld({ keycloak: fromKeycloak })
  assert.deepEqual(await world.reconcile(), { kind: 'RequeueAt', at: t(300) })
  assert.deepEqual(world.names(), ['alice@company.com', 'bob@company.com'])
  assert.deepEqual(world.asked, [
    {
      ...{ issuer: 'https://sso.company.com', caBundle: undefined, allowInsecureHTTP: false },
      ...{ group: '/sre', clientID: 'countersign-groups', secret: 'a-secret-value' },
    },
  ])
})

/** As Keycloak answers a client whose Secret is wrong. */
function refused(code: string, said: string): SourceFault {
  return { ...down, message: `Keycloak answered ${code} ("${said}") to client countersign-groups` }
}

test('a source that fails with other words each time is written once, and another failure is', async () => {
  const world = aWorld({ keycloak: fromKeycloak })
  world.answer.keycloak = refused('invalid_client', 'Event 1 at 09:00:01')
  await world.reconcile()
  const { resourceVersion } = world.held().metadata
  for (const said of ['Event 2 at 09:05:02', 'Event 3 at 09:10:03']) {
    world.clock.advance(300)
    world.answer.keycloak = refused('invalid_client', said)
    await world.reconcile()
  }
  assert.equal(world.held().metadata.resourceVersion, resourceVersion)
  assert.match(readyOf(world.held())?.message ?? '', /Event 1/)
  world.answer.keycloak = refused('unauthorized_client', 'Event 4 at 09:15:04')
  await world.reconcile()
  assert.match(readyOf(world.held())?.message ?? '', /unauthorized_client \("Event 4/)
})

test('each reading is noted, with what it came to', async () => {
  const world = aWorld({ keycloak: fromKeycloak })
  const { name } = world.held().metadata
  await world.reconcile()
  world.answer.keycloak = down
  await world.reconcile()
  assert.deepEqual(world.read, [`${name} Resolved`, `${name} SourceUnreachable`])
})

test('a source that says the same costs one write in a quarter of maxAge', async () => {
  const world = aWorld({ keycloak: fromKeycloak })
  const versions = new Set<string | undefined>()
  for (let refreshes = 0; refreshes < 12; refreshes += 1) {
    await world.reconcile()
    versions.add(world.held().metadata.resourceVersion)
    world.clock.advance(300)
  }
  assert.equal(versions.size, 4)
})

test('a user who is removed is a member no longer', async () => {
  const world = aWorld({ keycloak: fromKeycloak })
  await world.reconcile()
  world.answer.keycloak = { kind: 'Users', users: users.slice(1) }
  await world.reconcile()
  assert.deepEqual(world.names(), ['bob@company.com'])
})

test('a source that fails leaves the members as they are, and is read again soon', async () => {
  const world = aWorld({ keycloak: fromKeycloak })
  await world.reconcile()
  world.clock.advance(300)
  world.answer.keycloak = down
  assert.deepEqual(await world.reconcile(), { kind: 'RequeueAt', at: t(305) })
  assert.deepEqual(
    [world.names(), world.held().status?.asOf],
    [['alice@company.com', 'bob@company.com'], at(0)],
  )
  assert.deepEqual(world.reported, ['Resolved', 'SourceUnreachable'])
})

test('a source that fails on and on in one way is written once', async () => {
  const world = aWorld({ keycloak: fromKeycloak })
  world.answer.keycloak = down
  await world.reconcile()
  const { resourceVersion } = world.held().metadata
  world.clock.advance(10)
  await world.reconcile()
  assert.equal(world.held().metadata.resourceVersion, resourceVersion)
})

test('a Secret that is missing and then there', async () => {
  const world = aWorld({ calendar: fromCalendar })
  world.secrets.remove('sre-source')
  await world.reconcile()
  assert.equal(
    readyOf(world.held())?.message,
    'Secret countersign-system/sre-source does not exist. Create it, or correct secretRef.name of the group. It is looked for again automatically.',
  )
  world.secrets.put({ ...secret, data: { value: '' } })
  await world.reconcile()
  assert.equal(
    readyOf(world.held())?.message,
    'The key value of Secret countersign-system/sre-source is empty. Put the URL of the feed there. It is looked for again automatically.',
  )
  world.secrets.put(secret)
  await world.reconcile()
  assert.deepEqual(world.reported, ['CredentialsMissing', 'Resolved'])
})

test('an IdentityProvider that is not there is named, and nothing is sent', async () => {
  const world = aWorld({ keycloak: fromKeycloak })
  world.providers.remove('company')
  await world.reconcile()
  assert.equal(
    readyOf(world.held())?.message,
    'IdentityProvider company does not exist. Create it, or correct spec.keycloak.identityProvider.',
  )
  assert.deepEqual(world.asked, [])
})

test('a calendar is read again when the shift ends', async () => {
  const world = aWorld({ calendar: fromCalendar })
  assert.deepEqual(await world.reconcile(), { kind: 'RequeueAt', at: t(120) })
  assert.deepEqual(world.names(), ['alice@company.com'])
})

test('a gap in the calendar leaves nobody', async () => {
  const world = aWorld({ calendar: fromCalendar })
  await world.reconcile()
  world.answer.calendar = { kind: 'Shifts', shifts: [] }
  await world.reconcile()
  assert.deepEqual([world.names(), world.reported], [[], ['Resolved', 'NobodyOnCall']])
})

test('no status names a secret', async () => {
  const world = aWorld({ keycloak: fromKeycloak })
  await world.reconcile()
  assert.ok(!JSON.stringify(world.held()).includes('a-secret-value'))
})

test('a group that is gone is done with', async () => {
  const world = aWorld()
  world.groups.remove('sre')
  assert.deepEqual(await world.reconcile(), { kind: 'Done' })
})

test('another spec, of the group or of its provider, is a reason to look; a status is none', () => {
  const world = aWorld({ keycloak: fromKeycloak })
  world.groups.put(aGroup('listed'))
  const woken: string[] = []
  const waker = createGroupWaker(world.groups.cache, (name) => woken.push(name))
  const group = world.held()
  const edited = { ...group, metadata: { ...group.metadata, generation: 2 } }
  waker.groupChanged(undefined, group)
  waker.groupChanged(group, { ...group, status: {} })
  waker.groupChanged(group, undefined)
  assert.deepEqual(woken.splice(0), ['sre'])
  waker.groupChanged(group, edited)
  assert.deepEqual(woken.splice(0), ['sre'])
  const provider = aProvider()
  waker.providerChanged(undefined, provider)
  waker.providerChanged(provider, { ...provider, status: {} })
  waker.providerChanged(undefined, aProvider({ name: 'another' }))
  assert.deepEqual(woken, ['sre'])
})

type Answers = {
  keycloak: Awaited<ReturnType<GroupSources['keycloakUsers']>>
  calendar: Awaited<ReturnType<GroupSources['shiftsAt']>>
}

function aWorld(spec?: Partial<ApproverGroupSpec>) {
  const groups = inMemoryResource<ApproverGroup>()
  const providers = inMemoryResource<IdentityProvider>()
  const secrets = inMemoryResource<Secret>()
  groups.put(aGroup('sre', spec))
  providers.put(aProvider())
  secrets.put(secret)
  const clock = manualClock()
  const answer: Answers = {
    keycloak: { kind: 'Users', users },
    calendar: { kind: 'Shifts', shifts: [{ summary: 'Alice', attendees: [], endsAt: t(120) }] },
  }
  const [reported, read, asked]: [string[], string[], unknown[]] = [[], [], []]
  const answering = <T>(query: unknown, value: T): Promise<T> => {
    asked.push(query)
    return Promise.resolve(value)
  }
  const dependencies = {
    ...{ groups, secrets, clock, caches: { groups: groups.cache, providers: providers.cache } },
    sources: {
      keycloakUsers: (query) => answering(query, answer.keycloak),
      shiftsAt: (query) => answering(query, answer.calendar),
    } satisfies GroupSources,
    random: () => 0.5,
    settings: { namespace: 'countersign-system' },
    onRead: (group: ApproverGroup, reason: string) => read.push(`${group.metadata.name} ${reason}`),
    report: (group: ApproverGroup) => reported.push(readyOf(group)?.reason ?? ''),
  }
  const held = (): ApproverGroup => {
    const group = groups.held('sre')
    assert.ok(group !== undefined)
    return group
  }
  return {
    ...{ groups, providers, secrets, clock, answer, reported, read, asked, held },
    reconcile: (): Promise<Result> => reconcile(dependencies, 'sre'),
    names: () => held().status?.members?.map(({ name }) => name),
  }
}
