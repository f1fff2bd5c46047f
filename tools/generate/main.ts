/**
 * Writes the files that are derived from others: types and the chart's templates of kinds from `crds/`, `deploy/kustomize` from the
 * chart, and in `docs/` the pages of values, flags, metrics and reasons, and the table of API calls.
 * `--check` writes nothing and exits 1 when a file differs, with the command that mends it.
 */
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { compile } from 'json-schema-to-typescript'
import type { JSONSchema } from 'json-schema-to-typescript'
import { parse } from 'yaml'
import { argoRolloutsTemplates } from '../chart/argo-rollouts.ts'
import { customResourceTemplates } from '../chart/custom-resources.ts'
import { dashboard } from '../chart/dashboard.ts'
import { kustomizations } from '../chart/kustomization.ts'
import { valuesPage } from '../chart/values-page.ts'
import { performancePage } from './calls-table.ts'
import { flagsPage } from './flags-page.ts'
import { metricsPage } from './metrics-page.ts'
import { reasonsPage } from './reasons-page.ts'

type CustomResourceDefinition = {
  spec: { versions: { schema: { openAPIV3Schema: JSONSchema } }[] }
}

const banner = '// Generated from crds/ by `make generate`. Do not edit.\n'
/** Every file in there is derived, so one that is no longer made is stale. */
const derivedFiles = ['charts/countersign/templates/crds/*', 'deploy/kustomize/**/*.yaml']
const isCheck = process.argv.includes('--check')

const fromDefinitions = new Map([['src/api/v1alpha1.gen.ts', await types()], ...customResourceTemplates()])
settle('crds/', fromDefinitions)
settle('src/telemetry/metrics.ts', new Map([['docs/metrics.md', await metricsPage()]]))
settle('src/api', new Map([['docs/reasons.md', await reasonsPage()]]))
settle('deploy/argo-rollouts', argoRolloutsTemplates())
settle('tools/chart/dashboard.ts', new Map([['charts/countersign/files/dashboard.json', dashboard()]]))
settle('charts/countersign/values.yaml', new Map([['docs/values.md', await valuesPage()]]))
settle('test/bench/calls-per-approval.json', new Map([['docs/performance.md', await performancePage()]]))
settle('src/programs', new Map([['docs/flags.md', flagsPage()]]))
// Rendered from the templates just written.
const fromChart = await kustomizations()
settle('charts/countersign', fromChart)
settleStale([...fromDefinitions.keys(), ...fromChart.keys()])

function settle(source: string, files: ReadonlyMap<string, string>): void {
  for (const [output, text] of files) {
    if (existsSync(output) && readFileSync(output, 'utf8') === text) continue
    if (isCheck) complain(`${output} differs from ${source}.`)
    else {
      mkdirSync(dirname(output), { recursive: true })
      writeFileSync(output, text)
    }
  }
}

function settleStale(known: readonly string[]): void {
  for (const file of globSync(derivedFiles).filter((found) => !known.includes(found))) {
    if (isCheck) complain(`${file} is derived from nothing any more.`)
    else rmSync(file)
  }
}

function complain(fault: string): void {
  console.error(`${fault} Run: make generate`)
  process.exitCode = 1
}

async function types(): Promise<string> {
  const kinds = await Promise.all(schemas().map(typesOf))
  return banner + dropRepeated(kinds.join('\n'))
}

function schemas(): JSONSchema[] {
  return readdirSync('crds')
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => (parse(readFileSync(`crds/${file}`, 'utf8')) as CustomResourceDefinition).spec.versions[0])
    .flatMap((version) => (version === undefined ? [] : [version.schema.openAPIV3Schema]))
}

/** Only `spec` and `status`: what surrounds them is the same for every kind and stands in `src/api/objects.ts`. */
function typesOf(schema: JSONSchema): Promise<string> {
  const { spec, status } = schema.properties ?? {}
  const parts = [spec, status].filter((part) => part !== undefined).map(render)
  return Promise.all(parts).then((texts) => texts.join('\n'))
}

function render(schema: JSONSchema): Promise<string> {
  return compile(requireDefaulted(schema), schema.title ?? 'Unnamed', {
    additionalProperties: false,
    bannerComment: '',
    ignoreMinAndMaxItems: true,
    style: { semi: false, singleQuote: true, printWidth: 110 },
  })
}

/** A field with a default is always there when it is read, so its type says so. */
function requireDefaulted(schema: JSONSchema): JSONSchema {
  const { items, properties = {}, required } = schema
  const children = Object.entries(properties).map(([name, child]) => [name, requireDefaulted(child)] as const)
  const defaulted = Object.keys(properties).filter((name) => properties[name]?.default !== undefined)
  return {
    ...schema,
    default: undefined,
    ...(children.length > 0 && { properties: Object.fromEntries(children) }),
    ...(items !== undefined && { items: requireDefaulted(items) }),
    required: [...new Set([...(Array.isArray(required) ? required : []), ...defaulted])],
  }
}

/** Two kinds may share a titled object, such as Subject; its type is declared once. */
function dropRepeated(source: string): string {
  const seen = new Set<string>()
  return source.replace(
    /(?:\/\*\*(?:(?!\*\/)[^])*\*\/\n)?export (?:interface|type) (\w+)[^]*?\n}\n/g,
    (declaration, name: string) => {
      if (seen.has(name)) return ''
      seen.add(name)
      return declaration
    },
  )
}
