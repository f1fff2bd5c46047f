/** Each test that docs/guarantees.md and docs/security.md name is there. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const files = globSync('test/**/*.test.ts', { cwd: root })

/** A folder or a file; `…/` stands for the folder of the one before, or one of those that hold it; the name of one file only may stand alone. */
function testsOf(page: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8')
  const named = [...text.matchAll(/`(test\/[^`]+|[^`\n]+\.test\.ts)`/g)]
  let folder = ''
  return named.map(([, name = '']) => {
    assert.match(name, /^(?:(?:test|…)\/[\w./-]+|[\w-]+\.test\.ts)$/, `${page} names no such test`)
    if (name.startsWith('…/')) return found(folder, name.slice(2))
    if (!name.includes('/')) return onlyFile(name)
    folder = name.endsWith('.ts') ? dirname(name) : name
    return name
  })
}

function onlyFile(name: string): string {
  const [file = name, ...others] = files.filter((each) => basename(each) === name)
  assert.deepEqual(others, [], `${name} is the name of several files`)
  return file
}

function found(folder: string, rest: string): string {
  const path = join(folder, rest)
  return existsSync(join(root, path)) || folder === '.' ? path : found(dirname(folder), rest)
}

for (const [page, least] of [
  ['docs/guarantees.md', 30],
  ['docs/security.md', 7],
] as const) {
  const tests = testsOf(page)
  test(`${page} names tests`, () => {
    assert.ok(tests.length >= least, `${tests.length} were found`)
  })
  for (const path of new Set(tests))
    test(`${page} names ${path}, which is there and has tests`, () => {
      assert.ok(existsSync(join(root, path)))
      assert.ok(files.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`)))
    })
}
