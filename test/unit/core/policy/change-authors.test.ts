import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalPolicySpec } from '../../../../src/api/objects.ts'
import { statusOf } from '../../../../src/core/policy/status.ts'
import { aNamespace, aPolicy } from '../../../support/builders/builders.ts'
import { readyProvider } from '../../../support/builders/ready-provider.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

const authors = { changeAuthors: { annotations: ['company.com/change-author'] } }
const owner = { agentOwner: { annotation: 'company.com/owner' } }

function readyOf(
  targetKinds: readonly string[] | undefined,
  separationOfDuties: ApprovalPolicySpec['separationOfDuties'],
): readonly [reason: string | undefined, message: string | undefined] {
  const match = { namespaceSelector: {}, actions: ['*'], ...(targetKinds !== undefined && { targetKinds }) }
  const policy = aPolicy({ match, ...(separationOfDuties !== undefined && { separationOfDuties }) })
  const around = { provider: readyProvider, policies: [policy], namespaces: [aNamespace()], groups: [] }
  const [said] = statusOf(policy, around, t(5))?.conditions ?? []
  return [said?.reason, said?.message]
}

test('a policy that matches no Rollout cannot exclude change authors, and says what to do', () => {
  assert.deepEqual(readyOf(['Deployment', 'Node'], authors), [
    'ChangeAuthorsNotReadable',
    'separationOfDuties.changeAuthors needs a target of kind Rollout, and the policy matches Deployment and Node only. Add Rollout to spec.match.targetKinds, or leave spec.separationOfDuties.changeAuthors out. Until then requests wait in ExcludedPeopleUnknown.',
  ])
})

for (const [which, kinds] of [
  ['any kind', undefined],
  ['Rollouts and others', ['Rollout', 'Deployment']],
] as const)
  test(`a policy for ${which} is accepted, and says which requests wait`, () => {
    const [reason, message] = readyOf(kinds, authors)
    assert.equal(reason, 'Accepted')
    assert.match(
      message ?? '',
      / Change authors are read of Rollouts only: requests about other kinds wait in ExcludedPeopleUnknown\.$/,
    )
  })

for (const [which, kinds, duties] of [
  ['for Rollouts alone', ['Rollout'], authors],
  ['that excludes the agent’s owner only', ['Deployment'], owner],
  ['that excludes nobody', ['Deployment'], undefined],
] as const)
  test(`a policy ${which} says nothing of it`, () => {
    const [reason, message] = readyOf(kinds, duties)
    assert.equal(reason, 'Accepted')
    assert.doesNotMatch(message ?? '', /[Cc]hange authors/)
  })
