/**
 * `deploy/kustomize`, for who installs without Helm: `base` is what the chart renders with its defaults, each component what
 * it renders besides with some values. Components, since they can be combined.
 */
import { stringify } from 'yaml'
import { identityOf, releaseNamespace, render } from './render.ts'
import type { Rendered, Rendering } from './render.ts'

const root = 'deploy/kustomize'
const banner = '# Generated from charts/countersign by `make generate`. Do not edit.\n'

/** Everything that every cluster from Kubernetes 1.30 on takes. */
const base: Rendering = { kubernetes: '1.30', values: { crds: { keep: false } } }

const components: Readonly<Record<string, Rendering>> = {
  'requester-stamping': { ...base, kubernetes: '1.36' },
  inbox: { ...base, valuesFiles: ['examples/keycloak.yaml'] },
}

const overlays: Readonly<Record<string, readonly string[]>> = {
  'with-inbox': ['requester-stamping', 'inbox'],
}

/** Path → text. */
export async function kustomizations(): Promise<ReadonlyMap<string, string>> {
  const inBase = await render(base)
  const files = new Map([
    ...directory(`${root}/base`, 'Kustomization', inBase),
    [`${root}/base/namespace.yaml`, banner + stringify(namespace)] as const,
  ])
  for (const [name, rendering] of Object.entries(components)) {
    const added = without(await render(rendering), inBase)
    for (const [path, text] of directory(`${root}/components/${name}`, 'Component', added))
      files.set(path, text)
  }
  for (const [name, parts] of Object.entries(overlays)) {
    const fields = { resources: ['../../base'], components: parts.map((part) => `../../components/${part}`) }
    files.set(`${root}/overlays/${name}/kustomization.yaml`, kustomization('Kustomization', fields))
  }
  return files
}

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: releaseNamespace,
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
  },
}

/** What a component adds. It may not change what is there: that would be a patch, which nothing needs so far. */
function without(rendered: readonly Rendered[], known: readonly Rendered[]): readonly Rendered[] {
  const texts = new Map(known.map(({ object, text }) => [identityOf(object), text]))
  return rendered.filter(({ object, text }) => {
    const before = texts.get(identityOf(object))
    if (before !== undefined && before !== text)
      throw new Error(`${identityOf(object)} is changed by a component.`)
    return before === undefined
  })
}

function directory(path: string, kind: string, rendered: readonly Rendered[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const { template, text } of rendered) {
    const file = `${path}/${template}`
    const before = files.get(file)
    files.set(file, `${before === undefined ? banner : `${before}---\n`}${withoutHelm(text)}\n`)
  }
  const resources = [...files.keys()].map((file) => file.slice(path.length + 1)).sort()
  const first = kind === 'Kustomization' ? ['namespace.yaml'] : []
  files.set(`${path}/kustomization.yaml`, kustomization(kind, { resources: [...first, ...resources] }))
  return files
}

function kustomization(kind: string, fields: object): string {
  const version = kind === 'Component' ? 'v1alpha1' : 'v1beta1'
  return banner + stringify({ apiVersion: `kustomize.config.k8s.io/${version}`, kind, ...fields })
}

/** The labels that say who installed it. */
function withoutHelm(text: string): string {
  return text.replace(/^ *(helm\.sh\/chart|app\.kubernetes\.io\/managed-by):.*\n/gm, '')
}
