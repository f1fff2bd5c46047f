import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import type { TestContext } from 'node:test'
import type { ApprovalRequest, KubernetesObject } from '../../../src/api/objects.ts'
import { tryKubectl } from '../../../tools/envtest/kubectl.ts'
import { assertAccepted, assertRefused, attempt, tryOut } from '../../support/assertions/attempt.ts'
import { testKubeconfig, testNamespace, testTransport } from '../../support/clusters/shared.ts'
import { namespaceOwner, theOperator } from '../../support/clusters/identities.ts'
import type { Identity } from '../../support/clusters/identities.ts'
import {
  anApprovalRequest,
  anApproverGroup,
  anIdentityProvider,
  withField,
} from '../../support/builders/manifests.ts'
import { requestsIn } from '../../support/clusters/paths.ts'

const admin = testTransport()
const refusal = ['status is written by system:serviceaccount:countersign-system:countersign-controller alone']
const wayOut = 'To withdraw a request, delete the object; to ask again, create a new one'

type Asked = {
  readonly owner: Identity
  readonly namespace: string
  readonly path: string
  readonly request: ApprovalRequest
}

async function asked(t: TestContext): Promise<Asked> {
  const namespace = await testNamespace(t)
  const owner = await namespaceOwner(admin, namespace)
  const body = withField(anApprovalRequest, 'status', { outcome: 'Approved' })
  const created = await owner.transport.request({ method: 'POST', path: requestsIn(namespace), body })
  return { owner, namespace, path: `${requestsIn(namespace)}/foo-v2`, request: created as ApprovalRequest }
}

test('a status that is sent with a new request is dropped', async (t) => {
  const { request } = await asked(t)
  assert.equal(request.status, undefined)
})

test('the requester cannot write the status', async (t) => {
  const { owner, path, request } = await asked(t)
  const body = { ...request, status: { outcome: 'Approved' } }
  const answer = await tryOut(owner.transport, { method: 'PUT', path: `${path}/status`, body })
  assertRefused(answer, ...refusal, `not by ${owner.username}`, wayOut)
})

test('the requester cannot write the status back unchanged', async (t) => {
  const { owner, path, request } = await asked(t)
  assertRefused(
    await tryOut(owner.transport, { method: 'PUT', path: `${path}/status`, body: request }),
    ...refusal,
  )
})

test('an administrator cannot write the status', async (t) => {
  const { path, request } = await asked(t)
  const body = { ...request, status: { outcome: 'Approved' } }
  assertRefused(
    await tryOut(admin, { method: 'PUT', path: `${path}/status`, body }),
    ...refusal,
    'not by admin',
  )
})

for (const [plural, manifest] of [
  ['identityproviders', anIdentityProvider],
  ['approvergroups', anApproverGroup],
] as const)
  test(`the status of ${plural} is the operator’s as well`, async (t) => {
    const collection = `/apis/countersign.dev/v1alpha1/${plural}`
    const name = `any-${randomUUID()}`
    const body = withField(manifest, 'metadata.name', name)
    const object = (await admin.request({ method: 'POST', path: collection, body })) as KubernetesObject
    t.after(() => admin.request({ method: 'DELETE', path: `${collection}/${name}` }))
    const ready = { type: 'Ready', status: 'True', reason: 'Discovered', message: 'Discovered.' }
    const condition = { ...ready, lastTransitionTime: '2026-11-23T09:22:31Z' }
    const write = {
      method: 'PUT',
      path: `${collection}/${name}/status`,
      body: { ...object, status: { conditions: [condition] } },
    } as const
    assertRefused(await tryOut(admin, write), ...refusal, 'not by admin')
    assertAccepted(await tryOut(await theOperator(admin), write))
  })

test('replacing the whole object leaves the status alone', async (t) => {
  const { owner, path, request } = await asked(t)
  const body = { ...request, status: { outcome: 'Approved' } }
  const answer = await attempt(owner.transport, { method: 'PUT', path, body })
  assertAccepted(answer)
  assert.equal(((await admin.request({ method: 'GET', path })) as ApprovalRequest).status, undefined)
})

for (const type of ['merge', 'json']) {
  test(`a ${type} patch cannot write the status`, async (t) => {
    const { owner, namespace } = await asked(t)
    const patch =
      type === 'merge' ? { status: { outcome: 'Approved' } } : [{ op: 'add', path: '/status', value: {} }]
    const { exitCode, errors } = await tryKubectl({
      kubeconfig: testKubeconfig(),
      args: [
        ...[
          'patch',
          'apr',
          'foo-v2',
          `--namespace=${namespace}`,
          '--subresource=status',
          `--as=${owner.username}`,
        ],
        ...[`--type=${type}`, `--patch=${JSON.stringify(patch)}`],
      ],
    })
    assert.notEqual(exitCode, 0)
    assert.ok(errors.includes('status is written by'), errors)
  })
}

test('server-side apply cannot write the status', async (t) => {
  const { owner, namespace, request } = await asked(t)
  const { apiVersion, kind, metadata } = request
  const applied = {
    apiVersion,
    kind,
    metadata: { name: metadata.name, namespace },
    status: { outcome: 'Approved' },
  }
  const { exitCode, errors } = await tryKubectl({
    kubeconfig: testKubeconfig(),
    args: ['apply', '--server-side', '--subresource=status', `--as=${owner.username}`, '--filename=-'],
    input: JSON.stringify(applied),
  })
  assert.notEqual(exitCode, 0)
  assert.ok(errors.includes('status is written by'), errors)
})

test('the operator writes the status', async (t) => {
  const { path, request } = await asked(t)
  const body = { ...request, status: { outcome: 'Denied' } }
  const answer = await attempt(await theOperator(admin), { method: 'PUT', path: `${path}/status`, body })
  assertAccepted(answer)
  assert.equal(((await admin.request({ method: 'GET', path })) as ApprovalRequest).status?.outcome, 'Denied')
})
