/** Requests whose policy asks a group: who is asked is who the group has right before the prompt. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApproverGroup, GroupMember } from '../../../../src/api/objects.ts'
import { aPolicy, anApprovalRequest } from '../../../support/builders/builders.ts'
import { aGroup, alice, bob, knownGroup } from '../../../support/builders/groups.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'

const asked = ({ openid }: World): readonly string[] => openid.prompts.map(({ loginHint }) => loginHint)

test('the members are asked, and it is written through which group', async () => {
  const world = aWorldWith(knownGroup(aGroup('sre'), [bob]))
  await world.settle()
  assert.deepEqual(asked(world), ['bob'])
  const [approver] = world.requests.held('foo-v2')?.status?.effective?.approvers ?? []
  assert.deepEqual(approver?.via, { group: 'sre', source: 'Members', asOf: at(0) })
})

test('a group that was edited where the watch lags behind asks nobody who was in it before', async () => {
  const world = aWorldWith(edition(1, alice))
  world.groups.cache.freeze()
  world.groups.put(edition(2, bob))
  await world.settle()
  assert.deepEqual(asked(world), [])
  world.groups.cache.catchUp()
  await world.settle()
  assert.deepEqual(asked(world), ['bob'])
})

test('a group that is gone where the watch lags behind asks nobody', async () => {
  const world = aWorldWith(edition(1, alice))
  world.groups.cache.freeze()
  world.groups.remove('sre')
  await world.settle()
  assert.deepEqual(asked(world), [])
})

function edition(generation: number, member: GroupMember): ApproverGroup {
  const group = aGroup('sre', { members: [member] })
  const metadata = { ...group.metadata, generation }
  return knownGroup({ ...group, metadata }, [member], { generation })
}

function aWorldWith(group: ApproverGroup): World {
  const world = aWorld(anApprovalRequest())
  world.policies.put(aPolicy({ stages: [{ name: 'sre', required: 1, approvers: [{ group: 'sre' }] }] }))
  world.groups.put(group)
  return world
}
