/** The fence around the operator: what it may do with Secrets if RBAC let it do everything. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import { assertAccepted, assertRefused, attempt, tryOut } from '../../support/assertions/attempt.ts'
import { testNamespace, testTransport } from '../../support/clusters/shared.ts'
import {
  grantEverything,
  impersonated,
  operator,
  takeEverything,
  theOperator,
} from '../../support/clusters/identities.ts'
import { aTokenSecret, withField } from '../../support/builders/manifests.ts'
import { secretsIn } from '../../support/clusters/paths.ts'

const admin = testTransport()
const almighty = impersonated(operator)
const owners = 'metadata.ownerReferences'
const [owner] = aTokenSecret.metadata.ownerReferences
const another = { ...owner, name: 'bar', uid: '4711', controller: false }
const oneOwner = 'must hold one entry, an ApprovalRequest of countersign.dev/v1alpha1 with controller: true'
const onlyTokens = 'may create only Secrets with type: countersign.dev/token'

const cases: readonly (readonly [name: string, path: string, value: unknown, ...words: string[]])[] = [
  ['creates a token Secret', 'data', { access_token: 'eQ==' }],
  ['creates no Opaque Secret', 'type', 'Opaque', onlyTokens],
  ['creates no token of a ServiceAccount', 'type', 'kubernetes.io/service-account-token', onlyTokens],
  ['creates no Secret without a type', 'type', undefined, onlyTokens],
  ['creates none without an owner', owners, undefined, owners, oneOwner],
  ['creates none with an empty list of owners', owners, [], owners, oneOwner],
  ['creates none with two owners', owners, [owner, another], owners, oneOwner],
  ['creates none with another kind of owner', owners, [{ ...owner, kind: 'ConfigMap' }], owners, oneOwner],
  [
    'creates none for another group',
    owners,
    [{ ...owner, apiVersion: 'evil.dev/v1alpha1' }],
    owners,
    oneOwner,
  ],
  ['creates none whose owner is no controller', owners, [{ ...owner, controller: false }], owners, oneOwner],
  ['creates none whose owner says nothing', owners, [{ ...owner, controller: undefined }], owners, oneOwner],
  ['creates none that can be changed', 'immutable', false, 'must have immutable: true'],
  ['creates none that does not say so', 'immutable', undefined, 'must have immutable: true'],
]

for (const [name, path, value, ...words] of cases) {
  test(`the operator ${name}`, async (t) => {
    const namespace = await testNamespace(t)
    await grantEverything(admin, namespace, operator)
    const body = withField(withServiceAccount, path, value)
    const answer = await tryOut(almighty, { method: 'POST', path: secretsIn(namespace), body })
    if (words.length === 0) assertAccepted(answer)
    else assertRefused(answer, ...words)
  })
}

/** The annotation without which the API server itself refuses a Secret of type service-account-token. */
const withServiceAccount = withField(aTokenSecret, 'metadata.annotations', {
  'kubernetes.io/service-account.name': 'default',
})

for (const [name, secret] of [
  ['token', aTokenSecret],
  ['foreign', { ...aTokenSecret, type: 'Opaque' }],
] as const) {
  test(`the operator updates no ${name} Secret`, async (t) => {
    const namespace = await testNamespace(t)
    await grantEverything(admin, namespace, operator)
    const by = name === 'token' ? almighty : admin
    const created = await by.request({ method: 'POST', path: secretsIn(namespace), body: secret })
    const path = `${secretsIn(namespace)}/${secret.metadata.name}`
    const body = withField(created, 'metadata.labels', { a: 'b' })
    assertRefused(
      await tryOut(almighty, { method: 'PUT', path, body }),
      'the operator may not update Secrets',
    )
  })
}

