/** What the chart's roles grant, and what they must not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { everything, roles } from '../../support/docs/chart.ts'
import type { Rule } from '../../support/docs/chart.ts'

const all = await roles({ values: everything })

test('nobody may list or watch Secrets, nor do everything', () => {
  assert.ok(all.length >= 5)
  const granted = rulesOf(() => true)
  assert.equal(
    granted.some(({ resources, verbs }) => resources.includes('secrets') && /list|watch/.test(verbs.join())),
    false,
  )
  assert.equal(
    granted.some((rule) => [...rule.apiGroups, ...rule.resources, ...rule.verbs].includes('*')),
    false,
  )
})

test('of Secrets only the operator may do anything in every namespace', () => {
  const onSecrets = all.filter(
    ({ kind, rules }) =>
      kind === 'ClusterRole' && rules.some(({ resources }) => resources.includes('secrets')),
  )
  assert.deepEqual(
    onSecrets.map(({ metadata }) => metadata.name),
    ['countersign-controller'],
  )
})

test('ServiceAccounts are read only where that is wanted, one by one', async () => {
  const reading = (from: typeof all): readonly (readonly string[])[] =>
    from.flatMap(({ rules }) =>
      rules.filter(({ resources }) => resources.includes('serviceaccounts')).map(({ verbs }) => verbs),
    )
  assert.deepEqual(reading(await roles({ values: {} })), [])
  assert.deepEqual(reading(await roles({ values: { rbac: { readServiceAccounts: true } } })), [['get']])
  const watching = { rbac: { readServiceAccounts: true }, watchNamespaces: ['prod'] }
  const [role, ...others] = (await roles({ values: watching })).filter(({ rules }) =>
    rules.some(({ resources }) => resources.includes('serviceaccounts')),
  )
  assert.deepEqual([role?.kind, role?.metadata.namespace, others], ['Role', 'prod', []])
})

test('with watched namespaces no ClusterRole grants what is in them', async () => {
  const values = { ...everything, watchNamespaces: ['prod', 'stage'] }
  const watching = await roles({ values })
  const everywhere = watching.filter(
    ({ kind, metadata }) => kind === 'ClusterRole' && metadata.labels !== undefined,
  )
  const granted = everywhere
    .filter(({ metadata }) => !JSON.stringify(metadata.labels).includes('aggregate-to'))
    .flatMap(({ rules }) => rules.flatMap(({ resources }) => resources))
  assert.deepEqual(new Set(granted), new Set(clusterScoped))
  const where = watching.filter(({ metadata }) => metadata.name === 'countersign-controller-watched')
  assert.deepEqual(
    where.map(({ metadata }) => metadata.namespace),
    ['prod', 'stage'],
  )
})

const clusterScoped = [
  'approvalpolicies',
  'approvalpolicies/status',
  'identityproviders',
  'identityproviders/status',
  'approvergroups',
  'approvergroups/status',
  'namespaces',
  'tokenreviews',
  'subjectaccessreviews',
]

test('nobody may write policies, groups and providers: their status is all that is granted', () => {
  const written = rulesOf(() => true).filter(({ verbs }) =>
    verbs.some((verb) => !/^(get|list|watch)$/.test(verb)),
  )
  assert.ok(written.length > 0)
  assert.deepEqual(
    written
      .flatMap(({ resources }) => resources)
      .filter((resource) => /^(approvalpolicies|approvergroups|identityproviders)(\/|$)/.test(resource))
      .filter((resource) => !resource.endsWith('/status')),
    [],
  )
})

test('the roles view and edit get no right on status or answers', () => {
  const aggregated = all.filter(({ metadata }) => JSON.stringify(metadata.labels).includes('aggregate-to'))
  assert.deepEqual(
    aggregated.map(({ metadata }) => metadata.name),
    ['countersign-view', 'countersign-edit'],
  )
  assert.deepEqual(
    aggregated.flatMap(({ rules }) => rules.flatMap(({ resources }) => resources)),
    ['approvalrequests', 'approvalrequests'],
  )
})

test('the roles view and edit stay as they are when told to', async () => {
  const without = await roles({ values: { rbac: { aggregateToDefaultRoles: false } } })
  assert.doesNotMatch(JSON.stringify(without), /aggregate-to/)
})

function rulesOf(isWanted: (name: string) => boolean): readonly Rule[] {
  return all.filter(({ metadata }) => isWanted(metadata.name)).flatMap(({ rules }) => rules)
}
