/** The exit codes of approve.sh: its header and the page say the same, it ends with no other, and a test has each. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { exitCodeFor, interrupted, wrongInput } from '../../../tools/demo/options.ts'

const root = new URL('../../../', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8')
const script = read('deploy/examples/ci-job/approve.sh')
const header = pairs(script, /^# {3}(\d+) {2,}(.+)$/gm)

test('header and page have one table', () => {
  assert.ok(header.size > 8)
  assert.deepEqual(pairs(read('docs/how-to/ci-job.md'), /^\| (\d+) +\| (.+?) +\|/gm), header)
})

test('the script ends with codes of the table alone, and with each of them', () => {
  const codes = [...script.matchAll(/^[^#\n]*?\b(?:end|exit) (\d+)/gm)].map(([, code]) => code)
  assert.deepEqual(sorted(codes), sorted(header.keys()))
})

test('a test is named after each code', () => {
  const folder = 'test/integration/examples/'
  const files = readdirSync(new URL(folder, root)).filter((file) => file.startsWith('approve-'))
  const tests = files.map((file) => read(folder + file)).join('\n')
  for (const code of header.keys())
    assert.match(tests, new RegExp(`test\\(['\`]${code}: |^ +\\[${code}, '`, 'm'), code)
})

test('the demo has the same codes', () => {
  const codes = (['Approved', 'Denied', 'Expired', 'Failed', 'Withdrawn'] as const).map((outcome) =>
    exitCodeFor(outcome, {}),
  )
  assert.deepEqual([...codes, wrongInput, interrupted], [0, 1, 2, 3, 5, 64, 130])
})

function pairs(text: string, pattern: RegExp): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(pattern)].map(([, code = '', meaning = '']) => [code, meaning]))
}

function sorted(codes: Iterable<string | undefined>): readonly number[] {
  return [...new Set(codes)].map(Number).toSorted((a, b) => a - b)
}
