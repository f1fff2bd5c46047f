import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Secret } from '../../../src/api/objects.ts'
import { loadKeyRing } from '../../../src/sealing/key-ring.ts'
import { inMemoryResource } from '../../support/fakes/cluster/in-memory-resource.ts'

const key = { namespace: 'countersign-system', name: 'countersign-keys' }
const base64 = (bytes: number, fill = 7): string => Buffer.alloc(bytes, fill).toString('base64')

function keySecret(data?: Readonly<Record<string, string>>): Secret {
  return { apiVersion: 'v1', kind: 'Secret', metadata: key, ...(data !== undefined && { data }) }
}

test('the first start makes one key of 32 bytes', async () => {
  const secrets = inMemoryResource<Secret>()
  const { newest, keys } = await loadKeyRing(secrets, key)
  assert.deepEqual([...keys.keys()], [newest])
  assert.equal(keys.get(newest)?.length, 32)
  assert.notDeepEqual(keys.get(newest), new Uint8Array(32))
})

test('the next start finds the same key and writes nothing', async () => {
  const secrets = inMemoryResource<Secret>()
  const first = await loadKeyRing(secrets, key)
  const second = await loadKeyRing(secrets, key)
  assert.deepEqual(second, first)
  assert.deepEqual(
    secrets.calls.map(({ verb }) => verb),
    ['get', 'create', 'get'],
  )
})

test('no two key rings are alike', async () => {
  const one = await loadKeyRing(inMemoryResource<Secret>(), key)
  const other = await loadKeyRing(inMemoryResource<Secret>(), key)
  assert.notDeepEqual(one.keys.get(one.newest), other.keys.get(other.newest))
})

test('of two replicas that start at once, the first one’s key counts', async () => {
  const secrets = inMemoryResource<Secret>()
  const rings = await Promise.all([loadKeyRing(secrets, key), loadKeyRing(secrets, key)])
  assert.deepEqual(rings[0], rings[1])
  assert.deepEqual(Object.keys(secrets.held(key.name)?.data ?? {}), [rings[0].newest])
})

test('the newest key by name seals, and all are kept', async () => {
  const secrets = inMemoryResource<Secret>()
  secrets.put(keySecret({ k2: base64(32, 2), k3: base64(32, 3), k1: base64(32, 1) }))
  const { newest, keys } = await loadKeyRing(secrets, key)
  assert.equal(newest, 'k3')
  assert.deepEqual([...keys.keys()].toSorted(), ['k1', 'k2', 'k3'])
})

for (const [name, data] of [
  ['without data', undefined],
  ['without keys', {}],
  ['with a key of 31 bytes', { k1: base64(31) }],
  ['with a key of 33 bytes', { k1: base64(33) }],
  ['with one good key and a bad one', { k1: base64(32), k2: base64(16) }],
  ['with an empty key', { k1: '' }],
  ['with something else', { password: 'aHVudGVyMg==' }],
] as const)
  test(`a key ring ${name} is refused, and neither replaced nor quoted`, async () => {
    const secrets = inMemoryResource<Secret>()
    const before = secrets.put(keySecret(data))
    await assert.rejects(loadKeyRing(secrets, key), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'ERR_KEY_RING')
      for (const value of Object.values(data ?? {}).filter((text) => text !== ''))
        assert.equal(error.message.includes(value), false)
      return true
    })
    assert.equal(secrets.held(key.name), before)
  })

test('a key ring that may not be created says why', async () => {
  const secrets = { ...inMemoryResource<Secret>(), create: () => Promise.resolve(refused) }
  await assert.rejects(loadKeyRing(secrets, key), { code: 'ERR_KEY_RING', message: /forbidden by quota/ })
})

const refused = { kind: 'Refused', message: 'forbidden by quota' } as const

test('a key ring that vanishes meanwhile is an error, not a new key', async () => {
  const secrets = { ...inMemoryResource<Secret>(), create: () => Promise.resolve(exists) }
  await assert.rejects(loadKeyRing(secrets, key), { code: 'ERR_KEY_RING' })
})

const exists = { kind: 'AlreadyExists' } as const
