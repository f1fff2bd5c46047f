/** The fence around the inbox: what it may write with the rights of deploy/rbac, and if RBAC let it do everything. */
import test from 'node:test'
import { assertAccepted, assertRefused, tryOut } from '../../support/assertions/attempt.ts'
import { testTransport } from '../../support/clusters/shared.ts'
import { grantEverything, impersonated, takeEverything, theInbox } from '../../support/clusters/identities.ts'
import { secretsIn } from '../../support/clusters/paths.ts'

const namespace = 'countersign-system'
const configMaps = `/api/v1/namespaces/${namespace}/configmaps`
const secrets = secretsIn(namespace)
const inboxName = 'system:serviceaccount:countersign-system:countersign-inbox'
const admin = testTransport()
const inbox = await theInbox(admin)
const almighty = impersonated(inboxName)

const keys = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'countersign-inbox-keys',
    annotations: { 'kubernetes.io/service-account.name': 'countersign-controller' },
  },
}
const prompt = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'inbox-prompt-0815' } }
const oneSecret = 'may create one Secret, countersign-inbox-keys with type Opaque'
const onlyPrompts = 'may write only ConfigMaps named inbox-prompt-'

test('the inbox makes its keys and its prompts', async () => {
  assertAccepted(await tryOut(inbox, { method: 'POST', path: secrets, body: keys }))
  assertAccepted(await tryOut(inbox, { method: 'POST', path: configMaps, body: prompt }))
})

for (const [name, body, words] of [
  ['of another name', { ...keys, metadata: { name: 'another' } }, oneSecret],
  [
    'that would be a token of a ServiceAccount',
    { ...keys, type: 'kubernetes.io/service-account-token' },
    oneSecret,
  ],
  // The fence around token Secrets refuses it too, and either may be the one that is heard.
  ['that would be a granted token', { ...keys, type: 'countersign.dev/token' }, 'ValidatingAdmissionPolicy'],
] as const) {
  test(`the inbox makes no Secret ${name}`, async () => {
    assertRefused(await tryOut(inbox, { method: 'POST', path: secrets, body }), words)
  })
}

test('the inbox makes no other ConfigMap, and changes and deletes none', async () => {
  const other = { ...prompt, metadata: { name: 'another' } }
  assertRefused(await tryOut(inbox, { method: 'POST', path: configMaps, body: other }), onlyPrompts)
  await admin.request({ method: 'POST', path: configMaps, body: { ...other, metadata: { name: 'theirs' } } })
  const theirs = await admin.request({ method: 'GET', path: `${configMaps}/theirs` })
  const changed = { ...(theirs as object), data: { evil: 'x' } }
  assertRefused(
    await tryOut(inbox, { method: 'PUT', path: `${configMaps}/theirs`, body: changed }),
    onlyPrompts,
  )
  assertRefused(await tryOut(inbox, { method: 'DELETE', path: `${configMaps}/theirs` }), onlyPrompts)
  await admin.request({ method: 'DELETE', path: `${configMaps}/theirs` })
})

test('the inbox changes no Secret, whatever RBAC says', async (t) => {
  await grantEverything(admin, namespace, inboxName)
  t.after(() => takeEverything(admin, namespace))
  await admin.request({ method: 'POST', path: secrets, body: { ...keys, metadata: { name: 'fenced' } } })
  const path = `${secrets}/fenced`
  const fenced = await admin.request({ method: 'GET', path })
  assertRefused(
    await tryOut(almighty, { method: 'PUT', path, body: { ...(fenced as object), data: {} } }),
    oneSecret,
  )
  assertRefused(await tryOut(almighty, { method: 'DELETE', path }), oneSecret)
  await admin.request({ method: 'DELETE', path })
})

for (const [name, path, word] of [
  ['the operator’s keys', `${secrets}/countersign-keys`, 'cannot get resource "secrets"'],
  ['what Secrets there are', secrets, 'cannot list resource "secrets"'],
  ['token Secrets', `${secretsIn('default')}/foo-v2.countersign`, 'cannot get resource "secrets"'],
  ['policies', '/apis/countersign.dev/v1alpha1/approvalpolicies', 'cannot list resource "approvalpolicies"'],
  [
    'the list of all requests',
    '/apis/countersign.dev/v1alpha1/approvalrequests',
    'cannot list resource "approvalrequests"',
  ],
] as const) {
  test(`the inbox does not see ${name}`, async () => {
    assertRefused(await tryOut(inbox, { method: 'GET', path }), word)
  })
}
