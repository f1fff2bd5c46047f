import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { KubernetesObject } from '../../../../src/api/objects.ts'
import type { Index } from '../../../../src/core/ports/cluster.ts'
import { asObject, asText } from '../../../../src/kubernetes/watch/held.ts'
import { nameOf, Store, toEach } from '../../../../src/kubernetes/watch/store.ts'

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
      replace(
        store,
        before.map(({ name, version }) => anObject(name, version)),
      )
      told.length = 0
      const objects = after.map(({ name, version }) => anObject(name, version))
      replace(store, objects)
      assert.deepEqual(new Set(store.list()), new Set(objects))
      const changed = told.map(([old, now]) => (now ?? old)?.metadata.name)
      const names = ['a', 'b', 'c', 'd'].filter((name) => versionIn(before, name) !== versionIn(after, name))
      assert.deepEqual(changed.sort(), names)
    }),
  )
})

for (const [form, hold] of [
  ['object', asObject],
  ['text', asText],
] as const)
  test(`an index finds by a value what is held as ${form}, whatever becomes of it`, () => {
    const one = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      values: fc.uniqueArray(fc.constantFrom('x', 'y', 'z')),
      isThere: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(one), fc.nat(10), (steps, since) => {
        const store = new Store<KubernetesObject>(() => undefined, hold)
        let find: Index<KubernetesObject> | undefined
        const known = new Map<string, readonly string[]>()
        for (const [index, { name, values, isThere }] of steps.entries()) {
          if (index === since) find = store.indexed(valuesOf)
          if (isThere) store.put({ ...anObject(name, index), kind: values.join(' ') })
          else store.remove({ name })
          if (isThere) known.set(name, values)
          else known.delete(name)
        }
        find ??= store.indexed(valuesOf)
        assert.equal(store.size, known.size)
        for (const value of ['x', 'y', 'z']) {
          const found: readonly string[] = Array.from(find(value), ({ metadata }) => metadata.name)
          const wanted = [...known].filter(([, values]) => values.includes(value)).map(([name]) => name)
          assert.deepEqual(found.toSorted(), wanted.toSorted())
        }
      }),
    )
  })

test('who is told of a change finds it in the index', () => {
  const found: number[] = []
  const store = new Store<KubernetesObject>(() => void found.push([...(find?.('x') ?? [])].length))
  const find: Index<KubernetesObject> | undefined = store.indexed(valuesOf)
  store.put({ ...anObject('a', 1), kind: 'x' })
  store.put({ ...anObject('a', 2), kind: 'y' })
  assert.deepEqual(found, [1, 0])
})

test('what is deleted while somebody goes through an index is left out', () => {
  const { store } = aStore()
  const find = store.indexed(valuesOf)
  for (const name of ['a', 'b']) store.put({ ...anObject(name, 1), kind: 'x' })
  const names: string[] = []
  for (const { metadata } of find('x')) {
    names.push(metadata.name)
    store.remove({ name: 'b' })
  }
  assert.deepEqual(names, ['a'])
})

test('a listener that throws keeps no other from the change', () => {
  const [heard, errors]: [string[], unknown[]] = [[], []]
  const tell = toEach<string>(
    [
      () => {
        throw new Error('broken')
      },
      (_, now = '') => void heard.push(now),
    ],
    (error) => void errors.push(error),
  )
  tell(undefined, 'new')
  assert.deepEqual([heard, errors.length], [['new'], 1])
})

test('text of any alphabet comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.deepEqual(asText({ text })(), JSON.parse(JSON.stringify({ text })))
    }),
  )
})

function valuesOf({ kind }: KubernetesObject): readonly string[] {
  return kind.split(' ').filter((value) => value !== '')
}

/** As a reflector does that has read all objects. */
function replace(store: Store<KubernetesObject>, objects: readonly KubernetesObject[]): void {
  for (const object of objects) store.put(object)
  store.keepOnly(new Set(objects.map(({ metadata }) => nameOf(metadata))))
}

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
