import assert from 'node:assert/strict'
import test from 'node:test'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import type { Transport } from '../../../src/kubernetes/client/transport.ts'
import { assertAccepted, assertRefused, attempt, tryOut } from '../../support/assertions/attempt.ts'
import { testNamespace, testTransport } from '../../support/clusters/shared.ts'
import { grantEverything, impersonated, namespaceOwner, operator } from '../../support/clusters/identities.ts'
import { anApprovalRequest, withField } from '../../support/builders/manifests.ts'
import { requestsIn } from '../../support/clusters/paths.ts'

const admin = testTransport()

test('the requester is stamped', async (t) => {
  const namespace = await testNamespace(t)
  const { transport, username, uid } = await namespaceOwner(admin, namespace)
  assert.deepEqual(await requesterOf(transport, namespace, anApprovalRequest), { username, uid })
})

test('a forged requester is overwritten, its uid too', async (t) => {
  const namespace = await testNamespace(t)
  const { transport, username, uid } = await namespaceOwner(admin, namespace)
  const forged = withField(anApprovalRequest, 'spec.requester', { username: 'bob', uid: '0815' })
  assert.deepEqual(await requesterOf(transport, namespace, forged), { username, uid })
})

test('a forged uid does not survive for a user without one', async (t) => {
  const namespace = await testNamespace(t)
  const forged = withField(anApprovalRequest, 'spec.requester', { username: 'bob', uid: '0815' })
  await grantEverything(admin, namespace, 'bob')
  assert.deepEqual(await requesterOf(impersonated('bob'), namespace, forged), { username: 'bob' })
})

test('the operator may name another', async (t) => {
  const namespace = await testNamespace(t)
  await grantEverything(admin, namespace, operator)
  const named = { username: 'system:serviceaccount:prod:release-bot', uid: '0815' }
  const request = withField(anApprovalRequest, 'spec.requester', named)
  assert.deepEqual(await requesterOf(impersonated(operator), namespace, request), named)
})

test('a request without a spec is refused by its schema', async (t) => {
  const namespace = await testNamespace(t)
  const request = { method: 'POST', path: requestsIn(namespace) } as const
  const body = withField(anApprovalRequest, 'spec', undefined)
  assertRefused(await tryOut(admin, { ...request, body }), 'spec', 'Required value')
})

test('the requester cannot be edited afterwards', async (t) => {
  const namespace = await testNamespace(t)
  const { transport } = await namespaceOwner(admin, namespace)
  const created = await transport.request({
    method: 'POST',
    path: requestsIn(namespace),
    body: anApprovalRequest,
  })
  const body = withField(created, 'spec.requester', { username: 'bob' })
  const answer = await tryOut(transport, { method: 'PUT', path: `${requestsIn(namespace)}/foo-v2`, body })
  assertRefused(answer, 'spec', 'spec is immutable', 'Ask again with kubectl replace --force')
})

test('an owner of a namespace cannot claim to be the operator', async (t) => {
  const namespace = await testNamespace(t)
  const owner = await namespaceOwner(admin, namespace)
  const request = { method: 'POST', path: requestsIn(namespace), body: anApprovalRequest } as const
  assertRefused(await tryOut(owner.impersonating(operator), request), 'cannot impersonate')
})

test('whoever asked may label the request and delete it', async (t) => {
  const namespace = await testNamespace(t)
  const { transport } = await namespaceOwner(admin, namespace)
  const path = `${requestsIn(namespace)}/foo-v2`
  const created = await transport.request({
    method: 'POST',
    path: requestsIn(namespace),
    body: anApprovalRequest,
  })
  const metadata = { labels: { team: 'sre' }, annotations: { note: 'x' }, finalizers: ['example.com/audit'] }
  const body = withField(created, 'metadata', { ...(created as ApprovalRequest).metadata, ...metadata })
  assertAccepted(await tryOut(transport, { method: 'PUT', path, body }))
  assertAccepted(await attempt(transport, { method: 'DELETE', path: requestsIn(namespace) }))
})

async function requesterOf(transport: Transport, namespace: string, body: object): Promise<unknown> {
  const answer = await tryOut(transport, { method: 'POST', path: requestsIn(namespace), body })
  assertAccepted(answer)
  return answer.kind === 'Accepted' && (answer.object as ApprovalRequest).spec.requester
}
