/** The clients' credentials: Secrets in the operator's own namespace, read again often enough that a rotated one counts. */
import type { Secret } from '../../api/objects.ts'
import type { Client } from '../../core/policy/selection.ts'
import type { Resource } from '../../core/ports/cluster.ts'
import type { Clock } from '../../core/ports/surroundings.ts'

/** Keeps a token request every few seconds from costing an API call each. */
const keptMs = 30_000

export type Credentials = {
  readonly namespace: string
  /** @returns undefined if the Secret, or its key, does not exist */
  read(client: Client): Promise<string | undefined>
  /** The provider refused what was read: the next `read` asks the API server again, since it may have been rotated. */
  forget(client: Client): void
}

export function createCredentials(secrets: Resource<Secret>, clock: Clock, namespace: string): Credentials {
  const kept = new Map<string, { readonly value: string; readonly readAt: number }>()
  return {
    namespace,
    read: async ({ authentication: { secretRef } }) => {
      const id = idOf(secretRef)
      const known = kept.get(id)
      if (known !== undefined && clock.monotonicMs() - known.readAt < keptMs) return known.value
      const secret = await secrets.get({ namespace, name: secretRef.name })
      const value = decode(secret?.data?.[secretRef.key])
      if (value === undefined) kept.delete(id)
      else kept.set(id, { value, readAt: clock.monotonicMs() })
      return value
    },
    forget: ({ authentication: { secretRef } }) => void kept.delete(idOf(secretRef)),
  }
}

function idOf({ name, key }: Client['authentication']['secretRef']): string {
  return `${name}/${key}`
}

function decode(data: string | undefined): string | undefined {
  const value = Buffer.from(data ?? '', 'base64')
    .toString('utf8')
    .trimEnd()
  return value === '' ? undefined : value
}
