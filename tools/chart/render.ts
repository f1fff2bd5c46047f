/** What the chart renders. */
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { helm } from './helm.ts'

export const chart = fileURLToPath(new URL('../../charts/countersign/', import.meta.url))
export const releaseNamespace = 'countersign-system'

export type KubernetesObject = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels }
  readonly [field: string]: unknown
}

type Labels = Readonly<Record<string, string>>

/** `template` is the path below `templates/` that it comes from. */
export type Rendered = {
  readonly template: string
  readonly text: string
  readonly object: KubernetesObject
}

export type Rendering = {
  readonly values?: object
  /** Files with values, below the chart. */
  readonly valuesFiles?: readonly string[]
  readonly kubernetes?: '1.30' | '1.36'
  readonly namespace?: string
}

/** Throws with Helm's words when the values are refused. */
export async function render(rendering: Rendering = {}): Promise<readonly Rendered[]> {
  const { values = {}, valuesFiles = [], kubernetes = '1.36', namespace = releaseNamespace } = rendering
  const files = valuesFiles.map((file) => `--values=${chart}${file}`)
  const output = await helm({
    args: [
      ...['template', 'countersign', chart, `--namespace=${namespace}`, '--values=-', ...files],
      `--kube-version=${kubernetes}.0`,
    ],
    input: JSON.stringify(values),
  })
  return output
    .split(/^---\n/m)
    .filter((text) => text.trim() !== '')
    .map(renderedFrom)
}

function renderedFrom(document: string): Rendered {
  const [source = '', ...lines] = document.split('\n')
  const template = /^# Source: countersign\/templates\/(.*)$/.exec(source)?.[1]
  if (template === undefined) throw new Error(`Helm wrote a document without its source: ${source}`)
  // Helm leaves empty lines where a template had nothing to say.
  const text = lines.filter((line) => line.trim() !== '').join('\n')
  return { template, text, object: parse(text) as KubernetesObject }
}

/** Tells one object from another. */
export function identityOf({ kind, metadata }: KubernetesObject): string {
  return [kind, metadata.namespace ?? '', metadata.name].join('/')
}
