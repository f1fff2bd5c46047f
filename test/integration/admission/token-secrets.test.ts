/** Token Secrets are the operator's word: what everybody else may do with them. */
import test from 'node:test'
import type { TestContext } from 'node:test'
import type { Transport } from '../../../src/kubernetes/client/transport.ts'
import { assertAccepted, assertRefused, tryOut } from '../../support/assertions/attempt.ts'
import { testNamespace, testTransport } from '../../support/clusters/shared.ts'
import { impersonated, namespaceOwner, theOperator } from '../../support/clusters/identities.ts'
import { aTokenSecret, withField } from '../../support/builders/manifests.ts'
import { secretsIn } from '../../support/clusters/paths.ts'

const admin = testTransport()
const notYours = [
  'created by system:serviceaccount:countersign-system:countersign-controller alone',
  'or use another type',
]
const stays = [
  'metadata.ownerReferences of a token Secret cannot be changed',
  'delete the Secret or the ApprovalRequest',
]
const [owner] = aTokenSecret.metadata.ownerReferences

type Granted = {
  readonly transport: Transport
  readonly namespace: string
  readonly path: string
  readonly secret: object
}

async function granted(t: TestContext): Promise<Granted> {
  const namespace = await testNamespace(t)
  const { transport } = await namespaceOwner(admin, namespace)
  const creator = await theOperator(admin)
  const secret = await creator.request({ method: 'POST', path: secretsIn(namespace), body: aTokenSecret })
  const path = `${secretsIn(namespace)}/${aTokenSecret.metadata.name}`
  return { transport, namespace, path, secret: secret as object }
}

for (const [who, as] of [
  [
    'an owner of the namespace',
    async (namespace: string) => (await namespaceOwner(admin, namespace)).transport,
  ],
  ['an administrator', () => Promise.resolve(admin)],
] as const) {
  test(`${who} cannot create a token Secret`, async (t) => {
    const namespace = await testNamespace(t)
    const transport = await as(namespace)
    const request = { method: 'POST', path: secretsIn(namespace), body: aTokenSecret } as const
    assertRefused(await tryOut(transport, request), ...notYours)
  })
}

const changes: readonly (readonly [name: string, path: string, value: unknown, ...words: string[]])[] = [
  ['may label it', 'metadata.labels', { team: 'sre' }],
  ['may write it back unchanged', 'type', aTokenSecret.type],
  ['cannot take it from its request', 'metadata.ownerReferences', [], ...stays],
  ['cannot put it under another request', 'metadata.ownerReferences', [{ ...owner, uid: '4711' }], ...stays],
  [
    'cannot give it a second owner',
    'metadata.ownerReferences',
    [owner, { ...owner, uid: '1', controller: false }],
    ...stays,
  ],
  [
    'cannot put another token into it',
    'data',
    { access_token: 'eQ==' },
    'data',
    'field is immutable when `immutable` is set',
  ],
  [
    'cannot make it changeable',
    'immutable',
    false,
    'immutable',
    'field is immutable when `immutable` is set',
  ],
  ['cannot make it Opaque', 'type', 'Opaque', 'type', 'field is immutable'],
]

for (const [name, path, value, ...words] of changes) {
  test(`an owner of the namespace ${name}`, async (t) => {
    const { transport, path: secretPath, secret } = await granted(t)
    const body = withField(secret, path, value)
    const answer = await tryOut(transport, { method: 'PUT', path: secretPath, body })
    if (words.length === 0) assertAccepted(answer)
    else assertRefused(answer, ...words)
  })
}

test('an owner of the namespace cannot make its own Secret one', async (t) => {
  const namespace = await testNamespace(t)
  const { transport } = await namespaceOwner(admin, namespace)
  const own = { ...aTokenSecret, type: 'Opaque', immutable: false }
  const created = await transport.request({ method: 'POST', path: secretsIn(namespace), body: own })
  const body = withField(created, 'type', aTokenSecret.type)
  const path = `${secretsIn(namespace)}/${aTokenSecret.metadata.name}`
  assertRefused(await tryOut(transport, { method: 'PUT', path, body }), 'type', 'field is immutable')
})

test('an owner of the namespace may delete it', async (t) => {
  const { transport, path } = await granted(t)
  assertAccepted(await tryOut(transport, { method: 'DELETE', path }))
})

test('an owner of the namespace keeps all rights over other Secrets', async (t) => {
  const namespace = await testNamespace(t)
  const { transport } = await namespaceOwner(admin, namespace)
  const own = { ...aTokenSecret, type: 'Opaque', immutable: false }
  const created = await transport.request({ method: 'POST', path: secretsIn(namespace), body: own })
  const body = withField(created, 'metadata.ownerReferences', [])
  const path = `${secretsIn(namespace)}/${aTokenSecret.metadata.name}`
  assertAccepted(await tryOut(transport, { method: 'PUT', path, body }))
})

for (const collector of [
  'system:serviceaccount:kube-system:generic-garbage-collector',
  'system:kube-controller-manager',
]) {
  test(`${collector} may orphan it`, async (t) => {
    const { path, secret } = await granted(t)
    const body = withField(secret, 'metadata.ownerReferences', [])
    assertAccepted(await tryOut(impersonated(collector), { method: 'PUT', path, body }))
  })
}
