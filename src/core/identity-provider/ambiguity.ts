/** Clients of an IdentityProvider of which nobody can tell which one asks: shown before a request waits for it. */
import type { IdentityProvider } from '../../api/objects.ts'
import { isReady, readyOf } from '../condition.ts'
import { usernameOf } from '../policy/subject.ts'
import { inWords } from '../words.ts'

/** Two clients or more that one and the same requester would ask with. */
export type Ambiguity = {
  /** As the API server knows it; undefined for all requesters that no client names. */
  readonly requester?: string
  readonly clientIDs: readonly string[]
}

/** Every one that there is, in the order of the clients. Linear in the requesters that the clients name. */
export function ambiguitiesOf({ spec }: IdentityProvider): readonly Ambiguity[] {
  const named = new Map<string, string[]>()
  for (const { clientID, requesters = [] } of spec.clients)
    for (const username of new Set(requesters.map(usernameOf)))
      named.set(username, [...(named.get(username) ?? []), clientID])
  const rest = spec.clients.flatMap(({ clientID, requesters }) =>
    requesters === undefined ? [clientID] : [],
  )
  return [
    ...[...named].map(([requester, clientIDs]) => ({ requester, clientIDs })),
    { clientIDs: rest },
  ].filter(({ clientIDs }) => clientIDs.length > 1)
}

/** As a clause, such as `clients a and b both have no requesters`. */
export function ambiguityInWords({ requester, clientIDs }: Ambiguity): string {
  const clients = `clients ${inWords(clientIDs, 'and', { most: mostClients })}`
  const all = clientIDs.length === 2 ? 'both' : 'all'
  return requester === undefined
    ? `${clients} ${all} have no requesters`
    : `${clients} ${all} name requester ${requester}`
}

const mostClients = 5

/**
 * Whether people can be asked through the provider, as far as its status tells: it is Ready, or only some of its requesters cannot ask.
 * Those wait by themselves, and the others must not wait with them.
 */
export function canBeAsked(provider: IdentityProvider): boolean {
  return isReady(provider) || readyOf(provider)?.reason === 'AmbiguousClient'
}
