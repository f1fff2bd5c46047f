import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { abridged, essentialsOf } from '../../../../src/core/request/abridged.ts'
import { codeOf, digestOf } from '../../../../src/api/digest.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'

/** As large as the CRD lets each field be, in letters that take three bytes. */
const large = anApprovalRequest()
  .wantingToken()
  .saying({
    reason: '判'.repeat(2048),
    evidence: Array.from({ length: 16 }, (_, index) => ({ name: `${index}`, value: '断'.repeat(128) })),
    parameters: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`p${index}`, '値'.repeat(200)])),
    requestedExpiry: '10m',
  })

const marked = (request: ApprovalRequest): ApprovalRequest => ({
  ...request,
  metadata: {
    ...request.metadata,
    labels: Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`label-${index}`, 'x'])),
    annotations: { note: 'x'.repeat(250_000) },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b' }],
  },
})

test('of a large request little is kept, and its digest and code stay what they are', () => {
  const kept = abridged(marked(large))
  assert.ok(Buffer.byteLength(JSON.stringify(kept)) < 1500, JSON.stringify(kept))
  assert.equal(digestOf(kept), digestOf(large))
  assert.equal(codeOf(kept), codeOf(large))
})

test('what decides what comes next is kept', () => {
  const kept = abridged(marked(large.pending()))
  const { requester, action, target, environment, token, requestedExpiry } = large.spec
  assert.deepEqual(
    { ...kept.spec, summary: undefined },
    { requester, action, target, environment, token, requestedExpiry, summary: undefined },
  )
  assert.deepEqual(kept.status, large.pending().status)
  assert.deepEqual(kept.metadata, large.metadata)
})

test('a request of usual size keeps all that it says', () => {
  const usual = anApprovalRequest().saying({ reason: 'x'.repeat(500), parameters: { gate: 'promote' } })
  assert.deepEqual(abridged(marked(usual)).spec, usual.spec)
  assert.equal(abridged(usual).abridged, undefined)
})

test('what was read in full stays in full, without its marks', () => {
  assert.deepEqual(essentialsOf(marked(large)).spec, large.spec)
  assert.deepEqual(essentialsOf(marked(large)).metadata, large.metadata)
})

test('twice abridged is once abridged', () => {
  assert.deepEqual(abridged(abridged(large)).spec, abridged(large).spec)
})
