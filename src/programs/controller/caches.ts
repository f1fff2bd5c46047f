/** A watch for each type that is read often. Whoever wants to be notified of changes subscribes before the watches start. */
import type {
  ApprovalPolicy,
  ApprovalRequest,
  ApproverGroup,
  IdentityProvider,
  KubernetesObject,
  Namespace,
} from '../../api/objects.ts'
import { abridged } from '../../core/request/abridged.ts'
import { identityOf } from '../../core/object-key.ts'
import type { Check } from '../../http/probes.ts'
import { KubernetesApiError } from '../../kubernetes/client/api-error.ts'
import { asText } from '../../kubernetes/watch/held.ts'
import type { Hold } from '../../kubernetes/watch/held.ts'
import { joined } from '../../kubernetes/watch/joined.ts'
import type { Watch } from '../../kubernetes/watch/joined.ts'
import type { Listable, Selection } from '../../kubernetes/watch/listing.ts'
import { Reflector } from '../../kubernetes/watch/reflector.ts'
import type { ReflectorReport } from '../../kubernetes/watch/reflector.ts'
import { toEach } from '../../kubernetes/watch/store.ts'
import type { ChangeHandler } from '../../kubernetes/watch/store.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { LabelsOf } from '../../telemetry/instruments.ts'
import type { Foundation } from './foundation.ts'

type Kind = LabelsOf<'countersign_watch_restarts_total'>['kind']

/** One watch with its metrics, and the way to be notified of its changes. */
export type Watched<T extends KubernetesObject> = {
  readonly kind: Kind
  readonly cache: Watch<T>
  onChange(listener: ChangeHandler<T>): void
}

/** The watches of Countersign's own types and of Namespaces; a replica is ready only once all of them are read. */
export type Caches = {
  readonly requests: Watched<ApprovalRequest>
  readonly policies: Watched<ApprovalPolicy>
  readonly providers: Watched<IdentityProvider>
  readonly groups: Watched<ApproverGroup>
  readonly namespaces: Watched<Namespace>
}

/** Creates the watches and registers their metrics; `cache.start` starts each. */
export function createCaches(foundation: Foundation): Caches {
  const { requests, policies, providers, groups, namespaces } = foundation.resources
  const { watchNamespaces } = foundation.flags
  const named = watchNamespaces.map((name) => ({ fieldSelector: `metadata.name=${name}` }))
  return {
    requests: watch(foundation, 'approvalrequests', {
      source: requests,
      selections: inNamespaces(watchNamespaces),
      project: abridged,
      hold: asText,
    }),
    policies: watch(foundation, 'approvalpolicies', { source: policies, selections: [everything] }),
    providers: watch(foundation, 'identityproviders', { source: providers, selections: [everything] }),
    groups: watch(foundation, 'approvergroups', { source: groups, selections: [everything] }),
    namespaces: watch(foundation, 'namespaces', {
      source: namespaces,
      project: labelled,
      hold: asText,
      selections: watchNamespaces.length === 0 ? [everything] : named,
    }),
  }
}

const everything: Selection = {}

/** Of a Namespace the labels count. Its annotations may be 250 KB. */
function labelled(namespace: Namespace): Namespace {
  const { labels } = namespace.metadata
  const { metadata, ...rest } = identityOf(namespace)
  return { ...rest, metadata: { ...metadata, ...(labels !== undefined && { labels }) } }
}

/** One watch for each namespace, which a Role allows; one for the whole cluster if `names` is empty. */
export function inNamespaces(names: readonly string[]): readonly Selection[] {
  return names.length === 0 ? [everything] : names.map((namespace) => ({ namespace }))
}

/** What to watch, and how much of each object to keep. */
export type Watching<T extends KubernetesObject> = {
  readonly source: Listable<T>
  readonly selections: readonly Selection[]
  readonly project?: (object: T) => T
  readonly hold?: Hold<T>
  /** The cluster need not have this kind. */
  readonly isOptional?: boolean
}

/** Combines one reflector for each selection into one watch, and logs and counts its interruptions. */
export function watch<T extends KubernetesObject>(
  foundation: Foundation,
  kind: Kind,
  { source, selections, project, hold, isOptional = false }: Watching<T>,
): Watched<T> {
  const { instruments, flags } = foundation
  const listeners: ChangeHandler<T>[] = []
  const reflectors = selections.map(
    (selection) =>
      new Reflector({
        source,
        selection,
        ...(project !== undefined && { project }),
        ...(hold !== undefined && { hold }),
        clock: systemClock,
        longestSilenceMs: flags.watchSilenceSeconds * 1000,
        onChange: toEach(listeners, (error) => {
          reportWatch(foundation, { kind, ...selection }, { kind: 'HandlerFailed', error })
        }),
        onReport: (report) => {
          if (!isOptional || !isAbsent(report)) reportWatch(foundation, { kind, ...selection }, report)
        },
      }),
  )
  const cache = joined(reflectors)
  const isThere = (): boolean => !isOptional || cache.isSynced
  instruments.gauge('countersign_watched_objects', () => (isThere() ? [[{ kind }, cache.size]] : []))
  instruments.gauge('countersign_watch_silence_seconds', () =>
    isThere() ? [[{ kind }, cache.silentSeconds]] : [],
  )
  return { kind, cache, onChange: (listener) => void listeners.push(listener) }
}

/** The kind is not served (404): the watch is tried again, as after a fault. */
function isAbsent(report: ReflectorReport): boolean {
  return (
    report.kind === 'Interrupted' && report.error instanceof KubernetesApiError && report.error.status === 404
  )
}

type Selected = Selection & { readonly kind: Kind }

function reportWatch({ log, instruments }: Foundation, what: Selected, report: ReflectorReport): void {
  const { kind } = what
  switch (report.kind) {
    case 'Synced':
      log.info('watching', { ...what, objects: report.objects })
      return
    case 'Interrupted':
      instruments.count('countersign_watch_restarts_total', { kind })
      log.warn('watch interrupted, will be resumed', {
        ...what,
        pauseMs: report.pauseMs,
        error: String(report.error),
      })
      return
    case 'Unreadable':
      log.warn('object left out of the watch, it cannot be read', {
        ...what,
        namespace: report.object.namespace,
        name: report.object.name,
        error: String(report.error),
      })
      return
    case 'HandlerFailed':
      log.error('watch handler failed', { ...what, error: String(report.error) })
  }
}

/**
 * Readiness checks: a replica whose cache is not filled, or has been silent for too long, is not ready, since its answers may
 * be out of date.
 */
export function checksOf(caches: Caches, longestSilenceSeconds: number): readonly Check[] {
  return Object.values(caches).map(({ kind, cache }) => ({
    name: `watch-${kind}`,
    fault: () => {
      if (!cache.isSynced) return 'not everything that exists has been read yet'
      if (cache.silentSeconds <= longestSilenceSeconds) return undefined
      return `no sign of life from the API server for ${Math.floor(cache.silentSeconds)} s`
    },
  }))
}
