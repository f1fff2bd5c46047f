import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { linesOf } from '../../../../src/kubernetes/watch/json-lines.ts'

test('lines arrive whole, wherever the bytes are cut', async () => {
  const line = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => JSON.stringify(text))
  const cuts = fc.array(fc.nat(), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(fc.array(line), cuts, async (lines, at) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''))
      assert.deepEqual(await collected(pieces(bytes, at)), lines)
    }),
  )
})

test('what is cut off at the end is dropped', async () => {
  assert.deepEqual(await collected([Buffer.from('{"a":1}\n{"b":')]), ['{"a":1}'])
})

test('empty lines are skipped', async () => {
  assert.deepEqual(await collected([Buffer.from('\n\n1\n\n')]), ['1'])
})

for (const [name, text, isTaken] of [
  ['a line of the greatest length is taken', `${'x'.repeat(100)}\n`, true],
  ['a longer line is not', `${'x'.repeat(101)}\n`, false],
  ['a longer line is not waited for', 'x'.repeat(101), false],
] as const) {
  test(name, async () => {
    const lines = collected([Buffer.from(text)])
    await (isTaken ? lines : assert.rejects(lines, RangeError))
  })
}

test('bytes that are no UTF-8 are an error', async () => {
  await assert.rejects(collected([Uint8Array.of(0x22, 0xff, 0x22, 0x0a)]))
})

function pieces(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
}

async function collected(chunks: readonly Uint8Array[]): Promise<string[]> {
  const lines: string[] = []
  for await (const line of linesOf(ReadableStream.from(chunks), 100)) lines.push(line)
  return lines
}
