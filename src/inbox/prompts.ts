/**
 * The prompts that the provider brought and that wait for a person: one ConfigMap each, sealed, in the operator's namespace.
 * Nothing of them is in this process, so a restart loses none and replicas see the same. Writes are compare-and-swap: of
 * two answers at once, in whichever replicas, one is told to the provider.
 */
import type { ConfigMap } from '../api/objects.ts'
import type { Collection } from '../core/ports/cluster.ts'
import type { Sealer } from '../core/ports/sealing.ts'
import { entryFor, entryName, forPerson, promptIn, PromptStoreError } from './prompt-entry.ts'
import { answerableIn } from './prompt-state.ts'
import type { Answerable, Given, NewPrompt, PromptState, RequestRef, TrackedPrompt } from './prompt-state.ts'

export type Prompts = {
  /**
   * Returns once the prompt is written. A newer one for the same object replaces the older.
   * @throws if it could not be written: then nobody may be called prompted
   */
  keep(prompt: NewPrompt): Promise<void>
  find(ref: RequestRef): Promise<TrackedPrompt | undefined>
  /** What this person (`sub`) was asked, at most 50; without what cannot be opened, so that one such entry hides no other. */
  listFor(subject: string): Promise<readonly TrackedPrompt[]>
  /** Defined for exactly one caller, which then must call `settle` with what it got. */
  claim(prompt: TrackedPrompt, given: Given): Promise<ClaimedPrompt | undefined>
  settle(claimed: ClaimedPrompt, state: PromptState): Promise<void>
}

export type ClaimedPrompt = { readonly prompt: TrackedPrompt; readonly answerable: Answerable }

export type PromptsParts = {
  readonly configMaps: Collection<ConfigMap>
  readonly namespace: string
  readonly sealer: Sealer
  /** After so long a silence a claim counts as abandoned: whoever had it may have been killed. */
  readonly claimSeconds: number
  /** Told of each entry, and when it may be deleted. */
  readonly onKept: (entry: ConfigMap) => void
  /** Told of each entry that is left out of a list, for want of its key. */
  readonly onUnreadable: (error: PromptStoreError) => void
}

const mostListed = 50

export function createPrompts(parts: PromptsParts): Prompts {
  const { configMaps, namespace, sealer } = parts
  return {
    async keep(prompt) {
      const entry = await entryFor(prompt, namespace, sealer)
      parts.onKept(await write(entry, configMaps))
    },
    async find({ uid }) {
      const entry = await configMaps.get({ namespace, name: entryName(uid) })
      return entry && promptIn(entry, sealer)
    },
    async listFor(subject) {
      const { items } = await configMaps.list({
        namespace,
        labelSelector: forPerson(subject),
        limit: mostListed,
      })
      const opened = await Promise.all(items.map((entry) => openable(entry, parts)))
      return opened.flat()
    },
    async claim(prompt, given) {
      const answerable = answerableIn(prompt.state, new Date(given.at), parts.claimSeconds)
      if (answerable === undefined) return undefined
      const claimed = { ...prompt, state: { kind: 'Answering', bearer: answerable.bearer, given } } as const
      const written = await configMaps.replace(await entryFor(claimed, namespace, sealer))
      if (written.kind !== 'Applied') return undefined
      return { prompt: { ...claimed, entry: written.object.metadata }, answerable }
    },
    async settle({ prompt }, state) {
      // Conflict and Gone: a newer prompt took its place, of which this says nothing.
      await configMaps.replace(await entryFor({ ...prompt, state }, namespace, sealer))
    },
  }
}

async function openable(
  entry: ConfigMap,
  { sealer, onUnreadable }: PromptsParts,
): Promise<readonly TrackedPrompt[]> {
  try {
    return [await promptIn(entry, sealer)]
  } catch (error) {
    if (!(error instanceof PromptStoreError)) throw error
    onUnreadable(error)
    return []
  }
}

async function write(entry: ConfigMap, configMaps: Collection<ConfigMap>): Promise<ConfigMap> {
  const older = await createOrGet(entry, configMaps)
  if (older.kind === 'Created') return older.entry
  // Deleted in between, so the name is free.
  const again = older.entry === undefined ? await createOrGet(entry, configMaps) : older
  if (again.kind === 'Created') return again.entry
  const { uid, resourceVersion } = again.entry?.metadata ?? {}
  if (uid === undefined || resourceVersion === undefined) throw new PromptStoreError(rivals)
  const metadata = { ...entry.metadata, uid, resourceVersion }
  const written = await configMaps.replace({ ...entry, metadata })
  if (written.kind === 'Applied') return written.object
  throw new PromptStoreError(rivals)
}

const rivals = 'the prompt could not be written: another one for the same object came at once'

type Found =
  | { readonly kind: 'Created'; readonly entry: ConfigMap }
  | { readonly kind: 'Older'; readonly entry: ConfigMap | undefined }

async function createOrGet(entry: ConfigMap, configMaps: Collection<ConfigMap>): Promise<Found> {
  const created = await configMaps.create(entry)
  if (created.kind === 'Applied') return { kind: 'Created', entry: created.object }
  if (created.kind === 'Refused')
    throw new PromptStoreError(`the prompt could not be written: ${created.message}`)
  return { kind: 'Older', entry: await configMaps.get(entry.metadata) }
}
