import { setTimeout as wait } from 'node:timers/promises'
import type { KubernetesObject } from '../../api/objects.ts'
import type { Index, IndexedCache, ObjectKey, ValuesOf } from '../../core/ports/cluster.ts'
import { keyOf } from '../../core/object-key.ts'
import type { Clock } from '../../core/ports/surroundings.ts'
import { withoutHistory } from '../client/answers.ts'
import { KubernetesApiError, KubernetesUnreachableError } from '../client/api-error.ts'
import { createBackoff } from './backoff.ts'
import type { Listable, Selection } from './listing.ts'
import type { Hold } from './held.ts'
import { nameOf, Store } from './store.ts'
import type { ChangeHandler } from './store.ts'
import type { WatchEvent } from './watch-events.ts'

/** Bookmarks come every minute, so a stream that is silent for this long is dead. */
const longestSilenceMs = 150_000
/** As many objects as a page brings, if they are small. */
const longestPage = 500
/** A watch that stood this long, or brought the store further, is followed by the next after a breath only. */
const healthyMs = 1000
/** Where a watch is cut at every event, fifty watches a second are opened at most. */
const breathMs = 20

/** What may be worth a log line or a count. After `Interrupted` the reflector resumes automatically. */
export type ReflectorReport =
  | { readonly kind: 'Synced'; readonly objects: number }
  | { readonly kind: 'Interrupted'; readonly error: unknown; readonly pauseMs: number }
  | { readonly kind: 'HandlerFailed'; readonly error: unknown }
  /** An object that cannot be read is as if it were not there; the others are watched on. */
  | { readonly kind: 'Unreadable'; readonly object: ObjectKey; readonly error: unknown }

/** What to watch, what to keep of it, and who is notified of changes and faults. */
export type ReflectorOptions<T extends KubernetesObject> = {
  readonly source: Listable<T>
  readonly selection?: Selection
  readonly clock: Clock
  /** What to keep of an object; everything but its history if absent. */
  readonly project?: (object: T) => T
  /** How to hold it; as an object if absent. */
  readonly hold?: Hold<T>
  /** Called once the cache has the change; should do no more than to note a key. */
  readonly onChange?: ChangeHandler<T>
  readonly onReport?: (report: ReflectorReport) => void
  readonly longestSilenceMs?: number
}

/**
 * Keeps a copy of all objects of one kind by a watch that never ends.
 *
 *     start ─▶ all objects ─▶ synced ─▶ watch ─▶ end or fault ─▶ pause ─▶ watch from there
 *                   ▲                                              │
 *                   └──────────── 410: that is too long ago ───────┘
 */
export class Reflector<T extends KubernetesObject> implements IndexedCache<T> {
  /** Resolves when the cache holds everything for the first time; never, if stopped before. */
  readonly hasSynced: Promise<void>
  readonly #options: ReflectorOptions<T>
  readonly #store: Store<T>
  readonly #project: (object: T) => T
  readonly #report: (report: ReflectorReport) => void
  readonly #stopping = new AbortController()
  readonly #backoff = createBackoff()
  readonly #resolveSynced: (value: undefined) => void
  #running: Promise<void> | undefined
  /** How the objects that exist are learnt; older API servers know only pages. */
  #beginning: 'Streamed' | 'Paged' = 'Streamed'
  /** How far the store has come. Compared by the API server only. */
  #resourceVersion: string | undefined
  #openedMs = Infinity
  #aliveMs = -Infinity
  #isSynced = false

