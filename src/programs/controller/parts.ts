/** What controllers and servers are made of, and what each of them says about itself. */
import type { Experiences } from '../../controllers/identity-provider/experiences.ts'
import type { Ownership } from '../../core/ports/ownership.ts'
import type { Sealer } from '../../core/ports/sealing.ts'
import type { ServeOptions } from '../../http/server.ts'
import type { TlsFiles } from '../../http/tls.ts'
import type { ControllerOptions } from '../../runtime/runner.ts'
import type { WorkQueue } from '../../runtime/work-queue.ts'
import type { LabelsOf } from '../../telemetry/instruments.ts'
import type { BindAddress, ControllerFlags } from './flags.ts'
import type { Caches } from './caches.ts'
import type { Foundation } from './foundation.ts'
import type { Limits } from './limits.ts'
import type { RolloutCaches } from './argo-rollouts/caches.ts'

/** Everything that a controller or a server may be built from. */
export type Parts = Foundation & {
  readonly caches: Caches
  readonly rolloutCaches: RolloutCaches
  readonly sealer: Sealer
  readonly ownership: Ownership
  readonly limits: Limits
  /** What requests encountered at providers; the controller of their status listens. */
  readonly experiences: Experiences
}

/** A controller as `controllers.ts` lists it: its name in metrics, its workers, and how it is connected. */
export type ControllerDefinition = {
  readonly name: LabelsOf<'controller_runtime_reconcile_total'>['controller']
  /** How many reconciles may run at once. */
  readonly workers: (flags: ControllerFlags) => number
  /** Everything that exists, for a replica that begins to work. */
  readonly keys: (parts: Parts) => Iterable<string>
  /** Called once, before the watches start. @returns what reconciles one key */
  readonly connect: (parts: Parts, queue: WorkQueue) => ControllerOptions['reconcile']
}

/** A server as `servers.ts` lists it: its flags, and how it is connected. */
export type ServerDefinition = {
  readonly name: string
  /** Undefined for a server that is not wanted. */
  readonly address: (flags: ControllerFlags) => BindAddress | undefined
  /** Without, it serves plain HTTP. */
  readonly tls?: (flags: ControllerFlags) => TlsFiles | undefined
  /** Called once, before the watches start, so that a probe can say that the caches are not filled. */
  readonly connect: (parts: Parts) => Pick<ServeOptions, 'fetch' | 'onTooLarge'>
}
