/** The chart's templates for Argo Rollouts: what stands in `deploy/argo-rollouts`, with the gate's address and values in their places. */
import { readFileSync } from 'node:fs'

const banner = '{{- /* Generated from deploy/argo-rollouts by `make generate`. Do not edit. */ -}}\n'
const labels = `  labels:
    {{- include "countersign.labels" . | nindent 4 }}
  {{- include "countersign.annotations" (list $ dict) | nindent 2 }}
`
const insecure = `          {{- if eq .Values.gate.tls "Insecure" }}
          insecure: true
          {{- end }}
`

/** Path → text. */
export function argoRolloutsTemplates(): ReadonlyMap<string, string> {
  return new Map([
    file('templates', analysisTemplates(read('templates/templates.yaml'))),
    file('enforcement', enforcement(read('admission.yaml'))),
  ])
}

/** Where a value of the chart turns it on. */
function file(value: string, text: string): readonly [path: string, text: string] {
  const condition = `{{- if .Values.argoRollouts.${value}.enabled }}\n`
  return [
    `charts/countersign/templates/argo-rollouts/${value}.yaml`,
    `${banner}${condition}${text}{{- end }}\n`,
  ]
}

function read(path: string): string {
  return readFileSync(`deploy/argo-rollouts/${path}`, 'utf8').replaceAll(
    /^metadata:\n {2}name: .*\n/gm,
    (lines) => lines + labels,
  )
}

function analysisTemplates(text: string): string {
  // Braces of Argo Rollouts' own are none of Helm's.
  const escaped = text.replaceAll(/\{\{.*?\}\}/g, (braces) =>
    braces.includes('include') ? braces : `{{ "${braces}" }}`,
  )
  return replaced(escaped, [
    [/http:\/\/countersign-gate\.countersign-system\.svc/g, '{{ include "countersign.gate.url" . }}'],
    [/^ {10}timeoutSeconds: .*\n/gm, `$&${insecure}`],
  ])
}

function enforcement(text: string): string {
  const lists = ['controllers', 'templates', 'breakGlassGroups']
  return replaced(text, [
    [/namespace: countersign-system$/gm, 'namespace: {{ .Release.Namespace }}'],
    ...lists.map(
      (list) =>
        [
          new RegExp(`^  ${list}: \\|\\n(?: {4}.*\\n)+`, 'm'),
          `  ${list}: |\n    {{- join "\\n" .Values.argoRollouts.enforcement.${list} | nindent 4 }}\n`,
        ] as const,
    ),
  ])
}

/** Throws where there is nothing to replace, so that a change of the source is noticed. */
function replaced(text: string, replacements: readonly (readonly [RegExp, string])[]): string {
  return replacements.reduce((before, [pattern, by]) => {
    const after = before.replace(pattern, by)
    if (after === before) throw new Error(`deploy/argo-rollouts has nothing like ${String(pattern)}.`)
    return after
  }, text)
}
