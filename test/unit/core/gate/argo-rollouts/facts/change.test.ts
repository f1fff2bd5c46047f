/** Every difference between two Pod templates is named or counted, and what was not compared is not known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeFacts } from '../../../../../../src/core/gate/argo-rollouts/facts/change.ts'
import type { Revision } from '../../../../../../src/core/gate/argo-rollouts/facts/change.ts'
import {
  facts,
  foo,
  labels,
  revision,
  sidecar,
  template,
  withFoo,
  withPod,
} from '../../../../../support/builders/pod-templates.ts'

test('the order of init containers is told', () => {
  const [a, b] = [
    { name: 'a', image: 'a:v1' },
    { name: 'b', image: 'b:v1' },
  ]
  const told = facts(withPod({ initContainers: [b, a] }), withPod({ initContainers: [a, b] }))
  assert.equal(told.Pod, 'order of init containers changed')
})

test('images of new and old containers are told, each under its own name', () => {
  const told = facts(withPod({ containers: [{ ...foo, image: 'foo:v2' }, sidecar] }))
  assert.equal(told['image of container foo'], 'foo:v1 → foo:v2')
  assert.equal(told['image of container proxy'], 'none → proxy:v1')
})

test('two templates are unchanged only if all of both was compared', () => {
  const later = { ...template, metadata: { labels: { ...labels, 'rollouts-pod-template-hash': 'new' } } }
  assert.deepEqual(facts(later), {
    'Pod template': 'unchanged: ReplicaSets foo-old and foo-new were compared in full',
    image: 'foo:v1 in both revisions',
  })
})

test('what Argo Rollouts adds to canary and stable is no difference, what others add is one', () => {
  const [stable, canary] = ['stable', 'canary'].map((role) => ({
    ...template,
    metadata: { labels: { ...labels, role }, annotations: { by: role } },
  }))
  assert.ok(stable && canary)
  const adding = (role: string) => ({ labels: { role }, annotations: { by: role } })
  const told = (role: string) =>
    changeFacts({
      stable: { ...revision('foo-old', stable), transient: adding('stable') },
      updated: { ...revision('foo-new', canary), transient: adding(role) },
    })[0]?.value
  assert.match(told('canary') ?? '', /^unchanged/)
  assert.match(told('other') ?? '', /^2 differences/)
})

test('what cannot be read is not called unchanged', () => {
  const unreadable: Revision = {
    ...revision('foo-old', {}),
    template: { kind: 'Unreadable', reason: 'ReplicaSet foo-old is not there' },
  }
  const readable = revision('foo-new', template)
  for (const revisions of [
    { stable: unreadable, updated: readable },
    { stable: readable, updated: unreadable },
  ])
    assert.deepEqual(changeFacts(revisions), [
      { name: 'Pod template', value: 'what changes is not known: ReplicaSet foo-old is not there' },
    ])
})

test('more differences than fit are counted, in each fact and in all', () => {
  const variables = Array.from({ length: 200 }, (_, index) => ({ name: `VARIABLE_${index}`, value: 'x' }))
  const told = facts(withFoo({ env: [...foo.env, ...variables] }))
  const [, others] = /; and (\d+) others$/.exec(told['container foo'] ?? '') ?? []
  assert.ok((told['container foo']?.length ?? 0) <= 512)
  assert.equal(
    told['Pod template'],
    `200 differences, ${200 - Number(others)} of them named here: compare ReplicaSets foo-old and foo-new`,
  )
})

test('more containers than fit are counted', () => {
  const containers = Array.from({ length: 20 }, (_, index) => ({ name: `c${index}`, image: 'c:v1' }))
  const told = facts(withPod({ containers: [foo, ...containers] }))
  assert.equal(Object.keys(told).length, 9)
  assert.match(told['Pod template'] ?? '', /^40 differences, 7 of them named here/)
})

test('free text is a name at most', () => {
  const told = facts(
    withFoo({
      image: 'approved by the CTO',
      env: [{ name: 'SIGNED OFF\u202E BY alice', value: 'x' }],
      resources: { limits: { 'all is well': '1' } },
    }),
  )
  assert.equal(told.image, 'foo:v1 → no image reference')
  assert.match(told['container foo'] ?? '', /env SIGNED-OFF-BY-alice added/)
  assert.match(told['container foo'] ?? '', /resources\.limits\.all-is-well added/)
})

test('a template that is no template is compared too', () => {
  for (const spec of [
    undefined,
    'x',
    [],
    { containers: 'x', volumes: {} },
    { containers: [1, {}, { env: 5 }] },
  ])
    assert.doesNotThrow(() => facts({ ...template, spec }))
  assert.match(facts({ ...template, spec: { containers: 'x' } })['Pod template'] ?? '', /^\d+ differences/)
})
