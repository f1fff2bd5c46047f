/**
 * Clients that their provider does not let in. A provider may lock a client out that goes on trying, so one refusal holds back every
 * request of the client, until its Secret or the IdentityProvider changes; one attempt after each pause finds out what changed elsewhere.
 */
import type { ErrorText } from '../../core/ports/prompting.ts'
import type { Clock } from '../../core/ports/surroundings.ts'
import { Recent } from '../../runtime/recent.ts'

/** What a refusal is about: with another generation or another version of the Secret it says nothing any more. */
export type ClientInUse = {
  readonly provider: { readonly name: string; readonly uid: string; readonly generation: number }
  readonly clientID: string
  readonly secretVersion: string
}

/** Remembers refusals by client, generation of the IdentityProvider and version of the Secret. */
export type RefusedClients = {
  /** How long a refused client is held back, before one attempt. */
  readonly pauseSeconds: number
  /** @returns the refusal that holds the client back; undefined if it may try */
  refusalOf(client: ClientInUse): ErrorText | undefined
  /** As `refusalOf`, for an attempt that is made at once if this returns undefined: of those that wait, one is let through after each pause. */
  attempt(client: ClientInUse): ErrorText | undefined
  refused(client: ClientInUse, refusal: ErrorText): void
  accepted(client: ClientInUse): void
  /** Whether it is time to read the client's Secret again, to see whether it has changed: every two seconds, whoever asks. */
  isLookDue(client: ClientInUse): boolean
}

const lookMs = 2000
/** After so long a time in which nobody tried, it is as if nobody had ever tried. */
const rememberedMs = 3_600_000
const mostRemembered = 1000

type Entry = {
  readonly key: string
  readonly refusal: ErrorText
  readonly tryAtMs: number
  lookAtMs: number
}

/** @param pauseSeconds after which one attempt finds out whether the provider still refuses a client */
export function createRefusedClients(
  clock: Pick<Clock, 'monotonicMs'>,
  pauseSeconds: number,
): RefusedClients {
  const entries = new Recent<Entry>({
    ...{ clock, most: mostRemembered },
    keptMs: Math.max(rememberedMs, 2 * pauseSeconds * 1000),
  })
  const entryOf = (client: ClientInUse): Entry | undefined => {
    const entry = entries.get(placeOf(client))
    return entry?.key === keyOf(client) ? entry : undefined
  }
  const hold = (client: ClientInUse, refusal: ErrorText): void => {
    const now = clock.monotonicMs()
    const entry = { key: keyOf(client), refusal, tryAtMs: now + pauseSeconds * 1000, lookAtMs: now + lookMs }
    entries.set(placeOf(client), entry)
  }
  const refusalOf = (client: ClientInUse): ErrorText | undefined => {
    const entry = entryOf(client)
    return entry !== undefined && clock.monotonicMs() < entry.tryAtMs ? entry.refusal : undefined
  }
  return {
    pauseSeconds,
    refusalOf,
    attempt: (client) => {
      const refusal = refusalOf(client)
      const entry = entryOf(client)
      if (refusal === undefined && entry !== undefined) hold(client, entry.refusal)
      return refusal
    },
    refused: hold,
    accepted: (client) => {
      entries.delete(placeOf(client))
    },
    isLookDue: (client) => {
      const entry = entryOf(client)
      if (entry === undefined || clock.monotonicMs() < entry.lookAtMs) return false
      entry.lookAtMs = clock.monotonicMs() + lookMs
      return true
    },
  }
}

/** One entry for each client of each IdentityProvider, so that old generations and versions leave nothing behind. */
function placeOf({ provider, clientID }: ClientInUse): string {
  return `${provider.name}/${clientID}`
}

function keyOf({ provider, secretVersion }: ClientInUse): string {
  return `${provider.uid}/${provider.generation}/${secretVersion}`
}
