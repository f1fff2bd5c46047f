/** The chart gives programs only flags that they have. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { everything, workloads } from '../../support/docs/chart.ts'

const dist = fileURLToPath(new URL('../../../dist/', import.meta.url))

for (const { metadata, spec } of await workloads({ values: everything })) {
  test(`${metadata.name} knows the flags that it is given`, () => {
    const [bundle = '', ...args] = spec.template.spec.containers[0].args
    const help = execFileSync(process.execPath, [`${dist}${bundle}`, '--help'], { encoding: 'utf8' })
    const given = args.map((arg) => arg.replace(/=.*/s, ''))
    assert.ok(given.length > 3)
    assert.deepEqual(
      given.filter((flag) => !help.includes(`${flag} `)),
      [],
    )
  })
}
