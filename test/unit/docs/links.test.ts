/** Every relative link of the pages leads to a file, and to a heading of it; every page is one click away from README. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const pages = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root })]

for (const page of [...pages, 'test/README.md']) {
  test(`links of ${page} lead somewhere`, () => {
    for (const link of linksOf(page)) assert.equal(brokenBy(page, link), undefined, link)
  })
}

test('README links every page', () => {
  const linked = linksOf('README.md').map((link) => normalize(link.split('#')[0] ?? ''))
  assert.deepEqual(
    pages.filter((page) => page !== 'README.md' && !linked.includes(page)),
    [],
  )
})

/** Without those that leave the repository. */
function linksOf(page: string): readonly string[] {
  const text = proseOf(page)
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|\bsrc="([^"]+)"/g)]
  return links.map(([, link, source]) => link ?? source ?? '').filter((link) => !/^https?:/.test(link))
}

/** What is wrong with a link, if anything. */
function brokenBy(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(root, target))) return `there is no ${target}`
  if (anchor === undefined || anchorsOf(target).includes(anchor)) return undefined
  return `${target} has no heading #${anchor}`
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): readonly string[] {
  return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** Without blocks of code. */
function proseOf(page: string): string {
  return readFileSync(join(root, page), 'utf8').replaceAll(/^```[^]*?^```$/gm, '')
}
