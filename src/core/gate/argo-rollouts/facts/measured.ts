/** What is about to change, how far it has come, and what was measured of it, as facts for the approver. */
import type { AnalysisRun, Rollout } from '../../../../api/argo-rollouts.ts'
import { revisionAnnotation } from '../../../../api/argo-rollouts.ts'
import type { ComputedFact } from '../../../ports/subjects.ts'
import { changeFacts } from './change.ts'
import type { Revisions } from './change.ts'
import { metricFacts } from './metrics.ts'
import { judgesRevisionOf } from '../run.ts'
import { writableFact } from './sources.ts'
import { beginningOf } from '../../../words.ts'

/** Beside them stand requester, environment, and who is excluded: status takes sixteen. */
const mostFacts = 12
const longest = { name: 63, value: 512, source: 512 } as const

/** @param runs those of the Rollout; what they say of another revision does not count */
export function measuredFacts(
  rollout: Rollout,
  runs: readonly AnalysisRun[],
  revisions: Revisions,
): readonly ComputedFact[] {
  const { name, namespace } = rollout.metadata
  const facts = [
    ...changeFacts(revisions).map((fact) =>
      writableFact(fact, {
        at: `ReplicaSets of Rollout ${name}`,
        kinds: 'Rollouts or ReplicaSets',
        namespace,
      }),
    ),
    ...[...revisionFacts(rollout), ...progressFacts(rollout)].map((fact) =>
      writableFact(fact, { at: `Rollout ${name}`, kinds: 'Rollouts', namespace }),
    ),
    ...metricFacts(runs.filter((run) => judgesRevisionOf(rollout, run))),
  ]
  return distinct(counted(facts).map(bounded))
}

type Fact = Pick<ComputedFact, 'name' | 'value'>

function revisionFacts({ metadata }: Rollout): readonly Fact[] {
  const revision = metadata.annotations?.[revisionAnnotation] ?? ''
  return /^\d{1,18}$/.test(revision) ? [{ name: 'revision', value: revision }] : []
}

function progressFacts({ spec, status }: Rollout): readonly Fact[] {
  const steps = spec?.strategy?.canary?.steps
  if (steps === undefined) return trafficFacts(status)
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

/** After the switch of a blue-green the approver decides whether it is kept. */
function trafficFacts(status: Rollout['status']): readonly Fact[] {
  const active = status?.blueGreen?.activeSelector
  if (active === undefined || active !== status?.currentPodHash) return []
  return [{ name: 'traffic', value: 'all of it goes to this revision already' }]
}

/** What does not fit is counted, not dropped. */
function counted(facts: readonly ComputedFact[]): readonly ComputedFact[] {
  if (facts.length <= mostFacts) return facts
  const shown = facts.slice(0, mostFacts - 1)
  const value = `${facts.length - shown.length} more facts are not shown here; the AnalysisRuns of the Rollout have them`
  return [...shown, { name: 'others', value, source: 'the operator' }]
}

function bounded({ name, value, source = '' }: ComputedFact): ComputedFact {
  return {
    name: beginningOf(name, longest.name),
    value: beginningOf(value, longest.value),
    source: beginningOf(source, longest.source),
  }
}

/** Status takes each name once. */
function distinct(facts: readonly ComputedFact[]): readonly ComputedFact[] {
  const seen = new Map<string, number>()
  return facts.map((fact) => {
    const times = (seen.get(fact.name) ?? 0) + 1
    seen.set(fact.name, times)
    if (times === 1) return fact
    const mark = ` (${times})`
    return { ...fact, name: `${fact.name.slice(0, longest.name - mark.length)}${mark}` }
  })
}
