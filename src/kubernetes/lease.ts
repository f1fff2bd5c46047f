import { setTimeout as wait } from 'node:timers/promises'
import type { KubernetesObject } from '../api/objects.ts'
import type { Created, Written } from '../core/ports/cluster.ts'
import type { Clock } from '../core/ports/surroundings.ts'
import { microTime } from './micro-time.ts'
import { resource } from './client/resource.ts'
import type { KubernetesResource } from './client/resource.ts'
import type { Transport } from './client/transport.ts'

/**
 * How the holder before ended: there was none, it released the lease, or it went silent and may have left something half done.
 */
export type Predecessor = 'None' | 'Released' | 'Silent'

/** Which Lease to compete for, under which identity, and what to do when it is acquired or lost. */
export type LeaseOptions = {
  readonly transport: Transport
  readonly key: { readonly namespace: string; readonly name: string }
  /** Unique for this process; a container that starts again in its Pod needs another one. */
  readonly identity: string
  readonly clock: Clock
  readonly onAcquired: (predecessor: Predecessor) => void
  /** Called at most once; afterwards this process should end. Not called by `stop`. */
  readonly onLost: () => void
  /** An attempt failed; the next one follows. */
  readonly onError?: (error: unknown) => void
  /** After how long without renewal others may take the lease; 15 if absent. */
  readonly leaseSeconds?: number
  /** After how long without renewal the holder gives up by itself; well below `leaseSeconds`, 10 if absent. */
  readonly renewDeadlineSeconds?: number
  /** Between two attempts to acquire or renew; 2 if absent. */
  readonly retrySeconds?: number
}

type LeaseSpec = {
  readonly holderIdentity?: string
  readonly leaseDurationSeconds?: number
  readonly acquireTime?: string
  readonly renewTime?: string
  readonly leaseTransitions?: number
}
type Lease = KubernetesObject & { readonly spec: LeaseSpec }

/** Candidates spread out, so that they do not all ask at once when the lease falls free. */
const retryJitter = 1.2

/**
 * Takes part in the election of one holder by a coordination.k8s.io/v1 Lease. Nobody trusts another machine's clock: the
 * lease of another has expired when its record did not change for `leaseSeconds` of our own monotonic time. A lease keeps
 * two from working as a rule, but stops no write: check `isHeld` right before an effect that must not happen twice.
 */
export class LeaseElection {
  readonly #options: LeaseOptions
  readonly #leases: KubernetesResource<Lease>
  readonly #leaseSeconds: number
  readonly #renewDeadlineMs: number
  readonly #retryMs: number
  readonly #ending = new AbortController()
  #standing: 'Candidate' | 'Holder' | 'Former' = 'Candidate'
  #predecessor: Predecessor = 'None'
  #running: Promise<void> | undefined
  #deadline: NodeJS.Timeout | undefined
  #renewedMs = -Infinity
  #observed = { record: '', sinceMs: 0 }

  constructor(options: LeaseOptions) {
    const { leaseSeconds = 15, renewDeadlineSeconds = 10, retrySeconds = 2 } = options
    this.#options = options
    this.#leaseSeconds = leaseSeconds
    this.#renewDeadlineMs = renewDeadlineSeconds * 1000
    this.#retryMs = retrySeconds * 1000
    const timeoutMs = this.#renewDeadlineMs / 2
    this.#leases = resource(options.transport, { ...leaseType, timeoutMs })
  }

  /** Whether this process may act now. Needs no call, and is true for no longer than the last renewal covers. */
  isHeld(): boolean {
    return this.#options.clock.monotonicMs() - this.#renewedMs < this.#renewDeadlineMs
  }

