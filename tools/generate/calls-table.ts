/** The table of API calls in `docs/performance.md`, made of the counts that `make bench BENCH=counts` holds the controller to. */
import { readFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import agreed from '../../test/bench/calls-per-approval.json' with { type: 'json' }

const page = 'docs/performance.md'
const begin = '<!-- Generated from test/bench/calls-per-approval.json by `make generate`. Do not edit. -->'
const end = '<!-- Until here. -->'

/**
 * The text of the page, as it is apart from the table.
 * @throws if the page does not say where the table is
 */
export async function performancePage(): Promise<string> {
  const [before, after] = [begin, end].map((mark) => readFileSync(page, 'utf8').split(mark))
  if (before?.length !== 2 || after?.length !== 2)
    throw new Error(`${page} needs both marks of its table once`)
  return `${before[0] ?? ''}${begin}\n\n${await table()}\n${end}${after[1] ?? ''}`
}

async function table(): Promise<string> {
  const kinds = Object.entries(agreed.kinds) as [keyof typeof agreed.kinds, string][]
  const calls = Object.entries(agreed.calls)
  const rows = [
    ['call', ...kinds.map(([, title]) => title), 'purpose'],
    ['-', ...kinds.map(() => '-'), '-'],
    ...calls.map(([call, { each, why }]) => [
      `\`${call}\``,
      ...kinds.map(([kind]) => String(each[kind])),
      why,
    ]),
    ['all', ...kinds.map(([kind]) => String(calls.reduce((sum, [, { each }]) => sum + each[kind], 0))), ''],
  ]
  const text = rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
  return format(text, { ...(await resolveConfig(page)), parser: 'markdown' })
}
