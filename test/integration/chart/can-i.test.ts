/** Everything that each ServiceAccount may do, as the API server says it: a right that is added or lost shows here. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { recordNames } from '../../../src/controllers/approval-request/limits/record-format.ts'
import { testKubeconfig } from '../../support/clusters/shared.ts'

const namespace = 'countersign-system'

test('the controller may this in its own namespace', async () => {
  assert.deepEqual(
    await rights('countersign-controller', namespace),
    [
      ...controllerEverywhere.filter((right) => !right.startsWith('secrets')),
      'configmaps: create',
      ...recordNames.map((name) => `configmaps ${name}: get update`),
      'leases.coordination.k8s.io: create get update',
      'secrets: create delete get',
    ].sort(),
  )
})

test('the controller may this in every other namespace', async () => {
  assert.deepEqual(await rights('countersign-controller', 'default'), controllerEverywhere)
})

test('the inbox may read a request by its name, and keep what is its own', async () => {
  assert.deepEqual(await rights('countersign-inbox', namespace), [
    'approvalrequests.countersign.dev: get',
    'configmaps: create delete get list update',
    'secrets countersign-inbox-keys: get',
    'secrets: create',
  ])
})

test('the inbox may read a request by its name in every other namespace', async () => {
  assert.deepEqual(await rights('countersign-inbox', 'default'), ['approvalrequests.countersign.dev: get'])
})

const controllerEverywhere = [
  'analysisruns.argoproj.io: get list watch',
  'approvalpolicies.countersign.dev/status: get update',
  'approvalpolicies.countersign.dev: get list watch',
  'approvalrequests.countersign.dev/status: get update',
  'approvalrequests.countersign.dev: create delete get list watch',
  'approvergroups.countersign.dev/status: get update',
  'approvergroups.countersign.dev: get list watch',
  'events.events.k8s.io: create patch',
  'identityproviders.countersign.dev/status: get update',
  'identityproviders.countersign.dev: get list watch',
  'namespaces: get list watch',
  'replicasets.apps: get',
  'rollouts.argoproj.io: get list watch',
  'secrets: create delete get',
  'subjectaccessreviews.authorization.k8s.io: create',
  'tokenreviews.authentication.k8s.io: create',
]

/** Less what every ServiceAccount may do. */
async function rights(account: string, where: string): Promise<readonly string[]> {
  const [own, common] = await Promise.all([list(account, where), list('no-such-account', where)])
  return merged(own.filter((line) => !common.includes(line)))
}

/** Lines such as `secrets|[]|[]|[get create]`. */
async function list(account: string, where: string): Promise<readonly string[]> {
  const groups = ['system:authenticated', 'system:serviceaccounts', `system:serviceaccounts:${namespace}`]
  const table = await kubectl({
    kubeconfig: testKubeconfig(),
    args: [
      ...['auth', 'can-i', '--list', '--no-headers', `--namespace=${where}`],
      ...[
        `--as=system:serviceaccount:${namespace}:${account}`,
        ...groups.map((group) => `--as-group=${group}`),
      ],
    ],
  })
  return table
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().replaceAll(/ {2,}/g, '|'))
}

/** One line for each resource, its verbs in order: two roles may grant the same. */
function merged(lines: readonly string[]): readonly string[] {
  const granted = new Map<string, readonly string[]>()
  for (const line of lines) {
    const [, resource = line, names = '', verbs = ''] = /^(\S+)\|\[\]\|\[(.*)\]\|\[(.*)\]$/.exec(line) ?? []
    const key = names === '' ? resource : `${resource} ${names}`
    granted.set(key, [...(granted.get(key) ?? []), ...verbs.split(' ')])
  }
  return [...granted].map(([key, verbs]) => `${key}: ${[...new Set(verbs)].sort().join(' ')}`).sort()
}
