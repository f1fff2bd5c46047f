/** An OAuth client's credential in its Secret. */
import type { Secret } from '../api/objects.ts'
import type { Resource } from '../core/ports/cluster.ts'

export type StoredCredential = {
  readonly value: string
  /** The Secret's resourceVersion. */
  readonly version: string
}

type Place = { readonly namespace: string; readonly name: string; readonly key: string }

/** @returns undefined if the Secret, or its key, does not exist or is empty */
export async function readCredential(
  secrets: Pick<Resource<Secret>, 'get'>,
  { namespace, name, key }: Place,
): Promise<StoredCredential | undefined> {
  const secret = await secrets.get({ namespace, name })
  const value = Buffer.from(secret?.data?.[key] ?? '', 'base64')
    .toString('utf8')
    .trimEnd()
  return value === '' ? undefined : { value, version: secret?.metadata.resourceVersion ?? '' }
}
