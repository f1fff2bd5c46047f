/** Objects of one kind in an API server that is a list of versions, and watches that end however a test wants. */
import type { KubernetesObject } from '../../../../src/api/objects.ts'
import type { Page } from '../../../../src/kubernetes/client/answers.ts'
import { apiErrorFrom, KubernetesUnreachableError } from '../../../../src/kubernetes/client/api-error.ts'
import type { KubernetesApiError } from '../../../../src/kubernetes/client/api-error.ts'
import type { Listable, ListOptions, WatchOptions } from '../../../../src/kubernetes/watch/listing.ts'
import type { WatchEvent } from '../../../../src/kubernetes/watch/watch-events.ts'
import type { FaultyNetwork } from '../network/faulty-network.ts'

export type History = {
  readonly source: Listable<KubernetesObject>
  put(name: string): void
  delete(name: string): void
  /** Something else in the cluster has changed. */
  bookmark(): void
  /** Forgets how everything came to be as it is. */
  compact(): void
  /** Does this to every open watch. `mute`: it brings nothing more and does not end. */
  disturb(how: 'cut' | 'end' | 'mute'): void
  objects(): readonly KubernetesObject[]
  openWatches(): number
}

export type HistoryOptions = {
  readonly network: FaultyNetwork
  /** Whether an event comes once more. */
  readonly repetitions: Iterator<boolean>
  /** API servers before 1.32 cannot begin a watch with what exists. */
  readonly beginning: 'Streamed' | 'Paged'
}

type Event = WatchEvent<KubernetesObject>
type Version = {
  readonly number: number
  readonly event: Event
  readonly objects: readonly KubernetesObject[]
}

const pageSize = 2

export function aHistory(options: HistoryOptions): History {
  const { network } = options
  const records = theRecords()
  const watches = new Set<Watch>()
  const open = (asked: WatchOptions): AsyncIterable<Event> => {
    if (asked.resourceVersion === undefined && options.beginning === 'Paged') throw failure(422, 'Invalid')
    const watch = aWatch(asked.signal, () => watches.delete(watch))
    watches.add(watch)
    return follow({ ...options, records, watch }, asked.resourceVersion)
  }
  return {
    source: {
      list: (asked) => network.exchange(() => page(records, asked)),
      watch: (asked) => network.exchange(() => open(asked)),
    },
    put: (name) => {
      const object = objectOf(name, records.last().number + 1)
      records.append(changed(object), [...others(records.last(), name), object])
    },
    delete: (name) => {
      if (!records.last().objects.some(({ metadata }) => metadata.name === name)) return
      const object = objectOf(name, records.last().number + 1)
      records.append({ ...changed(object), kind: 'Deleted' }, others(records.last(), name))
    },
    bookmark: () => {
      const { number, objects } = records.last()
      records.append(bookmark(number + 1, 'Later'), objects)
    },
    compact: records.compact,
    disturb: (how) => {
      for (const watch of watches) watch[how]()
    },
    objects: () => records.last().objects,
    openWatches: () => watches.size,
  }
}

type Records = {
  readonly last: () => Version
  readonly append: (event: Event, objects: readonly KubernetesObject[]) => void
  readonly compact: () => void
  /** @throws 410 when it is forgotten */
  readonly at: (number: number) => Version
  readonly next: (number: number) => Version | undefined
  /** Resolves at the next version. */
  readonly news: () => Promise<unknown>
}

function theRecords(): Records {
  const first: Version = { number: 1, event: bookmark(1, 'Later'), objects: [] }
  const versions = [first]
  let oldest = 1
  let news = Promise.withResolvers<undefined>()
  const last = (): Version => versions.at(-1) ?? first
  return {
    last,
    append: (event, objects) => {
      versions.push({ number: last().number + 1, event, objects })
      news.resolve(undefined)
      news = Promise.withResolvers()
    },
    compact: () => void (oldest = last().number),
    at: (number) => {
      if (number < oldest) throw failure(410, 'Expired')
      return versions[number - 1] ?? first
    },
    next: (number) => versions[number],
    news: () => news.promise,
  }
}

/** A token to go on with is `<version>/<offset>`. */
function page({ at, last }: Records, { continue: token }: ListOptions = {}): Page<KubernetesObject> {
  const [number = last().number, offset = 0] = token?.split('/').map(Number) ?? []
  const { objects } = at(number)
  const end = offset + pageSize
  return {
    items: objects.slice(offset, end),
    resourceVersion: String(number),
    continue: end < objects.length ? `${number}/${end}` : undefined,
  }
}

type Watch = {
  readonly over: Promise<'Over'>
  isMute: boolean
  cut(): void
  end(): void
  mute(): void
}

function aWatch(signal: AbortSignal, onOver: () => void): Watch {
  const { promise: over, resolve, reject } = Promise.withResolvers<'Over'>()
  over.then(onOver, onOver)
  const abort = (): void => {
    reject(signal.reason as Error)
  }
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  return {
    over,
    isMute: false,
    cut: () => {
      reject(new KubernetesUnreachableError('the watch was cut'))
    },
    end: () => {
      resolve('Over')
    },
    mute() {
      this.isMute = true
    },
  }
}

type Following = HistoryOptions & { readonly records: Records; readonly watch: Watch }

async function* follow(
  { network, repetitions, records, watch }: Following,
  resourceVersion: string | undefined,
): AsyncGenerator<Event> {
  const { number, objects } = records.last()
  const beginning = resourceVersion === undefined ? [...objects.map(changed), bookmark(number, 'Synced')] : []
  let seen = Number(resourceVersion ?? number)
  for (;;) {
    const next = records.next(seen)
    const event = beginning.shift() ?? next?.event
    if (event === undefined) {
      if ((await Promise.race([watch.over, records.news()])) === 'Over') return
      continue
    }
    if (event === next?.event) {
      records.at(seen)
      seen += repetitions.next().value === true ? 0 : 1
    }
    const arrival = watch.isMute ? watch.over : network.travel().then(() => event)
    const arrived = await Promise.race([watch.over, arrival])
    if (arrived === 'Over') return
    yield arrived
  }
}

function others({ objects }: Version, name: string): readonly KubernetesObject[] {
  return objects.filter(({ metadata }) => metadata.name !== name)
}

function objectOf(name: string, number: number): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, resourceVersion: String(number) } }
}

function changed(object: KubernetesObject): Extract<Event, { kind: 'Changed' }> {
  return { kind: 'Changed', object, resourceVersion: object.metadata.resourceVersion ?? '' }
}

function bookmark(number: number, when: 'Synced' | 'Later'): Event {
  return { kind: 'Bookmark', isSynced: when === 'Synced', resourceVersion: String(number) }
}

function failure(status: number, reason: string): KubernetesApiError {
  return apiErrorFrom({ kind: 'Status', code: status, reason, message: reason }, { status })
}
