/** Why stages could not be satisfied even if everyone approved. Pure. */
import { placesOf, tally } from './tally.ts'
import type { TallyStage } from './tally.ts'

/** Stages that need more people together than they have: `needed` of them, and `people` is everyone whose approval may count there. */
export type Lack = {
  readonly stages: readonly string[]
  readonly needed: number
  readonly people: readonly string[]
}

/**
 * The fewest stages that explain it: by Hall's theorem there are such stages exactly when people cannot be assigned. A policy has four
 * stages at most, so that all combinations are looked at.
 *
 * @param stages their approvers by what tells people apart: one who is named twice under two keys counts twice
 * @returns undefined where everyone together can satisfy all stages
 */
export function lackIn(stages: readonly TallyStage[]): Lack | undefined {
  if (tally(stages, new Map()).kind !== 'Exhausted') return undefined
  const places = placesOf(stages)
  return combinations(places)
    .toSorted((a, b) => a.length - b.length)
    .map((some) => ({
      stages: some.map(({ name }) => name),
      needed: some.reduce((sum, { required }) => sum + required, 0),
      people: [...new Set(some.flatMap(({ candidates }) => candidates))],
    }))
    .find(({ needed, people }) => needed > people.length)
}

function combinations<T>(items: readonly T[]): readonly (readonly T[])[] {
  return items.reduce<readonly (readonly T[])[]>(
    (before, item) => [...before, ...before.map((some) => [...some, item])],
    [[]],
  )
}
