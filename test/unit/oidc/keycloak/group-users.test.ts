/** What Keycloak's Admin API may answer, from a server that answers whatever it is told to. The real one is in test/e2e/keycloak. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { SourceFault } from '../../../../src/core/ports/group-sources.ts'
import { keycloakUsers } from '../../../../src/oidc/keycloak/group-users.ts'
import { json, oddities, text } from '../../../support/fakes/network/http-answers.ts'
import type { Handler } from '../../../support/fakes/network/http-answers.ts'
import { startScriptedProvider } from '../../../support/fakes/providers/scripted.ts'

const paths = {
  token: '/realms/prod/protocol/openid-connect/token',
  group: '/admin/realms/prod/group-by-path/sre',
  members: '/admin/realms/prod/groups/0815/members?first=0&max=100',
} as const
const sound: Readonly<Record<keyof typeof paths, Handler>> = {
  token: json(200, { access_token: 'an-access-token' }),
  group: json(200, { id: '0815', name: 'sre', path: '/sre' }),
  members: json(200, [
    { id: '750e', username: 'alice', email: 'alice@company.com', emailVerified: true, enabled: true },
    { id: '8c1f', username: 'bob', email: 'alice@company.com', emailVerified: false, enabled: true },
    { id: '91aa', username: 'carol', enabled: false },
  ]),
}

test('the users who are enabled, with the addresses that are verified', async (t) => {
  const { ask, received } = await aKeycloak(t)
  assert.deepEqual(await ask(), {
    kind: 'Users',
    users: [
      { id: '750e', username: 'alice', email: 'alice@company.com' },
      { id: '8c1f', username: 'bob' },
    ],
  })
  assert.deepEqual(Object.fromEntries(received.get(paths.token)?.[0] ?? []), {
    ...{ grant_type: 'client_credentials', client_id: 'countersign-groups', client_secret: 'a-secret' },
  })
})

test('a group within a group, with signs in its name', async (t) => {
  const { ask, received } = await aKeycloak(t)
  await ask({ group: '/teams/a b?c' })
  assert.ok(received.has('/admin/realms/prod/group-by-path/teams/a%20b%3Fc'), [...received.keys()].join())
})

test('a group without members is an empty list', async (t) => {
  const { ask } = await aKeycloak(t, { members: json(200, []) })
  assert.deepEqual(await ask(), { kind: 'Users', users: [] })
})

const other = 'reading Keycloak group /sre failed: '
const faults: readonly (readonly [string, Partial<typeof sound>, SourceFault['reason'], string])[] = [
  ['a missing group', { group: json(404, {}) }, 'GroupNotFound', 'Keycloak has no group /sre'],
  ['a group that goes in between', { members: json(404, {}) }, 'GroupNotFound', 'Keycloak has no group /sre'],
  [
    'a wrong secret',
    { token: json(401, { error: 'unauthorized_client', error_description: 'a-secret' }) },
    'Unauthorized',
    'Keycloak answered unauthorized_client to client countersign-groups',
  ],
  [
    'a client without a service account',
    {
      token: json(401, {
        error: 'unauthorized_client',
        error_description: 'Client\nnot enabled to retrieve service account, not even with a-secret',
      }),
    },
    'Unauthorized',
    'Keycloak answered unauthorized_client ("Client not enabled to retrieve service account, not even with ...") to client countersign-groups',
  ],
  [
    'an unknown client',
    { token: json(401, { error: 'invalid_client' }) },
    'Unauthorized',
    'Keycloak answered invalid_client to client countersign-groups',
  ],
  [
    'an error that is no code',
    { token: json(400, { error: 'a secret\n' }) },
    'Unauthorized',
    'Keycloak answered an error to client countersign-groups',
  ],
  [
    'a client without the roles',
    { group: json(403, {}) },
    'Unauthorized',
    'client countersign-groups may not read the group /sre (HTTP 403)',
  ],
  ['an Admin API out of order', { group: text(503, 'x') }, 'SourceUnreachable', `${other}HTTP 503`],
  ['a redirect', { token: text(302, '', { location: '/' }) }, 'SourceUnreachable', `${other}HTTP 302`],
  [
    'a connection that breaks',
    { members: oddities.reset },
    'SourceUnreachable',
    `${other}connection reset (ECONNRESET)`,
  ],
  [
    'an answer that is too large',
    { members: oddities.hugeBody },
    'SourceUnreachable',
    `${other}the answer is too large (UND_ERR_RES_EXCEEDED_MAX_SIZE)`,
  ],
  [
    'a token endpoint without a token',
    { token: json(200, {}) },
    'UnexpectedResponse',
    `${other}the answer of the token endpoint has no access_token`,
  ],
  [
    'a group without an id',
    { group: text(200, '<html>') },
    'UnexpectedResponse',
    `${other}the group has no id`,
  ],
  [
    'members that are no list',
    { members: json(200, { users: [] }) },
    'UnexpectedResponse',
    `${other}its members are no list of users`,
  ],
  [
    'a member without a name, who may be the one to ask',
    { members: json(200, [{ id: '750e' }]) },
    'UnexpectedResponse',
    `${other}its members are no list of users`,
  ],
]

for (const [what, answers, reason, message] of faults)
  test(`${what} is a fault, and its sentence names no secret`, async (t) => {
    const { ask } = await aKeycloak(t, answers)
    const answer = await ask()
    assert.ok(answer.kind === 'Fault', JSON.stringify(answer))
    assert.deepEqual([answer.reason, answer.message], [reason, message])
    assert.doesNotMatch(JSON.stringify(answer), /a-secret|an-access-token/)
  })

for (const [what, issuer] of [
  ['another provider', 'https://sso.company.com'],
  ['plain http elsewhere', 'http://sso.company.com/realms/prod'],
] as const)
  test(`${what} is not asked`, async (t) => {
    const { ask } = await aKeycloak(t)
    const answer = await ask({ issuer })
    assert.deepEqual(answer, {
      ...{ kind: 'Fault', reason: 'NotKeycloak' },
      message: `issuer ${issuer} is not the address of a Keycloak realm`,
    })
  })

test('certificates that cannot be read are named', async (t) => {
  const { ask } = await aKeycloak(t)
  const answer = await ask({ caBundle: 'x' })
  assert.ok(answer.kind === 'Fault')
  assert.equal(
    answer.message,
    'the caBundle of the IdentityProvider cannot be used: it holds no certificate in PEM',
  )
})

async function aKeycloak(t: TestContext, answers: Partial<typeof sound> = {}) {
  const provider = await startScriptedProvider()
  t.after(() => provider.close())
  const { issuer, routes, received } = provider
  for (const key of ['token', 'group', 'members'] as const) routes.set(paths[key], answers[key] ?? sound[key])
  const query = {
    ...{ issuer: `${issuer}/realms/prod`, caBundle: undefined, allowInsecureHTTP: true },
    ...{ group: '/sre', clientID: 'countersign-groups', secret: 'a-secret' },
  }
  return {
    received,
    ask: (change: Partial<typeof query> | { caBundle: string } = {}) =>
      keycloakUsers({ ...query, ...change }),
  }
}
