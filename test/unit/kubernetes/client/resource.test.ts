import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubernetesObject } from '../../../../src/api/objects.ts'
import { apiErrorFrom } from '../../../../src/kubernetes/client/api-error.ts'
import { BodyTooLargeError } from '../../../../src/kubernetes/client/body.ts'
import type { ApiRequest } from '../../../../src/kubernetes/client/connections.ts'
import { resource } from '../../../../src/kubernetes/client/resource.ts'
import type { KubernetesResource } from '../../../../src/kubernetes/client/resource.ts'

const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'prod', name: 'a' } }
const noDryRun = 'admission webhook "old.example.com" does not support dry run'

for (const [name, answer, options, want] of [
  [
    'a webhook that knows no dry run lets a dry run pass',
    [400, 'BadRequest', noDryRun],
    { dryRun: true },
    { kind: 'Applied', object: secret },
  ],
  ['but nothing else', [400, 'BadRequest', noDryRun], {}, { kind: 'Refused', message: noDryRun }],
  [
    'another refusal of a dry run stays one',
    [400, 'BadRequest', 'no'],
    { dryRun: true },
    { kind: 'Refused', message: 'no' },
  ],
  ['403 is a refusal', [403, 'Forbidden', 'no'], {}, { kind: 'Refused', message: 'no' }],
  ['422 is a refusal', [422, 'Invalid', 'no'], {}, { kind: 'Refused', message: 'no' }],
  ['409 of a namesake says so', [409, 'AlreadyExists', 'there'], {}, { kind: 'AlreadyExists' }],
] as const) {
  test(name, async () => {
    assert.deepEqual(await answering(answer).create(secret, options), want)
  })
}

for (const [status, reason] of [
  [401, 'Unauthorized'],
  [409, 'Conflict'],
  [429, 'TooManyRequests'],
  [500, 'InternalError'],
  [503, 'ServiceUnavailable'],
] as const) {
  test(`${status} ${reason} is a fault, not a refusal`, async () => {
    await assert.rejects(answering([status, reason, 'later']).create(secret), {
      code: 'ERR_KUBERNETES_API',
      status,
    })
  })
}

for (const [name, message, want] of [
  [
    'a value of status that the definition does not take',
    'ApprovalRequest.countersign.dev "a" is invalid: status.effective.algorithms: Too many: 11: must have at most 8 items',
    'status.effective.algorithms: Too many: 11: must have at most 8 items',
  ],
  [
    'several of them',
    'ApprovalRequest.countersign.dev "a" is invalid: [status.a: Too long, status.b: Too many]',
    'status.a: Too long, status.b: Too many]',
  ],
] as const)
  test(`${name} is told from a fault`, async () => {
    const object = { ...secret, metadata: { ...secret.metadata, uid: 'u', resourceVersion: '1' } }
    const written = await answering([422, 'Invalid', message]).replaceStatus(object)
    assert.deepEqual(written, { kind: 'UnknownField', message: want })
  })

for (const [field, metadata] of [
  ['resourceVersion', { uid: 'u', resourceVersion: '' }],
  ['resourceVersion', { uid: 'u' }],
  ['uid', { uid: '', resourceVersion: '1' }],
  ['uid', { resourceVersion: '1' }],
] as const)
  test(`nothing is written without a ${field}, nor with an empty one: ${JSON.stringify(metadata)}`, async () => {
    const secrets = answering([500, 'InternalError', 'it was sent'])
    const object = { ...secret, metadata: { ...secret.metadata, ...metadata } }
    const refusal = { code: 'ERR_KUBERNETES_API', status: 400, message: /needs the uid and resourceVersion/ }
    await assert.rejects(secrets.replace(object), refusal)
    await assert.rejects(secrets.replaceStatus(object), refusal)
  })

test('nothing is deleted without a uid: the API server would delete whatever is there', async () => {
  const secrets = answering([500, 'InternalError', 'it was sent'])
  await assert.rejects(secrets.delete(secret.metadata, { uid: '' }), {
    code: 'ERR_KUBERNETES_API',
    status: 400,
    message: /needs the uid/,
  })
})

test('a status is written without the rest of its object', async () => {
  const sent: unknown[] = []
  const transport = {
    request: ({ body }: ApiRequest) => {
      sent.push(body)
      return Promise.resolve(body)
    },
    stream: () => Promise.reject(new Error('no stream')),
    close: () => Promise.resolve(),
  }
  const metadata = { ...secret.metadata, uid: 'u', resourceVersion: '7' }
  const large = { labels: { a: 'b' }, annotations: { c: 'd' }, generation: 3 }
  await resource(transport, { apiVersion: 'v1', plural: 'secrets', namespaced: true }).replaceStatus({
    ...secret,
    metadata: { ...metadata, ...large },
    ...{ spec: { much: 'text' }, status: { said: 'little' } },
  })
  assert.deepEqual(sent, [{ ...secret, metadata, status: { said: 'little' } }])
})

test('a list whose pages are too large is read in smaller ones', async () => {
  const limits: string[] = []
  const transport = {
    request: ({ query }: ApiRequest) => {
      limits.push(query?.limit ?? '')
      if (Number(query?.limit) > 10) return Promise.reject(new BodyTooLargeError(1))
      return Promise.resolve({ kind: 'SecretList', metadata: { resourceVersion: '1' }, items: [secret] })
    },
    stream: () => Promise.reject(new Error('no stream')),
    close: () => Promise.resolve(),
  }
  const { items } = await resource(transport, {
    apiVersion: 'v1',
    plural: 'secrets',
    namespaced: true,
  }).list()
  assert.equal(items.length, 1)
  assert.deepEqual(limits, ['500', '125', '32', '8'])
})

function answering([status, reason, message]: readonly [
  number,
  string,
  string,
]): KubernetesResource<KubernetesObject> {
  const error = apiErrorFrom({ kind: 'Status', code: status, reason, message }, { status })
  const transport = {
    request: () => Promise.reject(error),
    stream: () => Promise.reject(error),
    close: () => Promise.resolve(),
  }
  return resource(transport, { apiVersion: 'v1', plural: 'secrets', namespaced: true })
}
