/** When the source of a group is read again. */
import type { ApproverGroupSpec, ApproverGroupStatus } from '../../api/objects.ts'
import { earlier, later, secondsAfter, secondsOf } from '../duration.ts'

/** `random`: from 0 to 1. `until`: when the source will say something else. */
export type Moment = { readonly now: Date; readonly random: number; readonly until?: Date | undefined }

const soonestSeconds = 5
const jitter = 0.1

/**
 * After `refresh`, or when a shift ends. One that is not ready is read in growing pauses, each half of the time for which it has
 * not been, so that the rhythm needs no memory.
 * @returns undefined for a list, which changes only with the object
 */
export function nextRefresh(
  { members, refresh }: ApproverGroupSpec,
  { conditions }: ApproverGroupStatus,
  { now, random, until }: Moment,
): Date | undefined {
  if (members !== undefined) return undefined
  const ready = conditions?.find(({ type }) => type === 'Ready')
  const regular = secondsOf(refresh)
  const spread = 1 + jitter * (2 * random - 1)
  if (ready?.status === 'False') {
    const unreadyForSeconds = (now.getTime() - new Date(ready.lastTransitionTime).getTime()) / 1000
    const pause = Math.min(Math.max(unreadyForSeconds / 2, soonestSeconds), regular)
    return secondsAfter(now, pause * spread)
  }
  const next = secondsAfter(now, regular * spread)
  return until === undefined ? next : later(earlier(next, until), secondsAfter(now, soonestSeconds))
}
