/** What docs/architecture.md names is there. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
const top = globSync('{*,src/*}/', { cwd: root }).map((folder) => folder.replace('src/', ''))

/** In backquotes, and below a folder of the root or of `src`; a name in prose has no slash. */
const paths = [...page.matchAll(/`([\w.-]+\/[\w./-]*)`/g)]
  .map(([, path = '']) => path)
  .filter((path) => top.includes(path.split('/')[0] ?? ''))

test('the page names files and folders', () => {
  assert.ok(paths.length > 60, `${paths.length} were found`)
})

for (const path of new Set(paths))
  test(`there is ${path}`, () => {
    assert.ok(existsSync(join(root, 'src', path)) || existsSync(join(root, path)))
  })

/** "`name` in `path`", `a` and `b` in it, and "`name` of `path`": the file that is named exports the name. */
const names = [...page.matchAll(/((?:`\w+`(?:,| and|)\s+)+)(?:in|of)\s+`([\w.-]+\/[\w./-]*\.ts)`/g)].flatMap(
  ([, listed = '', path = '']) => [...listed.matchAll(/`(\w+)`/g)].map(([, name = '']) => ({ name, path })),
)

test('the page says where names are', () => {
  assert.deepEqual(names[0], { name: 'finishedStep', path: 'core/request/finished-step.ts' })
})

for (const { name, path } of names)
  test(`${path} exports ${name}`, () => {
    const file = [join(root, 'src', path), join(root, path)].find((candidate) => existsSync(candidate))
    assert.ok(file !== undefined)
    assert.match(readFileSync(file, 'utf8'), new RegExp(String.raw`^export .*\b${name}\b`, 'm'))
  })

test('every folder of src has its row', () => {
  const rows = new Set(
    [...page.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(([, cell = '']) => cell.match(/[\w/-]+/g) ?? []),
  )
  const folders = globSync('src/{*,core/*}/', { cwd: root }).map((folder) =>
    folder.replace(/^src\/|\/$/g, ''),
  )
  assert.deepEqual(
    folders.filter((folder) => !rows.has(folder)),
    [],
  )
})
