/** Whether a group says something else of its members than before. */
import type { ApproverGroup } from '../../api/objects.ts'
import { readyOf } from '../condition.ts'
import { secondsBetween, secondsOf } from '../duration.ts'

/** The same members that are written down again are no news, unless they were too old, or close to it. */
export function hasNewMembers(before: ApproverGroup | undefined, after: ApproverGroup | undefined): boolean {
  return JSON.stringify(sayingOf(before)) !== JSON.stringify(sayingOf(after)) || wasOld(before, after)
}

function sayingOf(group: ApproverGroup | undefined): unknown {
  if (group === undefined) return undefined
  const { metadata, status } = group
  const reason = readyOf(group)?.reason
  return [metadata.uid, metadata.generation, reason, readyOf(group)?.observedGeneration, status?.members]
}

function wasOld(before: ApproverGroup | undefined, after: ApproverGroup | undefined): boolean {
  const [was, is] = [before?.status?.asOf, after?.status?.asOf]
  if (was === undefined || is === undefined || after === undefined) return false
  return secondsBetween(was, is) > secondsOf(after.spec.maxAge) / 2
}
