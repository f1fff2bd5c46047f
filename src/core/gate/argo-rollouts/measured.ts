/** What Argo Rollouts has measured, and what is about to change, as facts for the approver. */
import type { AnalysisRun, MetricResult, PodTemplate, Rollout } from '../../../api/argo-rollouts.ts'
import { revisionAnnotation } from '../../../api/argo-rollouts.ts'
import type { ComputedFact } from '../../ports/subjects.ts'
import { judgesRevisionOf, measures } from './run.ts'
import { newestFirst } from './standing.ts'

/** Two more are told of every request: sixteen is what status takes. */
const mostFacts = 14
const longestName = 63
const longestValue = 512

export type Templates = {
  readonly stable: PodTemplate | undefined
  readonly updated: PodTemplate | undefined
}

export function measuredFacts(
  rollout: Rollout,
  runs: readonly AnalysisRun[],
  templates: Templates,
): readonly ComputedFact[] {
  const facts = [
    ...revisionFacts(rollout),
    ...imageFacts(templates),
    ...progressFacts(rollout),
    ...runs
      .filter((run) => judgesRevisionOf(rollout, run))
      .toSorted(newestFirst)
      .flatMap(metricFacts),
  ].map(bounded)
  // Of several runs of one metric the newest counts.
  return [...new Map(facts.toReversed().map((fact) => [fact.name, fact])).values()]
    .toReversed()
    .slice(0, mostFacts)
}

function revisionFacts({ metadata }: Rollout): readonly ComputedFact[] {
  const revision = metadata.annotations?.[revisionAnnotation]
  return revision === undefined ? [] : [{ name: 'revision', value: revision }]
}

function imageFacts({ stable, updated }: Templates): readonly ComputedFact[] {
  const containers = updated?.spec?.containers ?? []
  return containers.flatMap(({ name, image = '' }) => {
    const before = stable?.spec?.containers?.find((container) => container.name === name)?.image
    const value = before === image ? `${image}, unchanged` : `${before ?? 'none'} → ${image}`
    return [{ name: containers.length === 1 ? 'image' : `image of ${name}`, value }]
  })
}

function progressFacts({ spec, status }: Rollout): readonly ComputedFact[] {
  const steps = spec?.strategy?.canary?.steps
  if (steps === undefined) return []
  const index = status?.currentStepIndex ?? 0
  const set = steps
    .slice(0, index)
    .flatMap(({ setWeight }) => setWeight ?? [])
    .at(-1)
  const weight = status?.canary?.weights?.canary?.weight ?? set
  return [
    { name: 'step', value: `${Math.min(index + 1, steps.length)} of ${steps.length}` },
    ...(weight === undefined ? [] : [{ name: 'weight', value: `${weight} % of the traffic or Pods` }]),
  ]
}

function metricFacts({ spec, status }: AnalysisRun): readonly ComputedFact[] {
  return (status?.metricResults ?? []).flatMap((result) => {
    const metric = spec?.metrics?.find(({ name }) => name === result.name)
    if (metric === undefined || !measures(metric)) return []
    const value = [
      result.measurements?.at(-1)?.value ?? 'no value yet',
      `(${countsOf(result)})`,
      ...(metric.successCondition === undefined ? [] : [`wanted: ${metric.successCondition}`]),
      ...(result.dryRun === true ? ['for information only'] : []),
    ]
    return [{ name: result.name, value: value.join(' ') }]
  })
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

/** A metric's value is whatever a server said. */
function bounded({ name, value }: ComputedFact): ComputedFact {
  return { name: clean(name).slice(0, longestName), value: clean(value).slice(0, longestValue) }
}

/** As the API takes a summary: one line, in the direction that it is read in. */
function clean(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+/gu, ' ').trim()
}