  constructor(options: ReflectorOptions<T>) {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.hasSynced = promise
    this.#resolveSynced = resolve
    this.#options = options
    this.#project = options.project ?? withoutHistory
    this.#report = options.onReport ?? (() => undefined)
    this.#store = new Store((old, now) => {
      this.#handOn(old, now)
    }, options.hold)
  }

  get(key: ObjectKey): T | undefined {
    return this.#store.get(key)
  }

  list(): readonly T[] {
    return this.#store.list()
  }

  indexed(valuesOf: ValuesOf<T>): Index<T> {
    return this.#store.indexed(valuesOf)
  }

  names(): readonly string[] {
    return this.#store.names()
  }

  get size(): number {
    return this.#store.size
  }

  /** Whether the cache has held everything once. */
  get isSynced(): boolean {
    return this.#isSynced
  }

  /** For how long nothing has come, not even the acceptance of a watch; Infinity before the first. */
  get silentSeconds(): number {
    return (this.#options.clock.monotonicMs() - this.#aliveMs) / 1000
  }

  /** Begins to watch; further calls do nothing. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** Resolves when nothing is under way any more. What was cached stays readable. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    const isStopped = (): boolean => signal.aborted
    while (!isStopped()) {
      const beginning = this.#resourceVersion
      this.#openedMs = Infinity
      const error: unknown = await this.#watchOnce().then(
        () => undefined,
        (reason: unknown) => reason,
      )
      const hasStood = this.#options.clock.monotonicMs() - this.#openedMs >= healthyMs
      const isHealthy = hasStood || this.#resourceVersion !== beginning
      const pauseMs = this.#pauseAfter(error, isHealthy)
      if (error !== undefined && !isStopped()) this.#report({ kind: 'Interrupted', error, pauseMs })
      await wait(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #watchOnce(): Promise<void> {
    if (this.#resourceVersion === undefined && this.#beginning === 'Paged') await this.#listPages()
    const silence = new AbortController()
    const silenceTimer = setTimeout(() => {
      silence.abort(new KubernetesUnreachableError('the watch fell silent'))
    }, this.#options.longestSilenceMs ?? longestSilenceMs)
    try {
      const events = await this.#options.source.watch({
        ...this.#options.selection,
        resourceVersion: this.#resourceVersion,
        timeoutSeconds: 300 + Math.floor(300 * Math.random()),
        signal: AbortSignal.any([this.#stopping.signal, silence.signal]),
      })
      this.#openedMs = this.#aliveMs = this.#options.clock.monotonicMs()
      await this.#follow(events, () => {
        this.#aliveMs = this.#options.clock.monotonicMs()
        silenceTimer.refresh()
      })
    } finally {
      clearTimeout(silenceTimer)
    }
  }

  async #follow(events: AsyncIterable<WatchEvent<T>>, onEvent: () => void): Promise<void> {
    // Until all objects that exist have come, it is not known which are missing.
    let present = this.#resourceVersion === undefined ? new Set<string>() : undefined
    for await (const event of events) {
      onEvent()
      if (event.kind === 'Changed') this.#put(event.object, present)
      if (event.kind === 'Deleted') this.#remove(event.object.metadata, present)
      if (event.kind === 'Bookmark' && event.isSynced && present !== undefined) {
        this.#sync(present)
        present = undefined
      }
      if (present === undefined) this.#resourceVersion = event.resourceVersion
    }
  }

  async #listPages(): Promise<void> {
    const { source, selection } = this.#options
    const present = new Set<string>()
    let next: string | undefined
    let limit = longestPage
    do {
      const page = await source.list({ ...selection, limit, continue: next, signal: this.#stopping.signal })
      // Those that follow are probably as large.
      limit = Math.min(Math.max(1, 2 * page.items.length), longestPage)
      for (const object of page.items) this.#put(object, present)
      next = page.continue
      if (next === undefined) {
        this.#sync(present)
        this.#resourceVersion = page.resourceVersion
      }
    } while (next !== undefined)
  }

  #put(object: T, present: Set<string> | undefined): void {
    try {
      const projected = this.#project(object)
      present?.add(nameOf(object.metadata))
      this.#store.put(projected)
    } catch (error) {
      // What one person writes must not end the watch of what all others write.
      this.#remove(object.metadata, present)
      this.#report({ kind: 'Unreadable', object: keyOf(object), error })
    }
  }

  #remove(key: ObjectKey, present?: Set<string>): void {
    present?.delete(nameOf(key))
    this.#store.remove(key)
  }

  /** Everything that exists has been put into the store. */
  #sync(present: ReadonlySet<string>): void {
    this.#store.keepOnly(present)
    this.#isSynced = true
    this.#resolveSynced(undefined)
    this.#report({ kind: 'Synced', objects: present.size })
  }

  #pauseAfter(error: unknown, isHealthy: boolean): number {
    if (isHealthy) this.#backoff.reset()
    if (!(error instanceof KubernetesApiError))
      return isHealthy ? breathMs * (1 + Math.random()) : this.#backoff.next()
    if (error.status === 410) this.#resourceVersion = undefined
    if (this.#resourceVersion === undefined && this.#beginning === 'Streamed' && isNotOffered(error)) {
      this.#beginning = 'Paged'
      return 0
    }
    return Math.max(this.#backoff.next(), 1000 * (error.retryAfterSeconds ?? 0))
  }

  #handOn(old: T | undefined, now: T | undefined): void {
    try {
      this.#options.onChange?.(old, now)
    } catch (error) {
      this.#report({ kind: 'HandlerFailed', error })
    }
  }
}

/** Answers to a watch that asked for what exists and say that this cannot be asked, not that it may not or not now. */
function isNotOffered({ status }: KubernetesApiError): boolean {
  return status >= 400 && status < 500 && ![401, 403, 404, 410, 429].includes(status)
}
