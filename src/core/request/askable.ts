/** Which of a policy's people may be asked about a request, and whether they are enough. Pure. */
import type { ApprovalPolicy, ApprovalRequest, EffectiveTerms } from '../../api/objects.ts'
import type { ResolvedStage } from '../policy/approvers.ts'
import { isRequester, namesOfApprover } from '../policy/requester.ts'
import { blocked } from '../policy/selection.ts'
import type { Blocked } from '../policy/selection.ts'
import { stagesOf } from '../tally/answers.ts'
import { tally } from '../tally/tally.ts'
import { stagesAmong } from './stages.ts'

type Approvers = EffectiveTerms['approvers']

/** Without the requester, if there are others: nobody approves the own request. Where that leaves one person, that one decides. */
export function askable(
  policyStages: readonly ResolvedStage[],
  candidates: Approvers,
  isOwn: (names: readonly string[]) => boolean,
): Pick<EffectiveTerms, 'approvers' | 'stages'> {
  const others = candidates.filter((candidate) => !isOwn(namesOfApprover(candidate)))
  const approvers = others.length === 0 ? candidates : others
  const stages = stagesAmong(policyStages, approvers)
  return stages === undefined ? { approvers } : { approvers, stages }
}

/** Before anybody is asked: the people who may be asked must be able to satisfy every stage. */
export function tooFew(
  effective: EffectiveTerms,
  { metadata, spec: { stages: policyStages } }: ApprovalPolicy,
  { spec }: ApprovalRequest,
): Blocked | undefined {
  const { username } = spec.requester
  const { approvers, identityProvider, kubernetesUsernames: usernames } = effective
  const names = approvers.flatMap(namesOfApprover)
  const { name: policy } = metadata
  const isGuess = usernames === undefined && !names.includes(username)
  const other = isGuess
    ? ` or, if that is another person, to set spec.kubernetesUsernames of IdentityProvider ${identityProvider}`
    : ''
  if (isRequester({ username, usernames }, names))
    return blocked(
      'NotEnoughApprovers',
      `${username} asks and would be the approver as well. Ask a platform engineer to name another approver for this requester in policy ${policy}${other}.`,
    )
  const counted = tally(stagesOf(effective), new Map())
  if (counted.kind !== 'Exhausted') return undefined
  const [stage = ''] = counted.unsatisfied
  const required = policyStages.find(({ name }) => name === stage)?.required ?? 1
  return blocked(
    'NotEnoughApprovers',
    `stage ${stage} of policy ${policy} needs ${required} approval${required === 1 ? '' : 's'}, and too few people are left to ask: a person counts once, and ${username}, who asks, does not count. Ask a platform engineer to name more approvers${other}.`,
  )
}
