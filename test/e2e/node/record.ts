/**
 * `node test/e2e/node/record.ts`, once for each release: writes what it installs to `recorded`, a chart with nothing to fill in, from
 * which the test of the installation upgrades. The embedded provider keeps its prompts in memory, so its Pod must not change between.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import packageJson from '../../../package.json' with { type: 'json' }
import { render } from '../../../tools/chart/render.ts'
import { recordedChart, values } from '../../support/clusters/node/installation.ts'

// So that the upgrade replaces its Pods, even if nothing else has changed since.
const podAnnotations = { recorded: packageJson.version }
const rendered = await render({
  values: {
    ...values,
    controller: { ...values.controller, podAnnotations },
    inbox: { ...values.inbox, podAnnotations },
  },
})
const text = rendered.map((object) => object.text).join('\n---\n')
if (text.includes('{{')) throw new Error('A template would take {{ for its own.')
mkdirSync(`${recordedChart}templates`, { recursive: true })
writeFileSync(
  `${recordedChart}Chart.yaml`,
  stringify({ apiVersion: 'v2', name: 'countersign', version: packageJson.version }),
)
writeFileSync(`${recordedChart}templates/manifests.yaml`, `${text}\n`)
