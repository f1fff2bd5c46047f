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
 * server does not keep up, what a condition said before its last change is left out, and then the newest are dropped and counted.
 */
export function createEventRecorder(
  transport: Transport,
  options: EventRecorderOptions,
): ClosableEventRecorder {
  const { log, instance = 'countersign', now = () => new Date() } = options
  const type = { apiVersion: 'events.k8s.io/v1', plural: 'events', namespaced: true, timeoutMs }
  const events = resource<KubernetesEvent>(transport, type)
  const waiting = new Map<string, KubernetesEvent>()
  let dropped = 0
  let sending: Promise<void> | undefined

  async function sendAll(): Promise<void> {
    for (const [line, event] of waiting) {
      waiting.delete(line)
      await send(event)
    }
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
      const mark = randomBytes(8).toString('hex')
      const line = lineOf(event, mark)
      if (waiting.size >= mostWaiting && !waiting.has(line)) {
        dropped += 1
        return
      }
      waiting.set(line, eventObject(event, { instance, at: now(), mark }))
      sending ??= sendAll()
    },
    recordOnce: async (event, mark) =>
      (await send(eventObject(event, { instance, at: now(), mark }))) !== 'AlreadyExists',
    close: () => sending ?? Promise.resolve(),
  }
}

/** Where it waits: at the place of what its condition said before, if that waits still. */
function lineOf({ regarding, condition }: ObjectEvent, mark: string): string {
  return condition === undefined ? mark : `${regarding.metadata.uid ?? mark} ${condition}`
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
