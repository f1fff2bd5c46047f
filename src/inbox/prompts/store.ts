/**
 * The prompts that the provider brought and that wait for a person: one ConfigMap each, sealed, in the operator's namespace.
 * Nothing of them is in this process, so a restart loses none and replicas see the same. Writes are compare-and-swap: of
 * two answers at once, in whichever replicas, one reaches the provider.
 */
import type { ConfigMap } from '../../api/objects.ts'
import type { Collection, ObjectKey } from '../../core/ports/cluster.ts'
import type { Sealer } from '../../core/ports/sealing.ts'
import { entryFor, forPerson, mayBeAbout, promptIn, PromptStoreError } from './entry.ts'
import { answerableIn, givenIn, isAnswerable } from './state.ts'
import type { Answerable, Given, NewPrompt, PromptState, TrackedPrompt } from './state.ts'

/** The prompts of the inbox: kept, found, claimed for an answer, and settled. */
export type Prompts = {
  /**
   * Returns once the prompt is written. A newer attempt takes the place of the older one; another approver's prompt does not.
   * @throws if it could not be written: then the provider must not think that the person was prompted
   */
  keep(prompt: NewPrompt): Promise<void>
  /**
   * What this person (`sub`) was asked about objects at this address, one after the other; what others were asked is not read.
   * @throws PromptStoreError if there is something, and nothing of it can be opened
   */
  findAbout(subject: string, address: Required<ObjectKey>): Promise<readonly TrackedPrompt[]>
  /**
   * What this person (`sub`) can still answer, as far as the entries tell, the prompt that expires first at the top; without what
   * cannot be opened, so that one such entry hides no other.
   */
  listAnswerable(subject: string, now: Date): Promise<readonly TrackedPrompt[]>
  /** Defined for exactly one caller, which then must call `settle` with what it got. */
  claim(prompt: TrackedPrompt, given: Given): Promise<ClaimedPrompt | undefined>
  /** Writes how a claim ended; does nothing if a newer prompt has replaced the entry. */
  settle(claimed: ClaimedPrompt, state: PromptState): Promise<void>
  /** For a prompt whose request has ended: it is listed no more, and its entry goes early. */
  retire(prompt: TrackedPrompt, now: Date): Promise<void>
}

/** A prompt that one caller may answer now, with the bearer to answer with. */
export type ClaimedPrompt = { readonly prompt: TrackedPrompt; readonly answerable: Answerable }

/** Where prompts are kept, what seals them, and who is notified. */
export type PromptsParts = {
  readonly configMaps: Collection<ConfigMap>
  readonly namespace: string
  readonly sealer: Sealer
  /** After so long a silence a claim counts as abandoned: whoever had it may have been killed. */
  readonly claimSeconds: number
  /** Called for each entry that was written; its annotation says when it may be deleted. */
  readonly onKept: (entry: ConfigMap) => void
  /** Called for each entry that is left out of a list because it cannot be opened. */
  readonly onUnreadable: (error: PromptStoreError) => void
}

/** Prompts in ConfigMaps of the namespace, one for each prompt. Calls of the API server that fail are thrown. */
export function createPrompts(parts: PromptsParts): Prompts {
  const { configMaps, namespace, sealer } = parts
  return {
    async keep(prompt) {
      const entry = await entryFor(prompt, namespace, sealer)
      parts.onKept(await write(entry, configMaps))
    },
    async findAbout(subject, address) {
      const found = (await entriesOf(subject, parts)).filter((entry) => mayBeAbout(entry, address))
      const opened = await Promise.allSettled(found.map((entry) => promptIn(entry, sealer)))
      const prompts = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      const unreadable = opened.find((one) => one.status === 'rejected')
      if (prompts.length === 0 && unreadable !== undefined) throw unreadable.reason
      return prompts.filter(({ ref }) => ref.namespace === address.namespace && ref.name === address.name)
    },
    async listAnswerable(subject, now) {
      const entries = await entriesOf(subject, parts)
      const opened = await Promise.all(entries.map((entry) => openable(entry, parts)))
      return opened
        .flat()
        .filter((prompt) => isAnswerable(prompt, now, parts.claimSeconds))
        .toSorted((a, b) => a.expiresAt.localeCompare(b.expiresAt))
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
      const endedAt = state.kind === 'Waiting' ? undefined : givenIn(prompt.state)?.at
      await rewrite({ ...prompt, state, ...(endedAt !== undefined && { endedAt }) }, parts)
    },
    retire: (prompt, now) => rewrite({ ...prompt, endedAt: now.toISOString() }, parts),
  }
}

async function rewrite(prompt: TrackedPrompt, parts: PromptsParts): Promise<void> {
  const { configMaps, namespace, sealer } = parts
  const written = await configMaps.replace(await entryFor(prompt, namespace, sealer))
  // Conflict and Gone: a newer prompt took its place, of which this says nothing.
  if (written.kind === 'Applied') parts.onKept(written.object)
}

async function entriesOf(
  subject: string,
  { configMaps, namespace }: PromptsParts,
): Promise<readonly ConfigMap[]> {
  const entries: ConfigMap[] = []
  let next: string | undefined
  do {
    const page = await configMaps.list({ namespace, labelSelector: forPerson(subject), continue: next })
    entries.push(...page.items)
    next = page.continue
  } while (next !== undefined)
  return entries
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

const rivals = 'the prompt could not be written: another attempt of it came at once'

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
