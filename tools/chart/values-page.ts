/** `docs/values.md`, made of the chart's values and the comments that they have there. */
import { readFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { isMap, isScalar, parseDocument } from 'yaml'
import type { Node, YAMLMap } from 'yaml'

const source = 'charts/countersign/values.yaml'
const top = `<!-- Generated from ${source} by \`make generate\`. Do not edit. -->

# Values of the chart

What is written as \`a.b\` is \`--set a.b=…\` of \`helm install\`, or stands in a file for \`--values\`; \`helm upgrade\` needs
\`--reset-then-reuse-values\` as well ([installation](install.md#helm)). A value that is not listed here is refused. Files
for common needs are in [charts/countersign/examples](../charts/countersign/examples).
`

type Row = { readonly path: string; readonly initial: unknown; readonly text: string }

/** The text of the page. */
export async function valuesPage(): Promise<string> {
  const { contents } = parseDocument(readFileSync(source, 'utf8'))
  if (!isMap(contents)) throw new Error(`${source} is no map.`)
  const options = await resolveConfig('docs/values.md')
  return format([top, tableOf(rowsOf(contents, ''))].join('\n'), { ...options, parser: 'markdown' })
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ path, initial, text }) => {
    const value = initial === '' ? '' : `\`${JSON.stringify(initial)}\``
    return `| \`${path}\` | ${value} | ${text.replaceAll('|', '\\|')} |`
  })
  return ['| value | default | what it does |', '| --- | --- | --- |', ...lines, ''].join('\n')
}

/** One for each value; a map that is described as a whole is one. */
function rowsOf(map: YAMLMap, prefix: string): readonly Row[] {
  return map.items.flatMap(({ key, value }, index) => {
    if (!isScalar(key)) throw new Error(`${source} has a key that is no scalar, below ${prefix}.`)
    const path = `${prefix}${String(key.value)}`
    // The comment above the first key is that of the map.
    const text = descriptionIn(index === 0 ? (key.commentBefore ?? map.commentBefore) : key.commentBefore)
    if (isMap(value) && value.items.length > 0 && text === '') return rowsOf(value, `${path}.`)
    return [{ path, initial: (value as Node).toJS(parseDocument('')), text }]
  })
}

/** A comment that begins with `--` describes the value; another one introduces what follows. */
function descriptionIn(comment: string | null | undefined): string {
  const [, description = ''] = /^ -- ([^]*)$/m.exec(comment ?? '') ?? []
  return description.replaceAll(/\s+/g, ' ').trim()
}
