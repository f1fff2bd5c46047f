import { randomBytes } from 'node:crypto'
import type { KubernetesObject } from '../api/objects.ts'
import type { EventRecorder, ObjectEvent } from '../core/ports/events.ts'
import type { Log } from '../core/ports/surroundings.ts'
import { microTime } from './micro-time.ts'
import { resource } from './client/resource.ts'
import type { Transport } from './client/transport.ts'

/** Bounds of events.k8s.io/v1, in bytes. */
const longestNote = 1024
const mostWaiting = 1000
const timeoutMs = 10_000

const reportingController = 'countersign.dev/controller'

/** Who records, and where it is logged that an Event was lost. */
export type EventRecorderOptions = {
  readonly log: Log
  /** Which process speaks, for example the Pod's name. */
  readonly instance?: string
  readonly now?: () => Date
}

/** An `EventRecorder` that can be waited for. */
export interface ClosableEventRecorder extends EventRecorder {
  /** Resolves when everything recorded so far has been sent or given up. */
  close(): Promise<void>
}

type KubernetesEvent = KubernetesObject & {
  readonly eventTime: string
  readonly reportingController: string
  readonly reportingInstance: string
  readonly type: ObjectEvent['type']
  readonly reason: string
  readonly action: string
  readonly note: string
  readonly regarding: Readonly<Record<string, string | undefined>>
}

/**
 * Records Events one after another, in the background: nothing waits for them, and nothing fails with them. When the API
 * server does not keep up, the newest are dropped and counted.
 */
export function createEventRecorder(
  transport: Transport,
  options: EventRecorderOptions,
): ClosableEventRecorder {
  const { log, instance = 'countersign', now = () => new Date() } = options
  const type = { apiVersion: 'events.k8s.io/v1', plural: 'events', namespaced: true, timeoutMs }
  const events = resource<KubernetesEvent>(transport, type)
  const waiting: KubernetesEvent[] = []
  let dropped = 0
  let sending: Promise<void> | undefined

  async function sendAll(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await send(next)
    if (dropped > 0) log.warn('events dropped, too many at once', { dropped })
    dropped = 0
    sending = undefined
  }

  async function send(event: KubernetesEvent): Promise<Sent> {
    const { reason, regarding } = event
    try {
      const created = await events.create(event)
      if (created.kind !== 'Refused') return created.kind
      log.warn('event not recorded', { reason, regarding: regarding.name, error: created.message })
    } catch (error) {
      log.warn('event not recorded', { reason, regarding: regarding.name, error: String(error) })
    }
    return 'Lost'
  }

  return {
    recordEvent(event) {
      if (waiting.length >= mostWaiting) {
        dropped += 1
        return
      }
      waiting.push(eventObject(event, { instance, at: now(), mark: randomBytes(8).toString('hex') }))
      sending ??= sendAll()
    },
    recordOnce: async (event, mark) =>
      (await send(eventObject(event, { instance, at: now(), mark }))) !== 'AlreadyExists',
    close: () => sending ?? Promise.resolve(),
  }
}

type Sent = 'Applied' | 'AlreadyExists' | 'Lost'
type Recording = { readonly instance: string; readonly at: Date; readonly mark: string }

function eventObject(event: ObjectEvent, { instance, at, mark }: Recording): KubernetesEvent {
  const { apiVersion, kind, metadata } = event.regarding
  const { name, namespace, uid, resourceVersion } = metadata
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    // Events about cluster-scoped objects live in `default`, where kubectl looks for them.
    metadata: {
      namespace: namespace ?? 'default',
      name: `${name.slice(0, 200)}.${mark}`,
    },
    eventTime: microTime(at),
    reportingController,
    reportingInstance: instance.slice(0, 128),
    type: event.type,
    reason: event.reason,
    action: event.action,
    note: shortened(event.note, longestNote),
    regarding: { apiVersion, kind, name, namespace, uid, resourceVersion },
  }
}

/** Cut by bytes, but never within a character. */
function shortened(text: string, mostBytes: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= mostBytes) return text
  return `${new TextDecoder().decode(bytes.subarray(0, mostBytes - 3), { stream: true })}…`
}
