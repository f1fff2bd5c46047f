/** Whether the operator can read who made the change, of what a policy is for. It reads Rollouts only; other requests wait. Pure. */
import type { ApprovalPolicy } from '../../api/objects.ts'
import { annotatedTargetKind as readable } from '../ports/annotated.ts'
import { inWords } from '../words.ts'
import type { Verdict } from './verdict.ts'

/** A policy under which nobody could ever be asked. */
export function unreadableAuthors({ spec }: ApprovalPolicy): Verdict | undefined {
  const { targetKinds } = spec.match
  if (!excludesAuthors(spec) || targetKinds === undefined || targetKinds.includes(readable)) return undefined
  return {
    reason: 'ChangeAuthorsNotReadable',
    message: `separationOfDuties.changeAuthors needs a target of kind ${readable}, and the policy matches ${inWords(targetKinds, 'and')} only.`,
  }
}

/** A sentence for a policy that matches other targets as well; empty for one that does not. */
export function unreadableTargets({ spec }: ApprovalPolicy): string {
  const isForOthers = spec.match.targetKinds?.every((kind) => kind === readable) !== true
  return excludesAuthors(spec) && isForOthers
    ? ` Change authors are read of ${readable}s only: requests about other kinds wait in ExcludedPeopleUnknown.`
    : ''
}

function excludesAuthors({ separationOfDuties }: ApprovalPolicy['spec']): boolean {
  return separationOfDuties?.changeAuthors !== undefined
}
