/** However many bodies come at once, those that are large are held one or two at a time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { createBodies } from '../../../../src/kubernetes/client/body.ts'

const kilobyte = 'x'.repeat(1024)

test('of a hundred large bodies two are read at a time, and small ones beside them', async () => {
  const bodies = createBodies()
  const sizes: number[] = Array.from({ length: 100 }, () => 0)
  let most = 0
  const large = sizes.map((_, index) =>
    bodies.read(
      chunksOf(300, () => {
        sizes[index] = (sizes[index] ?? 0) + 1
        most = Math.max(most, sizes.filter((size) => size > 130).length)
      }),
      1024 * 1024,
      (text) => {
        sizes[index] = 0
        return text.length
      },
    ),
  )
  assert.equal(await bodies.read(chunksOf(3), 1024 * 1024, (text) => text.length), 3 * 1024)
  assert.deepEqual(new Set(await Promise.all(large)), new Set([300 * 1024]))
  assert.equal(most, 2)
})

test('one that breaks off, or is too large, lets the next one in', async () => {
  const bodies = createBodies()
  const broken = Array.from({ length: 5 }, () =>
    bodies.read(chunksOf(300, undefined, 200), 1024 ** 2, String),
  )
  const tooLarge = Array.from({ length: 5 }, () => bodies.read(chunksOf(300), 200 * 1024, String))
  const all = await Promise.allSettled([...broken, ...tooLarge])
  assert.deepEqual(new Set(all.map(({ status }) => status)), new Set(['rejected']))
  await assert.rejects(bodies.read(chunksOf(300), 200 * 1024, String), {
    code: 'ERR_KUBERNETES_UNREACHABLE',
    message: /larger than 204800 bytes/,
  })
  assert.equal(await bodies.read(chunksOf(300), 1024 ** 2, (text) => text.length), 300 * 1024)
})

async function* chunksOf(
  kilobytes: number,
  onChunk: () => void = () => undefined,
  breaksAt = Infinity,
): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < kilobytes; index += 1) {
    if (index === breaksAt) throw new Error('reset')
    onChunk()
    yield Buffer.from(kilobyte)
    await turn()
  }
}
