/** The clients' credentials: Secrets in the operator's own namespace, read again often enough that a rotated one counts. */
import type { Secret } from '../../api/objects.ts'
import type { Client } from '../../core/policy/selection.ts'
import type { Resource } from '../../core/ports/cluster.ts'
import type { Clock } from '../../core/ports/surroundings.ts'
import { Recent } from '../../runtime/recent.ts'
import { readCredential } from '../credential.ts'
import type { MissingCredential, StoredCredential } from '../credential.ts'
import { createRefusedClients } from './refused-clients.ts'
import type { RefusedClients } from './refused-clients.ts'

/** Keeps a token request every few seconds from costing an API call each. */
const keptMs = 30_000
/** More clients than that are read more often. */
const mostKept = 1000

/** Reads credentials of clients, and remembers the clients that providers refuse. */
export type Credentials = {
  readonly namespace: string
  read(client: Client): Promise<StoredCredential | MissingCredential>
  /** The provider refused what was read: the next `read` asks the API server again, since it may have been rotated. */
  forget(client: Client): void
  /** Those that a provider refuses. */
  readonly refused: RefusedClients
}

/** Where credentials are, and for how many seconds a refused client is held back. */
export type CredentialSettings = {
  readonly clock: Clock
  /** Where the Secrets are: the operator's own namespace. */
  readonly namespace: string
  /** How long a client that its provider refuses is not tried again. */
  readonly refusedClientSeconds: number
}

/** Keeps each credential for 30 seconds; one that is missing is read again every time. */
export function createCredentials(
  secrets: Resource<Secret>,
  { clock, namespace, refusedClientSeconds }: CredentialSettings,
): Credentials {
  const kept = new Recent<StoredCredential>({ clock, keptMs, most: mostKept })
  return {
    namespace,
    refused: createRefusedClients(clock, refusedClientSeconds),
    read: async ({ authentication: { secretRef } }) => {
      const id = idOf(secretRef)
      const known = kept.get(id)
      if (known !== undefined) return known
      const credential = await readCredential(secrets, { namespace, ...secretRef })
      if (credential.kind === 'Missing') kept.delete(id)
      else kept.set(id, credential)
      return credential
    },
    forget: ({ authentication: { secretRef } }) => {
      kept.delete(idOf(secretRef))
    },
  }
}

function idOf({ name, key }: Client['authentication']['secretRef']): string {
  return `${name}/${key}`
}
