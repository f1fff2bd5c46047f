/** No `helm upgrade` that a page, a comment or Helm's own notes show takes back what the release was given before. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const readByPeople = '{*.md,docs/**/*.md,charts/**/*.{yaml,txt,tpl},deploy/**/*.yaml}'

const lines = globSync(readByPeople, { cwd: root }).flatMap((file) =>
  readFileSync(`${root}${file}`, 'utf8')
    .split('\n')
    .map((text, index) => ({ text, where: `${file}:${index + 1}` })),
)
const upgrades = lines.filter(({ text }) =>
  /\bhelm upgrade (?!--help)\S*countersign|\bhelm upgrade --/.test(text),
)

test('there are commands to look at', () => {
  assert.ok(upgrades.length >= 6)
})

for (const { text, where } of upgrades) {
  test(`the upgrade at ${where} keeps the values of the release`, () => {
    assert.match(text, / --reset-then-reuse-values\b/)
    assert.doesNotMatch(text, / --(reset|reuse)-values\b/)
  })
}

test('values are given in a whole command, not by an option that a reader would add to one of his own', () => {
  const strayed = lines.filter(
    ({ text }) => /`--(set|values)[ =][^`]/.test(text) && !/helm (install|upgrade|template)/.test(text),
  )
  assert.deepEqual(
    strayed.map(({ where }) => where),
    [],
  )
})
