import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { outcomeOf, reasons } from '../../../src/api/reasons.ts'
import type { FinalReason, Reason } from '../../../src/api/reasons.ts'

const names = Object.keys(reasons) as Reason[]
const src = join(import.meta.dirname, '../../../src')
const code = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('api/'))
  .map((path) => readFileSync(join(src, path), 'utf8'))
  .join('\n')

for (const reason of names) {
  test(`${reason} is given somewhere`, () => {
    assert.ok(code.includes(`'${reason}'`), 'no code gives this reason')
  })

  test(`${reason} can be a condition's reason and says what to do`, () => {
    assert.match(reason, /^[A-Z][A-Za-z]{0,62}$/)
    assert.match(reasons[reason].meaning, /^[A-Z].*\.$/)
    assert.match(reasons[reason].next, /^[A-Z].*[.]$/)
  })
}

const finals = names.filter((name): name is FinalReason => reasons[name].stands !== 'Waiting')

for (const reason of finals)
  test(`${reason} stands for an outcome`, () => {
    assert.match(outcomeOf(reason), /^(Approved|Denied|Expired|Withdrawn|Failed)$/)
  })

test('an approval is Approved, with changes or without, and only AccessDenied a denial', () => {
  const reasonsFor = (outcome: string): readonly string[] =>
    finals.filter((reason) => outcomeOf(reason) === outcome)
  assert.deepEqual(reasonsFor('Approved'), ['Approved', 'ApprovedWithChanges'])
  assert.deepEqual(reasonsFor('Denied'), ['AccessDenied'])
  assert.deepEqual(reasonsFor('Expired'), ['RequestExpired'])
})
