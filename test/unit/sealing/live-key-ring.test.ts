/** Keys that are added to the Secret and removed from it while processes run. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCookieSealer } from '../../../src/sealing/cookies.ts'
import type { LiveKeyRing } from '../../../src/sealing/live-key-ring.ts'
import { sealerWith } from '../../../src/sealing/seals.ts'
import { aScene, base64, binding, key } from '../../support/worlds/key-ring-world.ts'
import type { Scene } from '../../support/worlds/key-ring-world.ts'

test('a key that another process has sealed with is found when it is met', async () => {
  const scene = aScene()
  const older = sealerWith(await scene.start())
  scene.hold({ k1: base64(1), k2: base64(2) })
  const newer = sealerWith(await scene.start())
  assert.deepEqual([older.kid, newer.kid], ['k1', 'k2'])
  scene.clock.advance(5)
  const sealed = await newer.seal(binding, 'an id')
  assert.deepEqual(await older.open(binding, sealed), { kind: 'Opened', payload: 'an id' })
  assert.equal(older.kid, 'k2')
  assert.deepEqual(scene.pauses, [])
})

test('what is derived with such a key is the same', async () => {
  const scene = aScene()
  const older = sealerWith(await scene.start())
  scene.hold({ k1: base64(1), k2: base64(2) })
  const newer = sealerWith(await scene.start())
  const derived = newer.derive(binding, 'k2')
  assert.ok(derived !== undefined)
  assert.equal(older.derive(binding, 'k2'), undefined)
  await older.meet('k2')
  assert.equal(older.derive(binding, 'k2'), derived)
  assert.ok(older.proves(derived, binding, 'k2'))
})

test('cookies of such a key are known', async () => {
  const scene = aScene()
  const older = createCookieSealer(await scene.start(), scene.clock)
  scene.hold({ k1: base64(1), k2: base64(2) })
  const newer = createCookieSealer(await scene.start(), scene.clock)
  assert.equal(await older.open('session', await newer.seal('session', 'alice', 60)), 'alice')
})

test('a key that was added right after a reading is not missed', async () => {
  const scene = aScene()
  const ring = await scene.start()
  scene.hold({ k1: base64(1), k2: base64(2) })
  assert.notEqual(await ring.find('k2'), undefined)
  assert.deepEqual(scene.pauses, [2000])
})

test('a key that was added during a reading that others wait for is not missed', async () => {
  const scene = aScene()
  const ring = await scene.start()
  scene.clock.advance(5)
  let late: Promise<Uint8Array | undefined> = Promise.resolve(undefined)
  scene.secrets.interpose({
    after: () => {
      scene.secrets.interpose({})
      scene.hold({ k1: base64(1), k2: base64(2) })
      scene.clock.advance(0.1)
      late = ring.find('k2')
    },
  })
  assert.notEqual(await ring.find('k2'), undefined)
  assert.notEqual(await late, undefined)
})

test('whatever is met, the Secret is read every two seconds at most', async () => {
  const scene = aScene()
  const ring = await scene.start()
  scene.clock.advance(5)
  const before = scene.readings()
  const found = await Promise.all(Array.from({ length: 100 }, (_, i) => ring.find(`odd-${i}`)))
  assert.deepEqual(new Set(found), new Set([undefined]))
  assert.ok(scene.readings() - before <= 2, `${scene.readings() - before} readings`)
  const startedMs = scene.clock.monotonicMs()
  for (let i = 0; i < 10; i++) await ring.find(`other-${i}`)
  assert.ok(scene.clock.monotonicMs() - startedMs >= 9 * 2000)
})

test('a key that is gone is looked for once a minute', async () => {
  const scene = aScene()
  const ring = await scene.start()
  scene.clock.advance(5)
  await ring.find('k0')
  const [readings, lookedAtMs] = [scene.readings(), scene.clock.monotonicMs()]
  for (let i = 0; i < 10; i++) assert.equal(await ring.find('k0'), undefined)
  assert.deepEqual([scene.readings(), scene.clock.monotonicMs()], [readings, lookedAtMs])
  scene.hold({ k0: base64(0), k1: base64(1) })
  scene.clock.advance(60)
  assert.notEqual(await ring.find('k0'), undefined)
})

test('the newest key seals within a minute, and what is sealed costs one reading in it', async () => {
  const scene = aScene()
  const sealer = sealerWith(await scene.start())
  scene.hold({ k1: base64(1), k2: base64(2) })
  const kidOf = async (): Promise<unknown> => {
    const [header = ''] = (await sealer.seal(binding, 'an id')).split('.')
    return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid
  }
  scene.clock.advance(59)
  assert.equal(await kidOf(), 'k1')
  scene.clock.advance(1)
  const before = scene.readings()
  assert.equal(await kidOf(), 'k2')
  assert.equal(await kidOf(), 'k2')
  assert.equal(scene.readings(), before + 1)
  assert.deepEqual(scene.lines, ['another key seals'])
})

test('a key that was removed opens nothing after the next reading', async () => {
  const scene = aScene()
  const sealer = sealerWith(await scene.start())
  const sealed = await sealer.seal(binding, 'an id')
  scene.hold({ k2: base64(2) })
  assert.equal((await sealer.open(binding, sealed)).kind, 'Opened')
  scene.clock.advance(60)
  await sealer.seal(binding, 'another id')
  assert.deepEqual(await sealer.open(binding, sealed), { kind: 'UnknownKey' })
})

test('while the Secret cannot be read, no key counts as gone, and sealing goes on', async () => {
  const scene = aScene()
  const sealer = sealerWith(await scene.start())
  scene.hold({ k1: base64(1), k2: base64(2) })
  const sealed = await sealerWith(await scene.start()).seal(binding, 'an id')
  scene.secrets.interpose({
    before: () => {
      throw new Error('the API server did not answer')
    },
  })
  scene.clock.advance(60)
  await assert.rejects(sealer.open(binding, sealed), /did not answer/)
  scene.clock.advance(60)
  assert.equal((await sealer.open(binding, await sealer.seal(binding, 'an id'))).kind, 'Opened')
  assert.deepEqual(scene.lines, ['the operator’s keys cannot be read again'])
  scene.secrets.interpose({})
  assert.equal((await sealer.open(binding, sealed)).kind, 'Opened')
})

test('a Secret that holds something else is an error for what it might hold', async () => {
  const scene = aScene()
  const sealer = sealerWith(await scene.start())
  const sealed = await sealer.seal(binding, 'an id')
  scene.hold({ k1: base64(1), k2: 'c2hvcnQ=' })
  scene.clock.advance(60)
  assert.equal((await sealer.open(binding, await sealer.seal(binding, 'an id'))).kind, 'Opened')
  assert.equal((await sealer.open(binding, sealed)).kind, 'Opened')
  const ring = await followed(scene)
  await assert.rejects(ring.find('k2'), { code: 'ERR_KEY_RING' })
})

/** A process that was started while the Secret was sound. */
async function followed(scene: Scene): Promise<LiveKeyRing> {
  const { data = {} } = scene.secrets.held(key.name) ?? {}
  scene.hold({ k1: base64(1) })
  const ring = await scene.start()
  scene.hold(data)
  scene.clock.advance(5)
  return ring
}
