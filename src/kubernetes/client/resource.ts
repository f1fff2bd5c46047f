import type { KubernetesObject } from '../../api/objects.ts'
import { identityOf } from '../../core/object-key.ts'
import type { Created, ObjectKey, Resource, Written } from '../../core/ports/cluster.ts'
import { objectFrom } from './answers.ts'
import { badRequest, KubernetesApiError } from './api-error.ts'
import { listable } from '../watch/listing.ts'
import type { Listable } from '../watch/listing.ts'
import { collectionPath, objectPath } from './paths.ts'
import type { ResourceType } from './paths.ts'
import type { Transport } from './transport.ts'

/** One kind of object, as the API server keeps it. */
export interface KubernetesResource<T extends KubernetesObject> extends Resource<T>, Listable<T> {
  /** PUT on the object itself, guarded like `replaceStatus`. */
  replace(object: T): Promise<Written<T>>
}

const longestFieldText = 256

type Connection<T> = {
  readonly transport: Transport
  readonly type: ResourceType
  readonly keep: (object: T) => T
}

/**
 * Calls for one kind. Nothing is cached, so what `get` answers is what the API server holds.
 * @param keep what to keep of an object that was read or written; everything by default. Lists and watches return whole objects
 */
export function resource<T extends KubernetesObject>(
  transport: Transport,
  type: ResourceType,
  keep: (object: T) => T = (object) => object,
): KubernetesResource<T> {
  const to = { transport, type, keep }
  return {
    ...listable<T>(transport, type),
    get: (key) => get(to, key),
    create: (object, options) =>
      create(to, object, options?.dryRun === true ? { ...strict, dryRun: 'All' } : strict),
    replace: (object) => put(to, object, objectPath(type, object.metadata)),
    replaceStatus: (object) => put(to, statusOnly(object), `${objectPath(type, object.metadata)}/status`),
    delete: (key, { uid }) => remove(to, key, uid),
  }
}

async function get<T extends KubernetesObject>(
  { transport, type, keep }: Connection<T>,
  key: ObjectKey,
): Promise<T | undefined> {
  const path = objectPath(type, key)
  try {
    return keep(objectFrom(await transport.request({ method: 'GET', path, timeoutMs: type.timeoutMs })) as T)
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}

async function create<T extends KubernetesObject>(
  { transport, type, keep }: Connection<T>,
  object: T,
  query: typeof strict & { readonly dryRun?: 'All' },
): Promise<Created<T>> {
  try {
    const path = collectionPath(type, object.metadata.namespace)
    const body = await transport.request({
      method: 'POST',
      path,
      query,
      body: object,
      timeoutMs: type.timeoutMs,
    })
    return { kind: 'Applied', object: keep(objectFrom(body) as T) }
  } catch (error) {
    if (!(error instanceof KubernetesApiError)) throw error
    if (error.reason === 'AlreadyExists') return { kind: 'AlreadyExists' }
    // The webhook would have seen the real request only, so the dry run has passed everything that it can pass.
    if (
      query.dryRun !== undefined &&
      error.status === 400 &&
      error.message.endsWith('does not support dry run')
    ) {
      return { kind: 'Applied', object }
    }
    if (refusals.includes(error.status)) return { kind: 'Refused', message: error.message }
    throw error
  }
}

/** What a definition of the kind does not know is refused: the API server would drop it, and say so to nobody. */
const strict = { fieldValidation: 'Strict' } as const

/** Malformed, forbidden (RBAC, quota, admission, a namespace that is going), no such namespace, too large, invalid. */
const refusals: readonly number[] = [400, 403, 404, 413, 422]

/** On this subresource the API server takes everything else from what it holds. */
function statusOnly(object: KubernetesObject): KubernetesObject {
  return { ...identityOf(object), ...('status' in object && { status: object.status }) }
}

async function put<T extends KubernetesObject>(
  to: Connection<T>,
  object: KubernetesObject,
  path: string,
): Promise<Written<T>> {
  const { uid = '', resourceVersion = '' } = object.metadata
  // Without them, or if they are empty, the API server would overwrite whatever is there.
  if (uid === '' || resourceVersion === '') {
    throw badRequest(`Writing ${path} needs the uid and resourceVersion that were read.`)
  }
  try {
    const { transport, type, keep } = to
    const { timeoutMs } = type
    const body = await transport.request({ method: 'PUT', path, query: strict, body: object, timeoutMs })
    return { kind: 'Applied', object: keep(objectFrom(body) as T) }
  } catch (error) {
    if (statusOf(error) === 404) return { kind: 'Gone' }
    if (statusOf(error) === 409) return { kind: await conflictOrGone(to, object.metadata, uid) }
    const message = unknownFieldIn(error) ?? unknownValueIn(error)
    if (message !== undefined) return { kind: 'UnknownField', message }
    throw error
  }
}

/** As the API server words it: `… strict decoding error: unknown field "status.effective.audience"`. */
function unknownFieldIn(error: unknown): string | undefined {
  if (statusOf(error) !== 400 || !(error instanceof KubernetesApiError)) return undefined
  return /strict decoding error: (unknown field .*)$/s.exec(error.message)?.[1]?.slice(0, longestFieldText)
}

/** As the API server words it: `… is invalid: status.effective.algorithms: Too many: 11: must have at most 8 items`. */
function unknownValueIn(error: unknown): string | undefined {
  if (statusOf(error) !== 422 || !(error instanceof KubernetesApiError)) return undefined
  return / is invalid: (?:\[?)(status\..*)$/s.exec(error.message)?.[1]?.slice(0, longestFieldText)
}

async function remove<T extends KubernetesObject>(
  to: Connection<T>,
  key: ObjectKey,
  uid: string,
): Promise<'Deleted' | 'Conflict' | 'Gone'> {
  const { transport, type } = to
  // An empty one is none to the API server, which would delete whatever is there.
  if (uid === '') throw badRequest(`Deleting ${objectPath(type, key)} needs the uid that was read.`)
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } }
  try {
    await transport.request({
      method: 'DELETE',
      path: objectPath(type, key),
      body,
      timeoutMs: type.timeoutMs,
    })
    return 'Deleted'
  } catch (error) {
    if (statusOf(error) === 404) return 'Gone'
    if (statusOf(error) === 409) return conflictOrGone(to, key, uid)
    throw error
  }
}

/** The API server answers 409 for another resourceVersion and for another uid alike, so it is asked who is there. */
async function conflictOrGone<T extends KubernetesObject>(
  to: Connection<T>,
  key: ObjectKey,
  uid: string,
): Promise<'Conflict' | 'Gone'> {
  const current = await get(to, key)
  return current?.metadata.uid === uid ? 'Conflict' : 'Gone'
}

function statusOf(error: unknown): number | undefined {
  return error instanceof KubernetesApiError ? error.status : undefined
}
