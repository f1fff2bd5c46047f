/** What is printed: one line per figure, beside the bar that docs/performance.md sets it. */
import { cpus, loadavg, totalmem } from 'node:os'

const [nameWidth, valueWidth] = [36, 50]

export function section(title: string): void {
  console.log(`\n${title}`)
}

/** @param bar what design sets as the limit, if anything */
export function figure(name: string, value: string, bar = ''): void {
  const line = `  ${name.padEnd(nameWidth)} ${value.padEnd(valueWidth)} ${bar === '' ? '' : `bar: ${bar}`}`
  console.log(line.trimEnd())
}

export function machine(): string {
  const load = loadavg()[0]?.toFixed(2) ?? '?'
  const memory = (totalmem() / 2 ** 30).toFixed(0)
  const [first] = cpus()
  return `${cpus().length} × ${first?.model ?? 'CPU'}, ${memory} GiB, Node ${process.versions.node}, load average ${load}`
}
