/** The chart's templates of CustomResourceDefinitions: those of `crds/`, with labels, and an annotation that keeps them. */
import { readdirSync, readFileSync } from 'node:fs'

const banner = `{{- /* Generated from crds/ by \`make generate\`. Do not edit. */ -}}
{{- if .Values.crds.enabled }}
`

const metadata = `  labels:
    {{- include "countersign.labels" . | nindent 4 }}
  {{- $keep := ternary (dict "helm.sh/resource-policy" "keep") dict .Values.crds.keep }}
  {{- include "countersign.annotations" (list $ $keep) | nindent 2 }}
`

/** Path → text. */
export function customResourceTemplates(): ReadonlyMap<string, string> {
  const files = readdirSync('crds').sort()
  return new Map(
    files.map((file) => [
      `charts/countersign/templates/crds/${file}`,
      templateOf(file, readFileSync(`crds/${file}`, 'utf8')),
    ]),
  )
}

function templateOf(file: string, definition: string): string {
  if (definition.includes('{{'))
    throw new Error(`crds/${file} holds {{, which a template would take for its own.`)
  const name = /^metadata:\n {2}name: .*\n/m
  if (!name.test(definition)) throw new Error(`crds/${file} has no metadata that begins with its name.`)
  return `${banner}${definition.trimStart().replace(name, (lines) => lines + metadata)}{{- end }}\n`
}
