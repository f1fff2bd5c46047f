import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubernetesObject } from '../../../src/api/objects.ts'
import { apiErrorFrom } from '../../../src/kubernetes/api-error.ts'
import { resource } from '../../../src/kubernetes/resource.ts'
import type { KubernetesResource } from '../../../src/kubernetes/resource.ts'

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
