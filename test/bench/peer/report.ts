/** What the runs of both controllers come to, beside the bars that docs/performance.md sets. */
import type { ApiRequests } from '../api-requests.ts'
import { megabytes, seconds, spreadOf } from '../numbers.ts'
import { figure } from '../report.ts'
import type { Contender } from './contenders.ts'
import type { Run } from './run.ts'

export type Runs = Readonly<Record<'Go' | 'Countersign', readonly Run[]>>

/** Calls that the load, the Lease, the start of a watch, or the API server itself makes: not one for each request. */
const others = /^(LIST|WATCH|CONNECT) |leases|endpoints|endpointslices|services|^GET $/
/** What comes to less than this for each request is not shown, but counted. */
const shown = 0.005

export function reportRun(name: string, run: Run): void {
  const { wallSeconds, latency, controllerCpuSeconds, apiServerCpuSeconds, peakBytes } = run
  const [p50, p99] = [latency.p50, latency.p99].map((value) => seconds(value / 1000))
  figure(
    name,
    `wall ${seconds(wallSeconds)}, to Complete p50 ${p50}, p99 ${p99}, RSS at most ${megabytes(peakBytes)}`,
  )
  figure(
    '  CPU',
    `controller ${seconds(controllerCpuSeconds)}, kube-apiserver ${seconds(apiServerCpuSeconds)}`,
  )
}

/** @param total how many requests each run has */
export function reportCalls({ name, plural }: Contender, runs: readonly Run[], total: number): void {
  const calls = callsOf(plural, sumOf(runs)).map(
    ([call, count]) => [call, count / runs.length / total] as const,
  )
  const sum = calls.reduce((all, [, each]) => all + each, 0)
  figure(`calls each, ${name}`, sum.toFixed(2), name === 'Countersign' ? '6' : '')
  for (const [call, each] of calls) if (each >= shown) figure(`  ${call}`, each.toFixed(2))
}

/** Of each round: Countersign's figure by that of Go. */
export function reportRatios(runs: Runs): void {
  const ratio = (of: (run: Run) => number): string => {
    const ratios = runs.Countersign.map((run, round) => of(run) / of(runs.Go[round] ?? run))
    const { p50, max } = spreadOf(ratios)
    return `${p50.toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${max.toFixed(2)})`
  }
  const rows = [
    ['wall', ratio((run) => run.wallSeconds), '1.3'],
    ['CPU of the controller', ratio((run) => run.controllerCpuSeconds), '2'],
    ['CPU of kube-apiserver', ratio((run) => run.apiServerCpuSeconds), '1.7'],
  ] as const
  for (const [name, value, bar] of rows) figure(`${name}, by that of Go`, value, bar)
}

/** The most frequent one first. */
function callsOf(plural: string, requests: ApiRequests): readonly (readonly [string, number])[] {
  const calls = [...requests].filter(([name]) => name !== `POST ${plural}` && !others.test(name))
  return calls.toSorted(([, a], [, b]) => b - a)
}

function sumOf(runs: readonly Run[]): ApiRequests {
  const sum = new Map<string, number>()
  for (const { requests } of runs)
    for (const [name, count] of requests) sum.set(name, (sum.get(name) ?? 0) + count)
  return sum
}
