import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stringify } from 'yaml'
import { DirectoryError } from '../../../src/embedded-provider/fields.ts'
import { parseDirectory } from '../../../src/embedded-provider/people.ts'

const alice = { username: 'alice', email: 'alice@company.com', name: 'Alice', password: 'wonderland' }
const bare = { kind: 'Ciba', client_id: 'bot', scopes: ['rollouts:promote'] }
const bot = { ...bare, client_secret: 'bot-secret' }
const inbox = {
  kind: 'Login',
  client_id: 'inbox',
  client_secret: 'inbox-secret',
  redirect_uris: ['http://127.0.0.1/cb'],
}
const file = { people: [alice], clients: [bot, inbox], audience: 'urn:demo' }

test('a file with what is needed has defaults for the rest', () => {
  const { people, clients, channelUri, tokenLifetimeSeconds, intervalSeconds, audiences } = parseDirectory(
    stringify(file),
  )
  assert.deepEqual(people, [alice])
  assert.deepEqual(
    clients.map(({ kind }) => kind),
    ['Ciba', 'Login'],
  )
  assert.deepEqual(
    [channelUri, tokenLifetimeSeconds, intervalSeconds, audiences],
    [undefined, 300, 5, ['urn:demo']],
  )
})

const key = { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2', y: 'x_FEzRu9', kid: 'k1' }
const keyed = { ...bare, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key] } }

for (const [client, want] of [
  [bot, { method: 'client_secret_basic', secret: 'bot-secret' }],
  [
    { ...bot, token_endpoint_auth_method: 'client_secret_post' },
    { method: 'client_secret_post', secret: 'bot-secret' },
  ],
  [keyed, { method: 'private_key_jwt', keys: [key] }],
] as const)
  test(`a client may prove itself by ${want.method}`, () => {
    const { clients } = parseDirectory(stringify({ ...file, clients: [client] }))
    assert.deepEqual(clients[0]?.credential, want)
  })

test('a person may have a second factor', () => {
  const totp = 'JBSWY3DPEHPK3PXP'
  const { people } = parseDirectory(stringify({ ...file, people: [{ ...alice, totp }] }))
  assert.deepEqual(people, [{ ...alice, totp }])
})

test('a client that asks for approvals may be pinged', () => {
  const pinged = {
    ...bot,
    scopes: [],
    client_id: 'pinged',
    notification_endpoint: 'http://countersign-ping:8083/v1/ping',
  }
  const { clients } = parseDirectory(stringify({ ...file, clients: [bot, pinged] }))
  assert.deepEqual(
    clients.map((client) => client.kind === 'Ciba' && client.notificationEndpoint),
    [undefined, pinged.notification_endpoint],
  )
})

for (const [name, content, field] of [
  ['no secret', { ...file, clients: [bare] }, 'clients[0].client_secret'],
  [
    'a method that nobody knows',
    { ...file, clients: [{ ...bot, token_endpoint_auth_method: 'none' }] },
    'clients[0].token_endpoint_auth_method',
  ],
  ['no keys', { ...file, clients: [{ ...keyed, jwks: undefined }] }, 'clients[0].jwks'],
  [
    'a key and a secret',
    { ...file, clients: [{ ...keyed, client_secret: 'bot-secret' }] },
    'clients[0].client_secret',
  ],
  [
    'a private key',
    { ...file, clients: [{ ...keyed, jwks: { keys: [{ ...key, d: 'c2VjcmV0' }] } }] },
    'clients[0].jwks.keys[0].d',
  ],
  [
    'half a key',
    { ...file, clients: [{ ...keyed, jwks: { keys: [{ ...key, y: undefined }] } }] },
    'clients[0].jwks.keys[0].y',
  ],
  ['no people', { ...file, people: [] }, 'people'],
  ['a person without e-mail', { ...file, people: [{ ...alice, email: undefined }] }, 'people[0].email'],
  ['a short password', { ...file, people: [{ ...alice, password: 'abc' }] }, 'people[0].password'],
  ['a short secret of an app', { ...file, people: [{ ...alice, totp: 'JBSWY3DP' }] }, 'people[0].totp'],
  [
    'a secret that is no base32',
    { ...file, people: [{ ...alice, totp: 'JBSWY3DPEHPK3PX1' }] },
    'people[0].totp',
  ],
  ['a number for a name', { ...file, people: [{ ...alice, name: 7 }] }, 'people[0].name'],
  ['a field that nobody knows', { ...file, people: [{ ...alice, admin: true }] }, 'people[0].admin'],
  ['a kind that nobody knows', { ...file, clients: [{ ...bot, kind: 'Push' }] }, 'clients[0].kind'],
  [
    'a login without address',
    { ...file, clients: [{ ...inbox, redirect_uris: [] }] },
    'clients[0].redirect_uris',
  ],
  [
    'an address that is none',
    { ...file, clients: [{ ...inbox, redirect_uris: ['x'] }] },
    'clients[0].redirect_uris[0]',
  ],
  ...['x', 'ftp://countersign/v1/ping', 'https://countersign/v1/ping#now', 'https://[', 7].map(
    (endpoint) =>
      [
        `an endpoint ${endpoint}`,
        { ...file, clients: [{ ...bot, notification_endpoint: endpoint }] },
        'clients[0].notification_endpoint',
      ] as const,
  ),
  [
    'a login that is pinged',
    { ...file, clients: [{ ...inbox, notification_endpoint: 'https://countersign/v1/ping' }] },
    'clients[0].notification_endpoint',
  ],
  ['a channel without address', { ...file, channel: {} }, 'channel.uri'],
  ['an audience that is no URI', { ...file, audience: 'demo' }, 'audience'],
  ['a token for too long', { ...file, tokenLifetimeSeconds: 3601 }, 'tokenLifetimeSeconds'],
  ['a list for a person', { ...file, people: [['alice']] }, 'people[0]'],
  ['two of one name', { ...file, people: [alice, { ...alice }] }, 'people has two entries with username'],
] as const) {
  test(`${name}: the error names ${field}`, () => {
    assert.throws(() => parseDirectory(stringify(content)), named(field))
  })
}

test('what is no YAML is refused without quoting it', () => {
  assert.throws(
    () => parseDirectory('people: [{password: "wonderland'),
    (error) => error instanceof DirectoryError && !error.message.includes('wonderland'),
  )
})

function named(field: string): (error: unknown) => boolean {
  return (error) => error instanceof DirectoryError && error.message.startsWith(`${field} `)
}
