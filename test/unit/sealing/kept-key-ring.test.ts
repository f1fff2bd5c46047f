/** A key ring whose Secret is deleted or spoilt while processes run. */
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { sealerWith } from '../../../src/sealing/seals.ts'
import { aScene, base64, binding, key } from '../../support/worlds/key-ring-world.ts'

test('keys that were deleted are written back as they were, by one of two processes', async () => {
  const scene = aScene()
  const [ring, another] = [await scene.start(), await scene.start()]
  const sealed = await sealerWith(ring).seal(binding, 'an id')
  scene.secrets.remove(key.name)
  scene.clock.advance(60)
  await Promise.all([sealerWith(ring).ready(), sealerWith(another).ready()])
  assert.deepEqual(scene.secrets.held(key.name)?.data, { k1: base64(1) })
  assert.equal(scene.secrets.held(key.name)?.type, 'Opaque')
  assert.deepEqual(scene.lines, ['the operator’s keys were deleted, and are written back'])
  const restarted = sealerWith(await scene.start())
  assert.equal((await restarted.open(binding, sealed)).kind, 'Opened')
})

test('keys that cannot be written back are an error each minute, and nothing new is to be asked', async () => {
  const scene = aScene()
  const ring = await scene.start()
  const sealer = sealerWith(ring)
  const sealed = await sealer.seal(binding, 'an id')
  await sealer.ready()
  assert.equal(ring.fault(), undefined)
  scene.secrets.remove(key.name)
  const message = 'secrets is forbidden: no right to create'
  const refuse = mock.method(scene.secrets, 'create', () => Promise.resolve({ kind: 'Refused', message }))
  for (let minute = 0; minute < 2; minute++) {
    scene.clock.advance(60)
    await assert.rejects(sealer.ready(), {
      code: 'ERR_KEY_RING',
      message: `Secret countersign-system/countersign-keys was deleted and cannot be written back: ${message}`,
    })
  }
  const lost = 'the operator’s keys are lost with this process'
  assert.deepEqual(scene.lines, [lost, lost])
  assert.equal((await sealer.open(binding, sealed)).kind, 'Opened')
  refuse.mock.restore()
  scene.clock.advance(60)
  await sealer.ready()
  assert.equal(ring.fault(), undefined)
})

for (const [name, data] of [
  ['garbage', { k1: 'Z2FyYmFnZQ==' }],
  ['nothing', {}],
] as const)
  test(`a Secret that was replaced by one with ${name} stops new questions until it is deleted`, async () => {
    const scene = aScene()
    const sealer = sealerWith(await scene.start())
    const sealed = await sealer.seal(binding, 'an id')
    scene.hold(data)
    scene.clock.advance(60)
    await assert.rejects(sealer.ready(), { code: 'ERR_KEY_RING', message: /must hold one or more keys/ })
    assert.equal((await sealer.open(binding, sealed)).kind, 'Opened')
    assert.deepEqual(scene.lines, ['the operator’s keys are lost with this process'])
    scene.secrets.remove(key.name)
    scene.clock.advance(60)
    await sealer.ready()
    assert.deepEqual(scene.secrets.held(key.name)?.data, { k1: base64(1) })
  })

test('keys that were all replaced by others are reported', async () => {
  const scene = aScene()
  const sealer = sealerWith(await scene.start())
  scene.hold({ k2: base64(2) })
  scene.clock.advance(60)
  await sealer.ready()
  assert.deepEqual(scene.lines, [
    'another key seals',
    'all of the operator’s keys were replaced, what they sealed is lost',
  ])
})
