/** Which people count for which place: a maximum bipartite matching by augmenting paths (Kuhn's algorithm), for at most 4 × 16. */

/** `candidates`: who may take it, the preferred ones first. */
export type Place = {
  readonly name: string
  readonly required: number
  readonly candidates: readonly string[]
}

type Seat = { readonly place: string; readonly candidates: readonly string[] }

/**
 * Gives as many seats as possible to distinct subjects, at most one seat each.
 *
 * @param subjectOf who a candidate is; undefined for one who cannot count
 * @returns by the place's name, the candidates that count for it, in the order of its candidates
 */
export function assigned(
  places: readonly Place[],
  subjectOf: (candidate: string) => string | undefined,
): ReadonlyMap<string, readonly string[]> {
  const seats = places.flatMap(({ name, required, candidates }) =>
    Array.from({ length: required }, (): Seat => ({ place: name, candidates })),
  )
  const taken = new Map<string, Taken>()
  for (const seat of seats) seatOne(seat, taken, { subjectOf, tried: new Set() })
  return new Map(
    places.map(({ name, candidates }) => {
      const seated = new Set(
        [...taken.values()].filter(({ seat }) => seat.place === name).map(({ by }) => by),
      )
      return [name, candidates.filter((candidate) => seated.has(candidate))]
    }),
  )
}

/** Keyed by subject. */
type Taken = { readonly seat: Seat; readonly by: string }
type Search = { readonly subjectOf: (candidate: string) => string | undefined; readonly tried: Set<string> }

/** Seats a candidate, if need be by moving those who already sit to other seats. */
function seatOne(seat: Seat, taken: Map<string, Taken>, search: Search): boolean {
  for (const by of seat.candidates) {
    const subject = search.subjectOf(by)
    if (subject === undefined || search.tried.has(subject)) continue
    search.tried.add(subject)
    const sitting = taken.get(subject)
    if (sitting !== undefined && !seatOne(sitting.seat, taken, search)) continue
    taken.set(subject, { seat, by })
    return true
  }
  return false
}
