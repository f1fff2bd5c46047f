/**
 * Prompts that outlive their requests, written down in the operator's own namespace, so that a restart does not forget them: a
 * fixed number of ConfigMaps, each for a part of the approvers. A write happens only when a request is deleted whose prompt counts
 * still, and when a process stops. What counts no longer is left out of the next write.
 */
import type { ConfigMap, EffectiveTerms } from '../../../api/objects.ts'
import { abandoned, approverKeyOf, keyOfSent } from '../../../core/limits/sent-prompt.ts'
import type { SentPrompt } from '../../../core/limits/sent-prompt.ts'
import type { Collection } from '../../../core/ports/cluster.ts'
import type { Clock, Log } from '../../../core/ports/surroundings.ts'
import { endOf } from './prompt-index.ts'
import type { PromptIndex } from './prompt-index.ts'
import { promptsIn, recordNames, recordNameOf, withPrompts } from './record-format.ts'

/** Keeps prompts of deleted requests across restarts. */
export type PromptRecords = {
  /** Reads what other processes have written, once; only the replica that reconciles may call it. */
  load(): Promise<void>
  /** Records a prompt whose request is deleted, in the background. */
  add(prompt: SentPrompt): void
  /** Resolves when everything about this approver is written. Throws if it cannot be: then nobody may be asked. */
  settled(terms: Pick<EffectiveTerms, 'issuer' | 'approvers'>): Promise<void>
  /** Writes every prompt that counts, for the next process: requests may be deleted while none runs. */
  checkpoint(): Promise<void>
}

/** Where records are kept, and which prompts count. */
export type RecordSources = {
  readonly configMaps: Pick<Collection<ConfigMap>, 'get' | 'create' | 'replace'>
  /** The operator's own. */
  readonly namespace: string
  readonly prompts: Pick<PromptIndex, 'all' | 'get' | 'put'>
  /** Whether the request of this prompt is there, by the watch. */
  readonly isThere: (prompt: SentPrompt) => boolean
  readonly clock: Pick<Clock, 'now'>
  readonly log: Pick<Log, 'warn'>
}

/** One ConfigMap. */
type Shard = {
  readonly name: string
  /** By `keyOfSent`. */
  readonly prompts: Map<string, SentPrompt>
  /** As it was read or written last. */
  object: ConfigMap | undefined
  isDirty: boolean
  writing: Promise<void> | undefined
  /** How many there may be until what has ended is dropped: a replica that waits for the Lease writes nothing. */
  roomFor: number
}

/** Records that are read by `load` and written one write at a time for each ConfigMap. */
export function createPromptRecords(sources: RecordSources): PromptRecords {
  const shards = new Map(recordNames.map((name) => [name, emptyShard(name)]))
  let loading: Promise<void> | undefined
  let isLoaded = false

  const keep = (prompt: SentPrompt): void => {
    const shard = shards.get(recordNameOf(prompt.approver))
    if (shard === undefined) return
    shard.prompts.set(keyOfSent(prompt), prompt)
    shard.isDirty = true
    if (shard.prompts.size > shard.roomFor) prune(sources, shard)
  }
  const flushAll = (): Promise<unknown> =>
    Promise.all([...shards.values()].map((shard) => flush(sources, shard)))
  const load = async (): Promise<void> => {
    await Promise.all([...shards.values()].map((shard) => read(sources, shard)))
    isLoaded = true
    for (const shard of shards.values()) if (shard.isDirty) writeSoon(sources, shard)
  }
  return {
    load: () =>
      (loading ??= load().catch((error: unknown) => {
        loading = undefined
        throw error
      })),
    add: (prompt) => {
      keep(prompt)
      const shard = shards.get(recordNameOf(prompt.approver))
      if (isLoaded && shard !== undefined) writeSoon(sources, shard)
    },
    settled: async ({ issuer, approvers }) => {
      const names = approvers.map(({ hint }) => recordNameOf(approverKeyOf(issuer, hint)))
      for (const name of new Set(names)) {
        const shard = shards.get(name)
        if (shard !== undefined) await flush(sources, shard)
      }
    },
    checkpoint: async () => {
      if (!isLoaded) return
      for (const prompt of sources.prompts.all(sources.clock.now().getTime())) keep(prompt)
      await flushAll()
    },
  }
}

function emptyShard(name: string): Shard {
  return { name, prompts: new Map(), object: undefined, isDirty: false, writing: undefined, roomFor: 64 }
}

/** Whoever asks next waits for it, and gets the error if it fails. */
function writeSoon(sources: RecordSources, shard: Shard): void {
  flush(sources, shard).catch((error: unknown) => {
    sources.log.warn('open prompts not recorded, will be tried again', {
      configMap: shard.name,
      error: String(error),
    })
  })
}

/** One write at a time; what comes meanwhile is in the next. */
function flush(sources: RecordSources, shard: Shard): Promise<void> {
  if (!shard.isDirty && shard.writing === undefined) return Promise.resolve()
  shard.writing ??= writeWhileDirty(sources, shard).finally(() => {
    shard.writing = undefined
  })
  return shard.writing
}

async function writeWhileDirty(sources: RecordSources, shard: Shard): Promise<void> {
  while (shard.isDirty) {
    shard.isDirty = false
    try {
      await write(sources, shard)
    } catch (error) {
      shard.isDirty = true
      throw error
    }
  }
}

async function write(sources: RecordSources, shard: Shard): Promise<void> {
  const { configMaps, namespace, log } = sources
  prune(sources, shard)
  const { object, dropped } = withPrompts(shard.object ?? emptyObject(namespace, shard.name), [
    ...shard.prompts.values(),
  ])
  if (dropped > 0) log.warn('more open prompts than can be recorded', { configMap: shard.name, dropped })
  if (shard.object === undefined) {
    const created = await configMaps.create(object)
    if (created.kind === 'Refused')
      throw new Error(`ConfigMap ${shard.name} cannot be created: ${created.message}`)
    if (created.kind === 'Applied') shard.object = created.object
    else await readAgain(sources, shard)
    return
  }
  const written = await configMaps.replace(object)
  if (written.kind === 'Applied') shard.object = written.object
  else await readAgain(sources, shard)
}

/** What counts no longer. */
function prune({ clock }: RecordSources, shard: Shard): void {
  const nowMs = clock.now().getTime()
  for (const [key, prompt] of shard.prompts) if (endOf(prompt) <= nowMs) shard.prompts.delete(key)
  shard.roomFor = 2 * shard.prompts.size + 64
}

/** Somebody else has written: theirs is kept, ours is written over it next. */
async function readAgain(sources: RecordSources, shard: Shard): Promise<void> {
  await read(sources, shard)
  shard.isDirty = true
}

async function read({ configMaps, namespace, ...sources }: RecordSources, shard: Shard): Promise<void> {
  shard.object = await configMaps.get({ namespace, name: shard.name })
  const { prompts, malformed } = promptsIn(shard.object)
  if (malformed > 0)
    sources.log.warn('malformed records of open prompts', { configMap: shard.name, malformed })
  for (const prompt of prompts) {
    // What the request itself says is newer.
    const key = keyOfSent(prompt)
    if (sources.isThere(prompt) || shard.prompts.has(key)) continue
    const left = abandoned(prompt)
    if (left === undefined) continue
    shard.prompts.set(key, left)
    if (sources.prompts.get(key) === undefined) sources.prompts.put(left)
  }
}

function emptyObject(namespace: string, name: string): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name } }
}
