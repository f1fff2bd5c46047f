/** Requests under a policy that excludes the people who made the change, or who own the agent. */
import type { ApprovalPolicySpec } from '../../../src/api/objects.ts'
import { aPolicy } from '../builders/builders.ts'
import type { World } from '../worlds/approval-world.ts'
import { answering, cannotBeUsed, onceFixed } from './refused.ts'
import { rows } from './sentence.ts'

type Duties = NonNullable<ApprovalPolicySpec['separationOfDuties']>
type Annotations = Readonly<Record<string, string>>

const author = 'company.com/change-author'
const owner = 'company.com/owner'
const changeAuthors: Duties = { changeAuthors: { annotations: [author, 'company.com/committer'] } }
const agentOwner: Duties = { agentOwner: { annotation: owner } }

/** Under such a policy, with these annotations on the Rollout and on the ServiceAccount. */
function under(
  separationOfDuties: Duties,
  rollout?: Annotations,
  agent?: Annotations,
): (world: World) => Promise<unknown> {
  return (world) => {
    world.policies.put(aPolicy({ separationOfDuties }))
    if (rollout !== undefined) world.subject.annotations = rollout
    if (agent !== undefined) world.subject.agentAnnotations = agent
    return world.settle()
  }
}

const fix = 'Ask a platform engineer to fix that; the request resumes automatically.'
const authorsRule =
  'policy prod-promotions excludes the people who made the change (separationOfDuties.changeAuthors), and'
const ownerRule = "policy prod-promotions excludes the agent's owner (separationOfDuties.agentOwner), and"

export const separationRows = rows(
  {
    reason: 'NotEnoughApprovers',
    when: 'the approver is an author of the change',
    act: under(changeAuthors, { [author]: 'Bob <bob@company.com>, Alice@Company.com' }),
    says: [
      `nobody is left to ask: alice@company.com is excluded as an author of the change (annotation ${author} of Rollout demo/foo-v2).`,
      'Ask a platform engineer to name another approver in policy prod-promotions.',
    ],
    asked: false,
  },
  {
    reason: 'NotEnoughApprovers',
    when: 'the approver owns the agent',
    act: under(agentOwner, undefined, { [owner]: 'alice' }),
    says: [
      `alice@company.com is excluded as the agent's owner (annotation ${owner} of ServiceAccount demo/release-bot).`,
      'Ask a platform engineer to name another approver',
    ],
    asked: false,
  },
  {
    reason: 'ExcludedPeopleUnknown',
    when: 'nothing says who made the change',
    act: under(changeAuthors, { other: 'bob' }),
    says: [`${authorsRule} Rollout demo/foo-v2 has no annotation ${author} or company.com/committer.`, fix],
    asked: false,
  },
  {
    reason: 'ExcludedPeopleUnknown',
    when: 'what says who made the change names nobody',
    act: under(changeAuthors, { [author]: ' , ' }),
    says: [`${authorsRule} annotation ${author} of Rollout demo/foo-v2 is no list of 1 to 16 names.`, fix],
    asked: false,
  },
  {
    reason: 'ExcludedPeopleUnknown',
    when: 'the target is of a kind that the operator does not read',
    request: (plain) => plain.saying({ target: { apiVersion: 'v1', kind: 'ConfigMap', name: 'bar' } }),
    act: under(changeAuthors, { [author]: 'bob' }),
    says: [
      `${authorsRule} the operator reads that of Rollouts (argoproj.io/v1alpha1) only, and the target is ConfigMap bar (v1).`,
      fix,
    ],
    asked: false,
  },
  {
    reason: 'ExcludedPeopleUnknown',
    when: 'the Rollout does not exist',
    act: under(changeAuthors),
    says: [`${authorsRule} Rollout demo/foo-v2 does not exist.`, fix],
    asked: false,
  },
  {
    reason: 'ExcludedPeopleUnknown',
    when: 'nothing says who owns the agent',
    act: under(agentOwner, {}, {}),
    says: [`${ownerRule} ServiceAccount demo/release-bot has no annotation ${owner}.`, fix],
    asked: false,
  },
  {
    reason: 'ApproverMismatch',
    when: 'an author of the change answers, whom the policy knows by another name',
    act: async (world) => {
      await under(changeAuthors, { [author]: 'a.l@company.com' })(world)
      await answering(world, {}, { email: 'A.L@company.com' })
    },
    says: [
      'the person who answered is excluded as an author of the change, "a.l@company.com".',
      cannotBeUsed,
      onceFixed,
    ],
    asked: true,
  },
  {
    reason: 'Approved',
    when: 'neither the author of the change nor the owner of the agent is the approver',
    act: async (world) => {
      await under({ ...changeAuthors, ...agentOwner }, { [author]: 'bob' }, { [owner]: 'carol' })(world)
      await answering(world, {})
    },
    says: ['alice@company.com approved at', 'Act before'],
    asked: true,
  },
)
