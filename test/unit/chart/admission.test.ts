/** The admission policies that docs/security.md names are those that there are, and what they do not admit is refused. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { everything, rendered, workloads } from '../../support/docs/chart.ts'

type Policy = { readonly spec: { readonly failurePolicy?: string } }
type Binding = {
  readonly spec: { readonly policyName: string; readonly validationActions?: readonly string[] }
}

const objects = [...(await rendered({ values: everything }))]

function named<T>(kind: string): ReadonlyMap<string, T> {
  return new Map(
    objects
      .filter(([identity]) => identity.startsWith(`${kind}/`))
      .map(([, object]) => [object.metadata.name, object as unknown as T]),
  )
}

const policies = named<Policy>('ValidatingAdmissionPolicy')
const bindings = named<Binding>('ValidatingAdmissionPolicyBinding')

test('what cannot be checked is refused, and what is not admitted too', () => {
  assert.ok(policies.size >= 6)
  for (const [name, { spec }] of [...policies, ...named<Policy>('MutatingAdmissionPolicy')])
    assert.equal(spec.failurePolicy, 'Fail', name)
  for (const [name, { spec }] of bindings) assert.deepEqual(spec.validationActions, ['Deny'], name)
  assert.deepEqual(
    new Set([...bindings.values()].map(({ spec }) => spec.policyName)),
    new Set(policies.keys()),
    'each is bound',
  )
})

test('the page names each of them but those for Argo Rollouts, which have a page of their own', () => {
  const page = readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8')
  const [, section = ''] = page.split('## What the admission policies close\n')
  const list = section.split('What they do not close')[0] ?? ''
  const listed = [...list.matchAll(/`(countersign-[\w-]+)`/g)].map(([, name = '']) => name)
  const ours = [...policies.keys()].filter((name) => !/rollout|gate/.test(name))
  assert.deepEqual(new Set(listed), new Set(ours))
})

test('the chart limits memory, and no CPU', async () => {
  const rendering = { values: everything }
  const containers = (await workloads(rendering)).flatMap(({ spec }) => spec.template.spec.containers)
  assert.ok(containers.length >= 3)
  for (const container of containers) {
    const { resources } = container as { readonly resources?: { readonly limits?: object } }
    assert.deepEqual(Object.keys(resources?.limits ?? {}), ['memory'])
  }
})
