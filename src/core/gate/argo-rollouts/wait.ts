/** For how long a Rollout waits once it is approved, and how far the approver may change that. */
import type { AnalysisRun, Rollout } from '../../../api/argo-rollouts.ts'
import { group } from '../../../api/names.ts'
import type { ApprovalRequest } from '../../../api/objects.ts'
import { isDuration, secondsOf } from '../../duration.ts'
import { waitParameter } from '../verdict.ts'
import type { WaitTerms } from './question.ts'
import { fittedTo } from './room.ts'

const settings = ['wait', 'wait-minimum', 'wait-maximum'] as const

/** No template waits longer. */
const longestWaitSeconds = 86_400
/** What an ApprovalRequest takes as a bound. */
const longestText = 16

/** How long a Rollout waits once it is approved, or why that cannot be said. */
export type Waiting =
  | { readonly kind: 'Sound'; readonly terms: WaitTerms }
  | { readonly kind: 'Malformed'; readonly reason: string }

/** What the wait is read from. */
export type Waiter = {
  readonly rollout: Rollout
  readonly run: AnalysisRun
  /** The request that was made, if there is one. */
  readonly asked?: ApprovalRequest | undefined
}

/**
 * Each setting is the run's argument of that name or, without one, the Rollout's annotation; an empty one is none. Arguments of
 * a run never change. Annotations do: a request keeps what it was made with, another value counts from the next one on.
 */
export function waitingOf({ rollout, run, asked }: Waiter): Waiting {
  const otherwise = asked === undefined ? annotationsOf(rollout) : saidBy(asked)
  const said = termsOf(settings.map((name) => nonEmpty(argumentOf(run, name)) ?? nonEmpty(otherwise[name])))
  const terms = typeof said === 'string' ? said : fittedTo({ rollout, run }, said)
  if (typeof terms !== 'string') return { kind: 'Sound', terms }
  const where = `arguments of AnalysisRun ${run.metadata.name}, else annotations of Rollout ${rollout.metadata.name}`
  return { kind: 'Malformed', reason: `${terms} (${where})` }
}

/** A maximum alone lets the approver add a wait where there is none. @returns a sentence about what cannot be */
function termsOf(said: readonly (string | undefined)[]): WaitTerms | string {
  const [wait, least, maximum] = said
  if (!said.every(isPossible)) return `${settings.join(', ')} must be durations of at most 24h, such as 15m`
  if (maximum === undefined) {
    if (least !== undefined) return 'wait-minimum needs a wait-maximum'
    return wait === undefined ? {} : { wait }
  }
  const minimum = least ?? '0s'
  const asked = wait ?? minimum
  if (secondsOf(asked) < secondsOf(minimum) || secondsOf(asked) > secondsOf(maximum))
    return 'wait must lie between wait-minimum and wait-maximum'
  return { wait: asked, adjustable: [{ name: waitParameter, type: 'Duration', minimum, maximum }] }
}

function isPossible(text = '0s'): boolean {
  return text.length <= longestText && isDuration(text) && secondsOf(text) <= longestWaitSeconds
}

type Said = Readonly<Record<string, string | undefined>>

function argumentOf({ spec }: AnalysisRun, setting: string): string | undefined {
  return spec?.args?.find(({ name }) => name === setting)?.value
}

function annotationsOf({ metadata }: Rollout): Said {
  const annotations = settings.map((name) => [name, metadata.annotations?.[`${group}/${name}`]] as const)
  return Object.fromEntries(annotations)
}

function saidBy({ spec }: ApprovalRequest): Said {
  const bounds = spec.adjustable?.find(({ name }) => name === waitParameter)
  return {
    wait: spec.parameters?.[waitParameter],
    'wait-minimum': bounds?.minimum,
    'wait-maximum': bounds?.maximum,
  }
}

/** A template declares its arguments as empty, so that a Rollout can leave them out. */
function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
