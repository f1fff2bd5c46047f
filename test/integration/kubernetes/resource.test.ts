import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { ApprovalRequest, KubernetesObject } from '../../../src/api/objects.ts'
import { KubernetesApiError } from '../../../src/kubernetes/client/api-error.ts'
import { kinds } from '../../../src/kubernetes/client/kinds.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import { anApprovalRequest } from '../../support/builders/builders.ts'
import { testNamespace, testTransport } from '../../support/clusters/shared.ts'
import { theOperator } from '../../support/clusters/identities.ts'

type ConfigMap = KubernetesObject & { readonly data?: Readonly<Record<string, string>> }
type ResourceQuota = KubernetesObject & {
  readonly spec: { readonly hard: Readonly<Record<string, string>> }
  readonly status?: {
    readonly hard?: Readonly<Record<string, string>>
    readonly used?: Readonly<Record<string, string>>
  }
}

suite('resource, against the API server', () => {
  const transport = testTransport()
  const configMaps = resource<ConfigMap>(transport, {
    apiVersion: 'v1',
    plural: 'configmaps',
    namespaced: true,
  })
  const quotas = resource<ResourceQuota>(transport, {
    apiVersion: 'v1',
    plural: 'resourcequotas',
    namespaced: true,
  })

  test('what was created can be read', async (t) => {
    const namespace = await testNamespace(t)
    const created = await configMaps.create(aConfigMap(namespace, 'a'))
    assert.equal(created.kind, 'Applied')
    assert.deepEqual((await configMaps.get({ namespace, name: 'a' }))?.data, { greeting: 'grüße' })
  })

  test('what is not there reads as undefined', async (t) => {
    assert.equal(await configMaps.get({ namespace: await testNamespace(t), name: 'a' }), undefined)
  })

  test('a name cannot reach into another path', async (t) => {
    const namespace = await testNamespace(t)
    await configMaps.create(aConfigMap(namespace, 'a'))
    for (const name of ['a/', './a', '../configmaps', 'a%2F', '.', '..', '']) {
      assert.equal(await configMaps.get({ namespace, name }).catch(codeOf), 'ERR_KUBERNETES_API', name)
    }
  })

  test('creating twice says AlreadyExists', async (t) => {
    const namespace = await testNamespace(t)
    await configMaps.create(aConfigMap(namespace, 'a'))
    assert.deepEqual(await configMaps.create(aConfigMap(namespace, 'a')), { kind: 'AlreadyExists' })
    assert.deepEqual(await configMaps.create(aConfigMap(namespace, 'a'), { dryRun: true }), {
      kind: 'AlreadyExists',
    })
  })

  test('a dry run creates nothing', async (t) => {
    const namespace = await testNamespace(t)
    assert.equal((await configMaps.create(aConfigMap(namespace, 'a'), { dryRun: true })).kind, 'Applied')
    assert.equal(await configMaps.get({ namespace, name: 'a' }), undefined)
  })

  test('an invalid object is refused with the reason', async (t) => {
    const refused = await configMaps.create(aConfigMap(await testNamespace(t), 'Not A Name'))
    assert.ok(
      refused.kind === 'Refused' && refused.message.includes('metadata.name'),
      JSON.stringify(refused),
    )
  })

  test('a namespace that does not exist refuses', async () => {
    assert.equal((await configMaps.create(aConfigMap('nowhere-to-be-found', 'a'))).kind, 'Refused')
  })

  test('an exhausted quota refuses, in a dry run too', async (t) => {
    const namespace = await testNamespace(t)
    const quota = applied(await quotas.create(aQuota(namespace)))
    const hard = { configmaps: '0' }
    assert.equal((await quotas.replaceStatus({ ...quota, status: { hard, used: hard } })).kind, 'Applied')
    // Admission reads quotas from a cache of its own.
    await eventually(
      async () => (await configMaps.create(aConfigMap(namespace, 'a'), { dryRun: true })).kind === 'Refused',
    )
    const refused = await configMaps.create(aConfigMap(namespace, 'a'))
    assert.ok(
      refused.kind === 'Refused' && refused.message.includes('exceeded quota'),
      JSON.stringify(refused),
    )
  })

  test('a status write carries on from what it read', async (t) => {
    const quota = applied(await quotas.create(aQuota(await testNamespace(t))))
    const written = applied(await quotas.replaceStatus({ ...quota, status: { hard: { configmaps: '5' } } }))
    assert.deepEqual(written.status?.hard, { configmaps: '5' })
    assert.notEqual(written.metadata.resourceVersion, quota.metadata.resourceVersion)
  })

  test('a status write leaves everything else as it is', async (t) => {
    const requests = resource<ApprovalRequest>(transport, kinds.approvalRequests)
    const namespace = await testNamespace(t)
    const marks = { labels: { team: 'a' }, annotations: { note: 'b' } }
    const { metadata, ...asked } = anApprovalRequest()
    const created = await requests.create({
      ...asked,
      metadata: { namespace, name: metadata.name, ...marks },
    })
    const request = applied(created)
    const asOperator = resource<ApprovalRequest>(await theOperator(transport), kinds.approvalRequests)
    const written = applied(await asOperator.replaceStatus({ ...request, status: { code: 'K7Q-3XP' } }))
    assert.deepEqual(written.status, { code: 'K7Q-3XP' })
    assert.deepEqual(written.spec, request.spec)
    const { labels, annotations, generation, creationTimestamp } = written.metadata
    assert.deepEqual({ labels, annotations }, marks)
    assert.deepEqual(
      { generation, creationTimestamp },
      { generation: request.metadata.generation, creationTimestamp: request.metadata.creationTimestamp },
    )
  })

  test('a status write on what was read too early conflicts', async (t) => {
    const quota = applied(await quotas.create(aQuota(await testNamespace(t))))
    await quotas.replaceStatus({ ...quota, status: { hard: { configmaps: '5' } } })
    const late = await quotas.replaceStatus({ ...quota, status: { hard: { configmaps: '6' } } })
    assert.deepEqual(late, { kind: 'Conflict' })
  })

  test('a status write on a deleted object says Gone', async (t) => {
    const quota = applied(await quotas.create(aQuota(await testNamespace(t))))
    assert.equal(await quotas.delete(quota.metadata, { uid: uidOf(quota) }), 'Deleted')
    assert.deepEqual(await quotas.replaceStatus(quota), { kind: 'Gone' })
  })

  test('a status write on a namesake says Gone', async (t) => {
    const namespace = await testNamespace(t)
    const quota = applied(await quotas.create(aQuota(namespace)))
    await quotas.delete(quota.metadata, { uid: uidOf(quota) })
    const namesake = applied(await quotas.create(aQuota(namespace)))
    const { resourceVersion = '' } = namesake.metadata
    assert.deepEqual(await quotas.replaceStatus(quota), { kind: 'Gone' })
    const forged = { ...quota, metadata: { ...quota.metadata, resourceVersion } }
    assert.deepEqual(await quotas.replaceStatus(forged), { kind: 'Gone' })
  })

  test('a field that the kind does not know is neither written nor dropped', async (t) => {
    const namespace = await testNamespace(t)
    const quota = applied(await quotas.create(aQuota(namespace)))
    const status = { hard: { configmaps: '5' }, soft: {} }
    assert.deepEqual(await quotas.replaceStatus({ ...quota, status }), {
      kind: 'UnknownField',
      message: 'unknown field "status.soft"',
    })
    assert.deepEqual(await quotas.get({ namespace, name: quota.metadata.name }), quota)
    const other = { ...aConfigMap(namespace, 'a'), colour: 'red' }
    const refused = await configMaps.create(other)
    assert.ok(refused.kind === 'Refused' && refused.message.includes('colour'), JSON.stringify(refused))
  })

  test('a status write without uid is not sent', async (t) => {
    await assert.rejects(quotas.replaceStatus(aQuota(await testNamespace(t))), { code: 'ERR_KUBERNETES_API' })
  })

  test('a namesake is not deleted', async (t) => {
    const namespace = await testNamespace(t)
    const created = applied(await configMaps.create(aConfigMap(namespace, 'a')))
    const other = '00000000-0000-4000-8000-000000000000'
    assert.equal(await configMaps.delete(created.metadata, { uid: other }), 'Gone')
    assert.equal(await configMaps.delete(created.metadata, { uid: uidOf(created) }), 'Deleted')
    assert.equal(await configMaps.delete(created.metadata, { uid: uidOf(created) }), 'Gone')
  })

  test('a list comes in pages', async (t) => {
    const namespace = await testNamespace(t)
    for (const name of ['a', 'b', 'c']) await configMaps.create(aConfigMap(namespace, name))
    const first = await configMaps.list({ namespace, limit: 2 })
    const second = await configMaps.list({ namespace, limit: 2, continue: first.continue })
    const names = [...first.items, ...second.items].map((item) => `${item.kind} ${item.metadata.name}`)
    assert.deepEqual(names, ['ConfigMap a', 'ConfigMap b', 'ConfigMap c'])
    assert.equal(second.continue, undefined)
  })

  test('an aborted call ends with the reason of the abort', async () => {
    const reason = new Error('enough')
    await assert.rejects(configMaps.list({ signal: AbortSignal.abort(reason) }), reason)
  })

  test('what the API server does not know is its error', async () => {
    const unknown = resource(transport, {
      apiVersion: 'countersign.dev/v1',
      plural: 'nothings',
      namespaced: false,
    })
    const error: unknown = await unknown.list().catch((reason: unknown) => reason)
    assert.ok(error instanceof KubernetesApiError)
    assert.equal(error.status, 404)
  })
})

function aConfigMap(namespace: string, name: string): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data: { greeting: 'grüße' } }
}

function aQuota(namespace: string): ResourceQuota {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { namespace, name: 'quota' },
    spec: { hard: { configmaps: '0' } },
  }
}

function applied<T>(answer: { readonly kind: string; readonly object?: T }): T {
  assert.ok(answer.kind === 'Applied' && answer.object !== undefined, JSON.stringify(answer))
  return answer.object
}

function uidOf(object: KubernetesObject): string {
  return object.metadata.uid ?? assert.fail('no uid')
}

function codeOf(error: unknown): unknown {
  return error instanceof KubernetesApiError ? error.code : error
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise(setImmediate)
}
