/** A name does not say whose a request is: whoever may delete it can create another one of that name. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

test('no command that is shown reads an outcome or a token without the uid', () => {
  const files = globSync('{README.md,docs/**/*.md,deploy/examples/**/*.{sh,yaml}}', { cwd: root })
  const reads = files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .filter((line) => /kubectl .*(status\.outcome|\.data\.access_token)/.test(line))
      .map((line) => `${file}: ${line}`),
  )
  assert.ok(reads.length > 5)
  for (const read of reads) assert.match(read, /\.metadata\.(uid|ownerReferences\[0\]\.uid)/)
})
