/** docs/operations.md says of every alert what to do. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

test('each alert has a row, and no other', () => {
  const { groups } = parse(read('charts/countersign/files/alerts.yaml')) as {
    readonly groups: readonly { readonly rules: readonly { readonly alert: string }[] }[]
  }
  const named = [...read('docs/operations.md').matchAll(/^\| `(Countersign\w+)`/gm)].map(([, name]) => name)
  const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert))
  assert.deepEqual(named.toSorted(), alerts.toSorted())
})
