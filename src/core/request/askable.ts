/** Which of a policy's people may be asked about a request, and whether they are enough. Pure. */
import type { ApprovalPolicy, ApprovalRequest, EffectiveTerms } from '../../api/objects.ts'
import { reasons } from '../../api/reasons.ts'
import type { ResolvedStage } from '../policy/approvers.ts'
import { isRequester, namesOfApprover } from '../policy/requester.ts'
import { blocked } from '../policy/selection.ts'
import type { Blocked } from '../policy/selection.ts'
import { lackOfPeople } from '../policy/too-few.ts'
import { stagesOf } from '../tally/answers.ts'
import { tally } from '../tally/tally.ts'
import { peopleOf, stagesAmong } from './stages.ts'

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

/**
 * Before anybody is asked: the people who can be asked must be able to satisfy every stage.
 *
 * @param named the stages with everyone whom the policy names, the requester as well
 */
export function tooFew(
  effective: EffectiveTerms,
  { policy: { metadata, spec }, named }: Named,
  { spec: { requester } }: ApprovalRequest,
): Blocked | undefined {
  const { username } = requester
  const { approvers, identityProvider, kubernetesUsernames: usernames } = effective
  const { name: policy } = metadata
  const own = peopleOf(named)
    .map(({ name, hint, subject = hint }) => [name, hint, subject])
    .filter((names) => isRequester({ username, usernames }, names))
  const isGuess = usernames === undefined && !own.flat().includes(username)
  const other = isGuess
    ? ` or, if that is another person, to set spec.kubernetesUsernames of IdentityProvider ${identityProvider}`
    : ''
  if (isRequester({ username, usernames }, approvers.flatMap(namesOfApprover)))
    return blocked(
      'NotEnoughApprovers',
      `${username} asks and would be the approver as well. Ask a platform engineer to name another approver for this requester in policy ${policy}${other}.`,
    )
  const counted = tally(stagesOf(effective), new Map())
  if (counted.kind !== 'Exhausted') return undefined
  const lack = lackOfPeople(named, ` of policy ${policy}`)
  if (lack !== undefined) return blocked('NotEnoughApprovers', `${lack} ${reasons.NotEnoughApprovers.next}`)
  const [stage = ''] = counted.unsatisfied
  const required = spec.stages.find(({ name }) => name === stage)?.required ?? 1
  return blocked(
    'NotEnoughApprovers',
    `stage ${stage} of policy ${policy} needs ${required} approval${required === 1 ? '' : 's'}, and too few people are left to ask: a person counts once, and ${username}, who asks, does not count. Ask a platform engineer to name more approvers${other}.`,
  )
}

type Named = { readonly policy: ApprovalPolicy; readonly named: readonly ResolvedStage[] }
