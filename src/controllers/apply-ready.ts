/** Writes the status of an object whose condition `Ready` says how it is: only if something changes. */
import { isDeepStrictEqual } from 'node:util'
import { readyOf } from '../core/condition.ts'
import type { WithConditions } from '../core/condition.ts'
import type { Resource, Written } from '../core/ports/cluster.ts'
import { DefinitionsOutdatedError } from './definitions-outdated.ts'

/** Where the status is written, and who is notified of it. */
export type ReadyWriting<T extends WithConditions> = {
  readonly resource: Pick<Resource<T>, 'replaceStatus'>
  /** Called for every change of the reason of `Ready`, after it was written. */
  readonly report: (object: T) => void
}

/**
 * Writes the status if it differs from what the object has.
 * @returns `Applied` also where nothing had to be written
 * @throws DefinitionsOutdatedError if the API server does not take a field
 */
export async function applyReady<T extends WithConditions>(
  { resource, report }: ReadyWriting<T>,
  object: T,
  status: NonNullable<T['status']>,
): Promise<Written<T>['kind']> {
  if (isDeepStrictEqual(status, object.status)) return 'Applied'
  const written = await resource.replaceStatus({ ...object, status })
  if (written.kind === 'UnknownField') throw new DefinitionsOutdatedError(written)
  if (written.kind !== 'Applied') return written.kind
  if (readyOf(object)?.reason !== readyOf(written.object)?.reason) report(written.object)
  return 'Applied'
}
