/** A credential in its Secret: of an OAuth client, or the URL of a feed. */
import type { Secret } from '../api/objects.ts'
import type { Resource } from '../core/ports/cluster.ts'
import type { Fault } from '../core/ports/provider.ts'

/** A client's credential as its Secret holds it: never log `value`. */
export type StoredCredential = {
  readonly kind: 'Stored'
  readonly value: string
  /** The Secret's resourceVersion. */
  readonly version: string
}

/** `remedy` is for readers of Secrets: it names the keys that there are. */
export type MissingCredential = { readonly kind: 'Missing'; readonly value: undefined } & Required<Fault>

type Place = {
  readonly namespace: string
  readonly name: string
  readonly key: string
  /** What belongs there, and whose secretRef names it. */
  readonly purpose?: Purpose
}

/** For the advice where something is missing. */
export type Purpose = { readonly content: string; readonly holder: 'the client' | 'the group' }

const ofClient: Purpose = { content: 'the credential of the client', holder: 'the client' }

/**
 * Reads one key of a Secret, without white space at its end: editors and `echo` leave a line break there.
 * @throws what the API server's client throws
 */
export async function readCredential(
  secrets: Pick<Resource<Secret>, 'get'>,
  { namespace, name, key, purpose = ofClient }: Place,
): Promise<StoredCredential | MissingCredential> {
  const secret = await secrets.get({ namespace, name })
  const where = `Secret ${namespace}/${name}`
  if (secret === undefined)
    return missing(`${where} does not exist`, `Create it, or correct secretRef.name of ${purpose.holder}.`)
  const { data = {}, metadata } = secret
  if (!Object.hasOwn(data, key))
    return missing(`${where} has no key ${key}`, keyRemedy(Object.keys(data), purpose))
  const value = Buffer.from(data[key] ?? '', 'base64')
    .toString('utf8')
    .trimEnd()
  if (value === '') return missing(`the key ${key} of ${where} is empty`, `Put ${purpose.content} there.`)
  return { kind: 'Stored', value, version: metadata.resourceVersion ?? '' }
}

const mostKeys = 5

function keyRemedy(keys: readonly string[], { holder }: Purpose): string {
  if (keys.length === 0) return 'Add the key.'
  const named = `${keys.toSorted().slice(0, mostKeys).join(', ')}${keys.length > mostKeys ? ', …' : ''}`
  return `Add the key, or set secretRef.key of ${holder} to one that is there: ${named}.`
}

function missing(message: string, remedy: string): MissingCredential {
  return {
    ...{ kind: 'Missing', value: undefined, message },
    remedy: `${remedy} It is looked for again automatically.`,
  }
}
