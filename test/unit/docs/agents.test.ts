/** docs/agents.md says of every reason what to do, in the table that fits, and once. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { reasons } from '../../../src/api/reasons.ts'

const page = readFileSync(new URL('../../../docs/agents.md', import.meta.url), 'utf8')
const [waiting = '', final = ''] = page
  .slice(page.indexOf('While `Complete` is False'))
  .split('When `Complete` is True')

for (const [stands, table] of [
  ['Waiting', waiting],
  ['Final', final],
] as const) {
  test(`each reason that is ${stands} has a row, and no other word`, () => {
    const rows = table.match(/^\| `.*$/gm) ?? []
    const named = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
    )
    const expected = Object.entries(reasons).filter(([, row]) => row.stands.includes(stands))
    assert.deepEqual(named.toSorted(), expected.map(([name]) => name).toSorted())
  })
}
