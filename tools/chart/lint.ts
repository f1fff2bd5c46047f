/** `helm lint --strict`, with the chart's defaults and with each of its examples. */
import { globSync } from 'node:fs'
import { helm } from './helm.ts'
import { chart } from './render.ts'

for (const values of [undefined, ...globSync(`${chart}examples/*.yaml`)]) {
  await helm({
    args: ['lint', '--strict', '--quiet', chart, ...(values === undefined ? [] : ['--values', values])],
  })
}
