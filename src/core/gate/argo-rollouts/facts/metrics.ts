/** What the AnalysisRuns of a Rollout say that was measured: numbers, and whose they are. */
import type { AnalysisRun, Metric, MetricResult } from '../../../../api/argo-rollouts.ts'
import type { ComputedFact } from '../../../ports/subjects.ts'
import { plainCondition, plainName, plainNumbers } from './plain.ts'
import { measures } from '../run.ts'
import { writableFact } from './sources.ts'
import { newestFirst } from '../standing.ts'

/**
 * One for each metric, by its newest run. Whoever may write an AnalysisRun chooses the metric's name, its condition and its value,
 * so nothing but numbers is taken of them, and the name only in the letters that names have.
 */
export function metricFacts(runs: readonly AnalysisRun[]): readonly ComputedFact[] {
  const all = runs
    .toSorted(newestFirst)
    .flatMap((run) => resultsOf(run).map(([metric, result]) => ({ run, metric, result })))
  const newest = new Map(all.toReversed().map((one) => [one.metric.name, one]))
  return [...newest.values()].toReversed().map(({ run, metric, result }) => {
    const name = plainName(metric.name, longestName)
    const at = `AnalysisRun ${run.metadata.name}, metric ${name}`
    const fact = { name: `metric ${name}`, value: valueOf(metric, result) }
    return writableFact(fact, { at, kinds: 'AnalysisRuns', namespace: run.metadata.namespace })
  })
}

const longestName = 50

type Result = readonly [metric: Metric, result: MetricResult]

/** Of what measures something: a gate does not. */
function resultsOf({ spec, status }: AnalysisRun): readonly Result[] {
  return (status?.metricResults ?? []).flatMap((result): readonly Result[] => {
    const metric = spec?.metrics?.find(({ name }) => name === result.name)
    return metric === undefined || !measures(metric) ? [] : [[metric, result]]
  })
}

function valueOf({ successCondition }: Metric, result: MetricResult): string {
  const last = result.measurements?.at(-1)?.value
  const said = last === undefined ? 'no value yet' : (plainNumbers(last) ?? 'its last value is no number')
  return [`${said} (${countsOf(result)})`, ...wanted(successCondition), ...information(result)].join(', ')
}

function wanted(condition: string | undefined): readonly string[] {
  if (condition === undefined) return []
  return [`wanted: ${plainCondition(condition) ?? 'see the metric’s successCondition'}`]
}

function information({ dryRun }: MetricResult): readonly string[] {
  return dryRun === true ? ['for information only'] : []
}

function countsOf({
  count = 0,
  successful = 0,
  failed = 0,
  inconclusive = 0,
  error = 0,
}: MetricResult): string {
  const kinds = { successful, failed, inconclusive, errors: error }
  const counted = Object.entries(kinds).filter(([, number]) => number > 0)
  return [`${count} measured`, ...counted.map(([kind, number]) => `${number} ${kind}`)].join(', ')
}
