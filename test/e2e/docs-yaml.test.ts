/** Every block of YAML on the pages, and every file of the examples, is taken by a real API server or by what it is for. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse, parseAllDocuments } from 'yaml'
import { installArgoKinds } from '../../tools/argo-rollouts/install.ts'
import { chart, render } from '../../tools/chart/render.ts'
import { install } from '../../tools/envtest/install.ts'
import { kubectl } from '../../tools/envtest/kubectl.ts'
import { startControlPlane } from '../../tools/envtest/start.ts'
import type { ControlPlane } from '../../tools/envtest/start.ts'
import { fencesOf } from '../support/docs/markdown-commands.ts'
import { anApprovalPolicy, anApprovalRequest, anIdentityProvider } from '../support/builders/manifests.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const files = [...globSync('{README.md,docs/**/*.md}', { cwd: root })]
const examples = globSync('deploy/{examples,argo-rollouts/examples}/**/*.yaml', { cwd: root })
const namespaces = ['demo', 'prod', 'release-agent', 'maintenance', 'shop', 'argocd']

type Fields = Readonly<Record<string, unknown>>
type Yaml = { readonly where: string; readonly text: string; readonly documents: readonly Fields[] }

const blocks: readonly Yaml[] = files.flatMap((file) =>
  fencesOf(readFileSync(join(root, file), 'utf8'))
    .filter(({ language }) => language === 'yaml')
    .map(({ body, lineNumber }) => yamlOf(`${file}:${lineNumber}`, body.join('\n'))),
)
const exampleFiles = examples.map((file) => yamlOf(file, readFileSync(join(root, file), 'utf8')))

/** What a fragment is a part of, by its first field. */
const wholes: Readonly<Record<string, (fragment: Fields) => object>> = {
  clients: (fragment) => ({ ...anIdentityProvider, spec: { ...anIdentityProvider.spec, ...fragment } }),
  parameters: (fragment) => ({ ...anApprovalRequest, spec: { ...anApprovalRequest.spec, ...fragment } }),
  stages: aPolicyWith,
  require: aPolicyWith,
  separationOfDuties: aPolicyWith,
  strategy: aRolloutWith,
  progressDeadlineSeconds: aRolloutWith,
}

/** What is done with a piece of YAML, by the first rule that knows it. */
const rules: readonly {
  readonly kind: string
  readonly knows: (yaml: Yaml) => boolean
  readonly check: (yaml: Yaml) => Promise<void> | void
}[] = [
  // docs.test.ts builds and applies those: each is a file of a page that it follows.
  {
    kind: 'a kustomization',
    knows: isKustomization,
    check: ({ text }) => {
      assert.match(text, /^# \S+\/kustomization\.yaml\n/)
    },
  },
  {
    kind: 'objects',
    knows: ({ documents }) => documents.every(isObject),
    check: ({ documents }) => tryOut(documents),
  },
  {
    kind: 'a part of an object',
    knows: ({ documents: [first = {}] }) => wholeFor(first) !== undefined,
    check: ({ documents: [first = {}] }) => tryOut([wholeFor(first)?.(first) ?? {}]),
  },
  {
    kind: 'values of the chart',
    knows: areValues,
    check: async ({ documents: [values = {}] }) => {
      await render({ values })
    },
  },
  { kind: 'a pipeline', knows: isPipeline, check: checkPipeline },
]

let controlPlane: ControlPlane

before(async () => {
  controlPlane = await startControlPlane({ directory: mkdtempSync(join(tmpdir(), 'countersign-docs-yaml-')) })
  const { kubeconfig } = controlPlane
  await Promise.all([install(kubeconfig), installArgoKinds(kubeconfig)])
  for (const name of namespaces) await kubectl({ kubeconfig, args: ['create', 'namespace', name] })
})

after(() => controlPlane.stop())

for (const yaml of [...blocks, ...exampleFiles]) {
  const rule = rules.find(({ knows }) => knows(yaml))
  test(`${yaml.where} is ${rule?.kind ?? 'of a known kind'}`, async () => {
    assert.ok(rule, `write a rule for\n${yaml.text}`)
    await rule.check(yaml)
  })
}

test(`${blocks.length} blocks and ${exampleFiles.length} files were looked at`, () => {
  assert.ok(blocks.length >= 9 && exampleFiles.length >= 20)
})

function yamlOf(where: string, text: string): Yaml {
  return { where, text, documents: parseAllDocuments(text).map((document) => document.toJS() as Fields) }
}

function isObject(fields: Fields): boolean {
  return 'apiVersion' in fields && 'kind' in fields
}

function isKustomization({ documents }: Yaml): boolean {
  return documents.some(({ kind }) => kind === 'Kustomization')
}

function wholeFor(fragment: Fields): ((fragment: Fields) => object) | undefined {
  return wholes[Object.keys(fragment)[0] ?? '']
}

function areValues({ documents: [first = {}] }: Yaml): boolean {
  const known = parse(readFileSync(`${chart}values.yaml`, 'utf8')) as Fields
  return Object.keys(first).every((key) => key in known)
}

/** Of GitHub Actions or GitLab. */
function isPipeline({ text }: Yaml): boolean {
  return /^# \.(github\/workflows\/|gitlab-ci)/.test(text)
}

/** A shell understands each command; examples/approve-script.test.ts runs them. */
function checkPipeline({ documents: [pipeline = {}] }: Yaml): void {
  const commands = commandsOf(pipeline)
  assert.ok(commands.some((command) => command.includes('approve.sh')))
  for (const command of commands) {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: command, encoding: 'utf8' })
    assert.equal(status, 0, stderr)
  }
}

function commandsOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'run' || key === 'script') return [inner].flat().map(String)
    return commandsOf(inner)
  })
}

/** A client is added to a provider that is there; here it has to bring the rest itself. */
function completed(object: Fields): Fields {
  if (object.kind !== 'IdentityProvider') return object
  return {
    ...object,
    spec: { issuer: 'https://sso.company.com', profile: 'OidcProvider', ...(object.spec as Fields) },
  }
}

/** Objects with a name are applied, those that have theirs made are created; both are dry runs. */
async function tryOut(objects: readonly object[]): Promise<void> {
  for (const object of objects.map((some) => completed(some as Fields))) {
    const { name } = object.metadata as { readonly name?: string }
    const verb = name === undefined ? ['create'] : ['apply', '--server-side']
    const args = [...verb, '--dry-run=server', '--validate=strict', '--filename=-']
    await kubectl({ kubeconfig: controlPlane.kubeconfig, args, input: JSON.stringify(object) })
  }
}

function aPolicyWith(fragment: Fields): object {
  return { ...anApprovalPolicy, spec: { ...anApprovalPolicy.spec, ...fragment } }
}

function aRolloutWith(fragment: Fields): object {
  const labels = { app: 'foo' }
  const containers = [{ name: 'foo', image: 'registry.example.com/foo:v1' }]
  const { strategy } = fragment as { readonly strategy: { readonly blueGreen?: object } }
  const blueGreen = strategy.blueGreen && { blueGreen: { activeService: 'foo', ...strategy.blueGreen } }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'foo', namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
      ...fragment,
      strategy: { ...strategy, ...blueGreen },
    },
  }
}
