/** A file of a reader's clone, with what the page asks the reader to put in. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'

/** @throws if the file does not hold what is to be replaced */
export function edit(path: string, changes: readonly (readonly [from: string, to: string])[]): void {
  const edited = changes.reduce(
    (text, [from, to]) => {
      assert.ok(text.includes(from), `${path} has no "${from}"`)
      return text.replaceAll(from, to)
    },
    readFileSync(path, 'utf8'),
  )
  writeFileSync(path, edited)
}
