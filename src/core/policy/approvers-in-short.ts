/** Who decides under a policy, as short as a column of kubectl: `sre 1/3 or lead after 10m, security 1/2`. Pure. */
import type { ApprovalPolicy } from '../../api/objects.ts'
import { abbreviated } from '../words.ts'
import { merged } from './approvers.ts'

type Stage = ApprovalPolicy['spec']['stages'][number]

/** The CRD's bound of `status.approvers`, without the mark of what was cut off. */
const longest = 127

/**
 * The name of who decides alone; otherwise each stage with the approvals that it needs, and of how many people: their number, and the names
 * of groups, whose members change without the policy.
 */
export function approversInShort({ spec }: Pick<ApprovalPolicy, 'spec'>): string {
  const { stages } = spec
  const [stage] = stages
  const [only, ...others] = stage?.approvers ?? []
  const isAlone = stages.length === 1 && others.length === 0 && only?.name !== undefined
  return abbreviated(isAlone ? only.name : stagesInShort(stages), longest)
}

function stagesInShort(stages: readonly Stage[]): string {
  return stages
    .filter(({ insteadOf }) => insteadOf === undefined)
    .map((stage) => {
      const standIns = stages
        .filter(({ insteadOf }) => insteadOf === stage.name)
        .map(({ name, after = '0s' }) => ` or ${name} after ${after}`)
      return `${stage.name} ${countOf(stage)}${standIns.join('')}`
    })
    .join(', ')
}

function countOf({ required, approvers = [], groupFrom }: Stage): string {
  if (groupFrom !== undefined) return `${required}/${groupFrom.allowed.join('|')}`
  const named = approvers.flatMap(({ name, hint, subject }) =>
    name === undefined || hint === undefined
      ? []
      : [{ name, hint, ...(subject !== undefined && { subject }) }],
  )
  const people = merged(named).length
  const groups = approvers.flatMap(({ group }) => group ?? [])
  // As many entries as approvals, of fewer people: 2/1 would read as a slip of the operator's.
  if (groups.length === 0 && people < required) return `${people} (needs ${required})`
  return `${required}/${[...(people === 0 ? [] : [`${people}`]), ...groups].join('+')}`
}
