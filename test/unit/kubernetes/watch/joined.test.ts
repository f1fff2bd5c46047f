/** Several watches as one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubernetesObject } from '../../../../src/api/objects.ts'
import { joined } from '../../../../src/kubernetes/watch/joined.ts'
import type { Reflector } from '../../../../src/kubernetes/watch/reflector.ts'

type Part = Pick<
  Reflector<KubernetesObject>,
  | 'get'
  | 'list'
  | 'names'
  | 'indexed'
  | 'size'
  | 'hasSynced'
  | 'isSynced'
  | 'silentSeconds'
  | 'start'
  | 'stop'
>

function part(
  namespace: string,
  how: Partial<Part> = {},
): Reflector<KubernetesObject> & { readonly calls: string[] } {
  const object: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name: 'one' },
  }
  const calls: string[] = []
  const stub: Part & { readonly calls: string[] } = {
    calls,
    get: (key) => (key.namespace === namespace && key.name === 'one' ? object : undefined),
    list: () => [object],
    indexed: (valuesOf) => (value) => (valuesOf(object).includes(value) ? [object] : []),
    names: () => [`${namespace}/one`],
    size: 1,
    hasSynced: Promise.resolve(),
    isSynced: true,
    silentSeconds: 1,
    start: () => void calls.push('start'),
    stop: () => Promise.resolve(void calls.push('stop')),
    ...how,
  }
  // The class has private fields; joined() uses what is there.
  return stub as Reflector<KubernetesObject> & { readonly calls: string[] }
}

test('an object is found in the watch that has it', () => {
  const watch = joined([part('a'), part('b')])
  assert.equal(watch.get({ namespace: 'b', name: 'one' })?.metadata.namespace, 'b')
  assert.equal(watch.get({ namespace: 'c', name: 'one' }), undefined)
  assert.deepEqual(
    watch.list().map(({ metadata }) => metadata.namespace),
    ['a', 'b'],
  )
})

test('an index finds in every watch', () => {
  const watch = joined([part('a'), part('b')])
  const find = watch.indexed(({ metadata }) => [metadata.name, metadata.namespace ?? ''])
  assert.deepEqual(
    Array.from(find('one'), ({ metadata }) => metadata.namespace),
    ['a', 'b'],
  )
  assert.equal([...find('b')].length, 1)
  assert.equal(watch.size, 2)
  assert.deepEqual(watch.names(), ['a/one', 'b/one'])
})

test('it is synced once every watch is', async () => {
  const late = Promise.withResolvers<undefined>()
  const watch = joined([part('a'), part('b', { isSynced: false, hasSynced: late.promise })])
  assert.equal(watch.isSynced, false)
  const first = await Promise.race([watch.hasSynced.then(() => 'synced'), Promise.resolve('not yet')])
  assert.equal(first, 'not yet')
  late.resolve(undefined)
  await watch.hasSynced
})

test('it is as silent as the most silent watch', () => {
  assert.equal(joined([part('a'), part('b', { silentSeconds: 7 })]).silentSeconds, 7)
})

test('start and stop reach every watch', async () => {
  const parts = [part('a'), part('b')]
  const watch = joined(parts)
  watch.start()
  await watch.stop()
  assert.deepEqual(
    parts.map(({ calls }) => calls),
    [
      ['start', 'stop'],
      ['start', 'stop'],
    ],
  )
})