test('the operator deletes token Secrets and no others', async (t) => {
  const namespace = await testNamespace(t)
  await grantEverything(admin, namespace, operator)
  const path = secretsIn(namespace)
  const foreign = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'foreign' } }
  await admin.request({ method: 'POST', path, body: foreign })
  await almighty.request({ method: 'POST', path, body: aTokenSecret })
  const refusal = 'may delete only Secrets with type: countersign.dev/token'
  assertRefused(await tryOut(almighty, { method: 'DELETE', path: `${path}/foreign` }), refusal)
  assertRefused(await tryOut(almighty, { method: 'DELETE', path }), refusal)
  assertAccepted(await attempt(almighty, { method: 'DELETE', path: `${path}/${aTokenSecret.metadata.name}` }))
})

const own = secretsIn('countersign-system')
const keys = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'countersign-keys' }, type: 'Opaque' }
/** Without these the API server itself refuses such types. */
const ofServiceAccount = { annotations: { 'kubernetes.io/service-account.name': 'countersign-controller' } }

for (const [name, body] of [
  ['the token of a ServiceAccount', withType('kubernetes.io/service-account-token', 'a-token')],
  ['one under the name of its keys', withType('kubernetes.io/service-account-token', 'countersign-keys')],
  ['a token to bootstrap a node', withType('bootstrap.kubernetes.io/token', 'bootstrap-token-abcdef')],
  ['one of another name', { ...keys, metadata: { name: 'test-key-ring' } }],
  ['the credential of a client', { ...keys, metadata: { name: 'ci-deployer' } }],
  ["the inbox's keys", { ...keys, metadata: { name: 'countersign-inbox-keys' } }],
  ['one whose name is made up', { ...keys, metadata: { generateName: 'countersign-keys' } }],
] as const)
  test(`in its own namespace the operator does not create ${name}`, async () => {
    const transport = await theOperator(admin)
    assertRefused(
      await tryOut(transport, { method: 'POST', path: own, body }),
      onlyTokens,
      'countersign-keys',
    )
  })

test('the operator creates its keys in its own namespace, and nowhere else', async (t) => {
  const transport = await theOperator(admin)
  // A controller of another test may have made them already.
  const answer = await tryOut(transport, { method: 'POST', path: own, body: keys })
  assert.ok(answer.kind === 'Accepted' || answer.status === 409, JSON.stringify(answer))
  const elsewhere = secretsIn(await testNamespace(t))
  assertRefused(await tryOut(transport, { method: 'POST', path: elsewhere, body: keys }), onlyTokens)
})

test('in its own namespace the operator neither changes nor deletes Secrets', async (t) => {
  await grantEverything(admin, 'countersign-system', operator)
  t.after(() => takeEverything(admin, 'countersign-system'))
  const name = `kept-${randomUUID()}`
  const created = await admin.request({ method: 'POST', path: own, body: { ...keys, metadata: { name } } })
  const path = `${own}/${name}`
  t.after(() => admin.request({ method: 'DELETE', path }))
  const body = withField(created, 'metadata.labels', { a: 'b' })
  assertRefused(await tryOut(almighty, { method: 'PUT', path, body }), 'the operator may not update Secrets')
  const onlyTokensGo = 'may delete only Secrets with type: countersign.dev/token'
  assertRefused(await tryOut(almighty, { method: 'DELETE', path }), onlyTokensGo)
})

function withType(type: string, name: string): object {
  return { ...keys, metadata: { name, ...ofServiceAccount }, type }
}

test('the rights of the chart suffice for a token Secret', async (t) => {
  const namespace = await testNamespace(t)
  const transport = await theOperator(admin)
  const path = secretsIn(namespace)
  assertAccepted(await attempt(transport, { method: 'POST', path, body: aTokenSecret }))
  assertAccepted(
    await attempt(transport, { method: 'DELETE', path: `${path}/${aTokenSecret.metadata.name}` }),
  )
})

test('the rights of the chart do not show Secrets', async (t) => {
  const namespace = await testNamespace(t)
  const transport = await theOperator(admin)
  assertRefused(
    await attempt(transport, { method: 'GET', path: secretsIn(namespace) }),
    'cannot list resource "secrets"',
  )
  assertRefused(
    await attempt(transport, { method: 'GET', path: '/api/v1/secrets' }),
    'cannot list resource "secrets"',
  )
})
