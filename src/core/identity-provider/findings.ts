/** What was found out about a provider in one reconcile. */
import type { Experience } from '../ports/experience.ts'
import type { Examined, Fault, Mismatch } from '../ports/provider.ts'

/** `version` is the Secret's resourceVersion. `Unexamined`: the provider was not there to examine the credential for. */
export type Credential =
  /** The message says which Secret or key is missing. */
  | ({ readonly kind: 'NotFound' } & Fault)
  | ({ readonly kind: 'Invalid'; readonly version: string } & Fault)
  | {
      readonly kind: 'Usable' | 'Unexamined'
      readonly version: string
      /** Between the client and what the provider says of itself. */
      readonly mismatch?: Mismatch
    }

/** What was found out about one client. */
export type ClientFinding = {
  readonly clientID: string
  readonly credential: Credential
  /** What use has shown since the last reconcile. */
  readonly experience: Extract<Experience, { kind: 'Accepted' | 'Refused' }> | undefined
}

/** What was found out about the provider and all of its clients. */
export type Findings = {
  readonly examined: Examined
  /** Whether the operator has a notification endpoint. */
  readonly servesPing: boolean
  readonly clients: readonly ClientFinding[]
}
