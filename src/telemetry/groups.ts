/** The metrics of ApproverGroups: how they are, how old what is known of them is, and what reading their sources came to. */
import type { ApproverGroup } from '../api/objects.ts'
import { groupReasons } from '../api/group-reasons.ts'
import type { GroupReason } from '../api/group-reasons.ts'
import { sourceOf } from '../core/approver-group/status.ts'
import { readyOf } from '../core/condition.ts'
import { secondsBetween, secondsOf, timestamp } from '../core/duration.ts'
import type { Cache } from '../core/ports/cluster.ts'
import type { Clock } from '../core/ports/surroundings.ts'
import type { Instruments } from './instruments.ts'

/** What the watch shows of all groups, at each scrape. */
export function measureGroups(
  instruments: Pick<Instruments, 'gauge'>,
  groups: Pick<Cache<ApproverGroup>, 'list'>,
  clock: Clock,
): void {
  instruments.gauge('countersign_approver_groups', () =>
    Array.from(Map.groupBy(groups.list(), reasonOf), ([reason, each]) => [{ reason }, each.length] as const),
  )
  instruments.gauge('countersign_approver_group_age_ratio', () => {
    const now = clock.now()
    return [[{}, Math.max(0, ...groups.list().map((group) => ageRatioOf(group, now)))]]
  })
}

/** Counts a reading by what it came to; a list is not read. */
export function countGroupReads(
  instruments: Pick<Instruments, 'count'>,
): (group: ApproverGroup, reason: GroupReason) => void {
  return ({ spec }, reason) => {
    const source = sourceOf(spec)
    if (source !== 'Members') instruments.count('countersign_approver_group_reads_total', { source, reason })
  }
}

function reasonOf(group: ApproverGroup): GroupReason | 'New' {
  const reason = readyOf(group)?.reason
  return reason !== undefined && Object.hasOwn(groupReasons, reason) ? (reason as GroupReason) : 'New'
}

/** From its creation on where its source never named anybody. */
function ageRatioOf({ metadata, spec, status }: ApproverGroup, now: Date): number {
  if (sourceOf(spec) === 'Members') return 0
  const since = status?.asOf ?? metadata.creationTimestamp ?? timestamp(now)
  return secondsBetween(since, now) / secondsOf(spec.maxAge)
}
