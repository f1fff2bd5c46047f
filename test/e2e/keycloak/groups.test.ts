/** Groups of the real Keycloak as approvers: who is in them, what is wrong with them, and that one of them approves. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { isAsked, isFinal } from '../../../tools/local/agent.ts'
import { answerAs, headingOf } from '../../../tools/local/person.ts'
import { operatorNamespace } from '../../../tools/local/processes.ts'
import type { serviceAccounts } from '../../../tools/keycloak/start.ts'
import { apiVersion } from '../../../src/api/names.ts'
import type { ApprovalPolicy, ApproverGroup, IdentityProvider } from '../../../src/api/objects.ts'
import { readyOf } from '../../../src/core/condition.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { wideLimits } from '../../support/builders/limits.ts'
import { passwords, startKeycloakLab } from '../../support/labs/keycloak-lab.ts'
import type { KeycloakLab } from '../../support/labs/keycloak-lab.ts'
import { realmAdmin } from '../../support/people/realm-admin.ts'
import type { RealmAdmin } from '../../support/people/realm-admin.ts'

let lab: KeycloakLab
let realm: RealmAdmin

before(async () => {
  lab = await startKeycloakLab()
  realm = realmAdmin(lab.issuer)
  const shipped = lab.shipped('1-identity-provider.yaml') as IdentityProvider
  await lab.apply({ ...shipped, spec: { ...shipped.spec, issuer: lab.issuer, allowInsecureHTTP: true } })
  await lab.controllers.start()
})

after(() => lab.stop())

test('the users of a group are its members, by the id that Keycloak signs', async () => {
  await createGroup('sre', '/sre')
  const { status } = await until('sre', because('Resolved'))
  assert.deepEqual(status?.members, [
    { name: 'alice@company.com', hint: 'alice', subject: await realm.userId('alice') },
    { name: 'bob@company.com', hint: 'bob', subject: await realm.userId('bob') },
  ])
  assert.equal(messageOf(await get('sre')), 'Keycloak group /sre: alice@company.com and bob@company.com.')
})

test('a group within a group has members of its own', async () => {
  await createGroup('foo', '/teams/foo')
  await until('foo', hasMembers('bob@company.com'))
  await createGroup('teams', '/teams')
  assert.equal(
    messageOf(await until('teams', because('Empty'))),
    'Keycloak group /teams has no enabled user. Add a user to the group in Keycloak. Requests wait and resume automatically.',
  )
})

test('an empty group and a missing one are different faults', async () => {
  await createGroup('empty', '/empty')
  await createGroup('missing', '/missing')
  const empty = await until('empty', because('Empty'))
  const missing = await until('missing', because('GroupNotFound'))
  assert.deepEqual([empty.status?.members, missing.status?.members], [[], []])
  assert.equal(
    messageOf(missing),
    'Keycloak has no group /missing. Create the group in Keycloak, or correct spec.keycloak.group. It is looked for again automatically.',
  )
})

test('a wrong secret is said, shown nowhere, and the right one is found', async () => {
  await createGroup('wrong', '/sre', { secret: 'not-the-secret' })
  const group = await until('wrong', because('Unauthorized'))
  assert.match(
    messageOf(group),
    /^Keycloak answered (invalid|unauthorized)_client \("[^"]+"\) to client countersign-groups\. Compare the .+ It is tried again automatically\.$/,
  )
  assert.equal(group.status?.members, undefined)
  await storeSecret('wrong', 'of-countersign-groups')
  await until('wrong', because('Resolved'))
  assert.doesNotMatch(JSON.stringify([group, await get('wrong')]), /not-the-secret|of-countersign/)
})

test('a client that does not exist, and one that may not read users', async () => {
  await createGroup('nobody', '/sre', { clientID: 'no-such-client' })
  assert.match(
    messageOf(await until('nobody', because('Unauthorized'))),
    /^Keycloak answered (invalid|unauthorized)_client \("[^"]+"\) to client no-such-client\. Compare the /,
  )
  await createGroup('powerless', '/sre', { clientID: 'countersign-powerless' })
  assert.equal(
    messageOf(await until('powerless', because('Unauthorized'))),
    "Client countersign-powerless may not read the group /sre (HTTP 403). Give the client's service account the roles view-users and query-groups of realm-management. It is tried again automatically.",
  )
})

test('a user who leaves the group, or is disabled, is a member no longer', async () => {
  await createGroup('changing', '/sre', { refresh: '30s' })
  await until('changing', hasMembers('alice@company.com,bob@company.com'))
  await realm.leave('bob', '/sre')
  await until('changing', hasMembers('alice@company.com'))
  await realm.join('bob', '/sre')
  await realm.setEnabled('alice', 'Disabled')
  await until('changing', hasMembers('bob@company.com'))
  await realm.setEnabled('alice', 'Enabled')
  await until('changing', hasMembers('alice@company.com,bob@company.com'))
})

test('Keycloak away: the members stay, and it is tried again', async () => {
  await createGroup('away', '/leads', { refresh: '30s' })
  const { status } = await until('away', because('Resolved'))
  lab.keycloakIs('Away')
  const group = await until('away', because('SourceUnreachable'))
  assert.match(
    messageOf(group),
    /^Reading Keycloak group \/leads failed: .+\. Let the operator reach the source/,
  )
  assert.deepEqual([group.status?.members, group.status?.asOf], [status?.members, status?.asOf])
  lab.keycloakIs('There')
  await until('away', because('Resolved'))
})

test('a member of the group approves, and Keycloak signs that it was her', async () => {
  await createGroup('leads', '/leads')
  await lab.ask('through-a-group')
  const shipped = lab.shipped('2-approval-policy.yaml') as ApprovalPolicy
  const stages = [{ name: 'leads', required: 1, approvers: [{ group: 'leads' }] }]
  await lab.apply({ ...shipped, spec: { ...shipped.spec, stages, limits: wideLimits } })
  await lab.until('through-a-group', isAsked)
  const { inboxUrl } = lab
  const request = { namespace: 'demo', name: 'through-a-group' }
  const alice = { inboxUrl, request, username: 'alice', password: passwords.alice }
  assert.equal(headingOf(await answerAs({ ...alice, decision: 'approve' })), 'You approved')
  const { status } = await lab.until('through-a-group', isFinal)
  assert.equal(status?.outcome, 'Approved', JSON.stringify(status?.conditions))
  const [asked] = status.effective?.approvers ?? []
  const [approved] = status.decision?.approvers ?? []
  assert.equal(asked?.via?.group, 'leads')
  assert.deepEqual([asked.claim, asked.expected], ['sub', approved?.subject])
})

type Source = {
  readonly clientID?: keyof typeof serviceAccounts | 'no-such-client'
  readonly secret?: string
  readonly refresh?: string
}

async function createGroup(
  name: string,
  group: string,
  { clientID = 'countersign-groups', secret = `of-${clientID}`, refresh = '5m' }: Source = {},
): Promise<void> {
  await storeSecret(name, secret)
  const keycloak = { identityProvider: 'company', group, clientID, secretRef: { name, key: 'secret' } }
  await lab.apply({ apiVersion, kind: 'ApproverGroup', metadata: { name }, spec: { keycloak, refresh } })
}

async function storeSecret(name: string, secret: string): Promise<void> {
  const metadata = { name, namespace: operatorNamespace }
  await lab.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { secret } })
}

async function get(name: string): Promise<ApproverGroup> {
  const group = await lab.groups.get({ name })
  assert.ok(group !== undefined)
  return group
}

/** Longer than a refresh of the shortest kind. */
const longestSeconds = 60

async function until(name: string, isReached: (group: ApproverGroup) => boolean): Promise<ApproverGroup> {
  let group = await get(name)
  await eventually(
    async () => isReached((group = await get(name))),
    `what is waited for of group ${name}`,
    longestSeconds,
  )
  return group
}

function because(reason: string): (group: ApproverGroup) => boolean {
  return (group) => readyOf(group)?.reason === reason
}

function hasMembers(names: string): (group: ApproverGroup) => boolean {
  return ({ status }) => status?.members?.map(({ name }) => name).join() === names
}

function messageOf(group: ApproverGroup): string {
  return readyOf(group)?.message ?? ''
}
