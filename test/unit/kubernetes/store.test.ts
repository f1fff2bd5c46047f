import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { KubernetesObject } from '../../../src/api/objects.ts'
import { Store } from '../../../src/kubernetes/store.ts'

test('the handler is told what was and what is', () => {
  const { store, told } = aStore()
  const [first, second] = [anObject('a', 1), anObject('a', 2)]
  store.put(first)
  store.put(second)
  store.remove(second.metadata)
  assert.deepEqual(told, [
    [undefined, first],
    [first, second],
    [second, undefined],
  ])
})

test('the same version twice is told once', () => {
  const { store, told } = aStore()
  store.put(anObject('a', 1))
  store.put(anObject('a', 1))
  assert.equal(told.length, 1)
})

test('removing what is not there is not told', () => {
  const { store, told } = aStore()
  store.remove({ name: 'a' })
  assert.deepEqual(told, [])
})

test('namesakes in other namespaces are others', () => {
  const { store } = aStore()
  for (const namespace of ['x', 'y']) store.put({ ...anObject('a', 1), metadata: { namespace, name: 'a' } })
  assert.equal(store.list().length, 2)
  assert.equal(store.get({ namespace: 'y', name: 'a' })?.metadata.namespace, 'y')
})

test('after a replacement exactly what exists is left, and every difference was told', () => {
  const world = fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), version: fc.nat(2) }), {
    selector: ({ name }) => name,
  })
  fc.assert(
    fc.property(world, world, (before, after) => {
      const { store, told } = aStore()
      store.replace(before.map(({ name, version }) => anObject(name, version)))
      told.length = 0
      const objects = after.map(({ name, version }) => anObject(name, version))
      store.replace(objects)
      assert.deepEqual(new Set(store.list()), new Set(objects))
      const changed = told.map(([old, now]) => (now ?? old)?.metadata.name)
      const names = ['a', 'b', 'c', 'd'].filter((name) => versionIn(before, name) !== versionIn(after, name))
      assert.deepEqual(changed.sort(), names)
    }),
  )
})

type Told = [KubernetesObject | undefined, KubernetesObject | undefined][]

function aStore(): { readonly store: Store<KubernetesObject>; readonly told: Told } {
  const told: Told = []
  return { told, store: new Store<KubernetesObject>((old, now) => void told.push([old, now])) }
}

function anObject(name: string, version: number): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, resourceVersion: String(version) } }
}

function versionIn(world: readonly { name: string; version: number }[], wanted: string): number | undefined {
  return world.find(({ name }) => name === wanted)?.version
}