  /** Begins to compete; further calls do nothing. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** Stops competing and gives the lease back, if it is held, so that another takes it at once. */
  async stop(): Promise<void> {
    this.#ending.abort()
    clearTimeout(this.#deadline)
    await this.#running
    this.#renewedMs = -Infinity
    await this.#release().catch((error: unknown) => this.#options.onError?.(error))
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    const isOver = (): boolean => signal.aborted
    while (!isOver()) {
      await this.#attempt().catch((error: unknown) => this.#options.onError?.(error))
      const pauseMs = this.#retryMs * (this.#standing === 'Holder' ? 1 : 1 + retryJitter * Math.random())
      await wait(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }

  /** One try to take or to renew. The time that counts is when it began: the record is not older than that. */
  async #attempt(): Promise<void> {
    const startedMs = this.#options.clock.monotonicMs()
    const present = await this.#leases.get(this.#options.key)
    if (present !== undefined && !this.#mayTake(present)) {
      this.#lose()
      return
    }
    const written = await this.#write(present)
    if (written.kind === 'Refused') throw new Error(`The Lease was refused: ${written.message}`)
    if (written.kind === 'Applied') this.#renewed(startedMs)
  }

  #mayTake({ spec }: Lease): boolean {
    const nowMs = this.#options.clock.monotonicMs()
    const record = JSON.stringify(spec)
    if (record !== this.#observed.record) this.#observed = { record, sinceMs: nowMs }
    const { holderIdentity = '', leaseDurationSeconds = this.#leaseSeconds } = spec
    if (holderIdentity === '' || holderIdentity === this.#options.identity) return true
    return nowMs - this.#observed.sinceMs >= leaseDurationSeconds * 1000
  }

  #write(present: Lease | undefined): Promise<Created<Lease> | Written<Lease>> {
    const { key, identity } = this.#options
    const now = microTime(this.#options.clock.now())
    const isOurs = present?.spec.holderIdentity === identity
    // It may be ours already by a write whose answer was lost.
    if (!isOurs) this.#predecessor = predecessorOf(present)
    // The API server takes whole seconds only.
    const leaseDurationSeconds = Math.ceil(this.#leaseSeconds)
    const renewed = { holderIdentity: identity, leaseDurationSeconds, renewTime: now }
    if (present === undefined) {
      const spec = { ...renewed, acquireTime: now, leaseTransitions: 0 }
      return this.#leases.create({ apiVersion: leaseType.apiVersion, kind: 'Lease', metadata: key, spec })
    }
    const { leaseTransitions = 0 } = present.spec
    const taken = { acquireTime: now, leaseTransitions: leaseTransitions + 1 }
    return this.#leases.replace({
      ...present,
      spec: { ...present.spec, ...renewed, ...(isOurs ? {} : taken) },
    })
  }

  #renewed(startedMs: number): void {
    if (this.#ending.signal.aborted) return
    this.#renewedMs = startedMs
    clearTimeout(this.#deadline)
    const remainingMs = startedMs + this.#renewDeadlineMs - this.#options.clock.monotonicMs()
    this.#deadline = setTimeout(() => {
      this.#lose()
    }, remainingMs)
    if (this.#standing === 'Holder') return
    this.#standing = 'Holder'
    this.#options.onAcquired(this.#predecessor)
  }

  /** By the deadline, or because another is seen to hold what was ours. */
  #lose(): void {
    if (this.#standing !== 'Holder' || this.#ending.signal.aborted) return
    this.#standing = 'Former'
    this.#renewedMs = -Infinity
    clearTimeout(this.#deadline)
    this.#ending.abort()
    this.#options.onLost()
  }

  async #release(): Promise<void> {
    const present = await this.#leases.get(this.#options.key)
    if (present?.spec.holderIdentity !== this.#options.identity) return
    const released = {
      holderIdentity: '',
      leaseDurationSeconds: 1,
      renewTime: microTime(this.#options.clock.now()),
    }
    await this.#leases.replace({ ...present, spec: { ...present.spec, ...released } })
  }
}

const leaseType = { apiVersion: 'coordination.k8s.io/v1', plural: 'leases', namespaced: true }

function predecessorOf(lease: Lease | undefined): Predecessor {
  if (lease === undefined) return 'None'
  return lease.spec.holderIdentity === '' ? 'Released' : 'Silent'
}
