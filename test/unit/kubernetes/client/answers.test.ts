import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutHistory } from '../../../../src/kubernetes/client/answers.ts'

const object = { apiVersion: 'v1', kind: 'ConfigMap', data: { text: 'a' } }
const lastApplied = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
const metadata = { name: 'a', uid: 'uid-1', labels: { b: 'c' } }

for (const [name, given, kept] of [
  ['who wrote which field', { ...metadata, managedFields: [{ manager: 'kubectl' }] }, metadata],
  ['what kubectl apply was given', { ...metadata, annotations: lastApplied }, metadata],
  [
    'no other annotation',
    { ...metadata, annotations: { ...lastApplied, d: 'e' } },
    { ...metadata, annotations: { d: 'e' } },
  ],
  ['nothing from an object without history', metadata, metadata],
] as const)
  test(`leaves out ${name}`, () => {
    assert.deepEqual(withoutHistory({ ...object, metadata: given }), { ...object, metadata: kept })
  })
