/** Storage for oidc-provider: everything in this process, forgotten at its end. Its own is limited to 1,000 entries. */
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

type Entry = { readonly payload: AdapterPayload; readonly expiresAtMs: number }

type Entries = {
  readonly live: (key: string) => AdapterPayload | undefined
  readonly put: (key: string, entry: Entry) => void
  readonly remove: (key: string) => void
  readonly removeGrant: (grantId: string) => void
}

const sweepEvery = 1000
/** A session stands under two names. With the largest parameters that Node takes they stay below 40 MB. */
const mostOfAnyone = 1000
/** What anyone can make who knows a client's name, without a password or a secret. */
const madeByAnyone: readonly string[] = ['Interaction', 'Session']

/**
 * Creates the `adapter` of oidc-provider's configuration. Interactions and sessions, which anyone can create, are limited to
 * 1,000 entries each; the oldest makes room.
 */
export function createMemory(): AdapterFactory {
  const entries = createEntries(Infinity)
  const byAnyone = new Map(madeByAnyone.map((model) => [model, createEntries(mostOfAnyone)]))
  return (model) => adapter(model, byAnyone.get(model) ?? entries)
}

/** @param most entries are kept: the one that was written longest ago makes room */
function createEntries(most: number): Entries {
  const entries = new Map<string, Entry>()
  const keysByGrant = new Map<string, Set<string>>()
  let writes = 0

  function live(key: string): AdapterPayload | undefined {
    const entry = entries.get(key)
    if (entry === undefined || entry.expiresAtMs > Date.now()) return entry?.payload
    remove(key)
    return undefined
  }

  function remove(key: string): void {
    const grantId = entries.get(key)?.payload.grantId
    entries.delete(key)
    if (grantId === undefined) return
    const keys = keysByGrant.get(grantId)
    keys?.delete(key)
    if (keys?.size === 0) keysByGrant.delete(grantId)
  }

  function put(key: string, entry: Entry): void {
    remove(key)
    entries.set(key, entry)
    const [oldest] = entries.keys()
    if (entries.size > most && oldest !== undefined) remove(oldest)
    const { grantId } = entry.payload
    if (grantId !== undefined) keysByGrant.set(grantId, (keysByGrant.get(grantId) ?? new Set()).add(key))
    writes += 1
    if (writes % sweepEvery === 0) for (const other of entries.keys()) live(other)
  }

  function removeGrant(grantId: string): void {
    for (const key of keysByGrant.get(grantId) ?? []) remove(key)
  }

  return { live, put, remove, removeGrant }
}

/** Sessions are looked up by `uid` too, so they stand under both names. */
function adapter(model: string, { live, put, remove, removeGrant }: Entries): Adapter {
  const keyOf = (id: string): string => `${model}/${id}`
  const uidKeyOf = (uid: string): string => `${model}-uid/${uid}`
  return {
    upsert(id, payload, expiresIn) {
      const expiresAtMs = expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000
      put(keyOf(id), { payload, expiresAtMs })
      const { uid } = payload
      if (uid !== undefined) put(uidKeyOf(uid), { payload: { ...payload, grantId: undefined }, expiresAtMs })
      return done
    },
    find: (id) => Promise.resolve(live(keyOf(id))),
    findByUid: (uid) => Promise.resolve(live(uidKeyOf(uid))),
    findByUserCode: () => done,
    consume(id) {
      const payload = live(keyOf(id))
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
      return done
    },
    destroy(id) {
      const uid = live(keyOf(id))?.uid
      remove(keyOf(id))
      if (uid !== undefined) remove(uidKeyOf(uid))
      return done
    },
    revokeByGrantId(grantId) {
      removeGrant(grantId)
      return done
    },
  }
}

const done = Promise.resolve()
