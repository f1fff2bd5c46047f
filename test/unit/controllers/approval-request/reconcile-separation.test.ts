/** Whom a policy excludes is read once, before the terms are fixed, and only where the policy excludes people. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aPolicy, anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'

const author = 'company.com/change-author'
const owner = 'company.com/owner'
const bob = [{ name: 'bob', as: 'ChangeAuthor' }]

/** Under a policy that excludes change authors and the agent's owner; `reads` counts how often each was read. */
function separated(request = anApprovalRequest()): { readonly world: World; readonly reads: string[] } {
  const world = aWorld(request)
  world.policies.put(
    aPolicy({
      separationOfDuties: { changeAuthors: { annotations: [author] }, agentOwner: { annotation: owner } },
    }),
  )
  const reads: string[] = []
  Object.defineProperties(world.subject, {
    annotations: { get: () => (reads.push('target'), { [author]: 'bob' }), configurable: true },
    agentAnnotations: { get: () => (reads.push('agent'), { [owner]: 'carol' }), configurable: true },
  })
  return { world, reads }
}

test('who is excluded is fixed with the terms, and told with where it was read', async () => {
  const { world, reads } = separated()
  await world.settle()
  const { effective, computed } = world.request().status ?? {}
  assert.deepEqual(effective?.excluded, [...bob, { name: 'carol', as: 'AgentOwner' }])
  assert.deepEqual(computed?.map(({ name, value }) => [name, value]).slice(2), [
    ['change authors', 'bob'],
    ["agent's owner", 'carol'],
  ])
  assert.deepEqual(reads.toSorted(), ['agent', 'target'])
  assert.equal(world.openid.prompts.length, 1)
})

test('a second attempt keeps what was read for the first, whatever the annotations say by then', async () => {
  const { world, reads } = separated()
  world.openid.script.prompt = [{ kind: 'NotPrompted', error: 'temporarily_unavailable' }]
  await world.settle()
  const before = world.request().status
  await world.after(60)
  const { effective, computed, prompts } = world.request().status ?? {}
  assert.ok((prompts?.[0]?.attempt ?? 0) > 1, 'it was asked again')
  assert.deepEqual([effective, computed], [before?.effective, before?.computed])
  assert.deepEqual(reads.toSorted(), ['agent', 'target'])
})

test('a person who asks has no owner that would have to be read', async () => {
  const { world, reads } = separated(anApprovalRequest().by('dave'))
  await world.settle()
  assert.deepEqual(world.request().status?.effective?.excluded, bob)
  assert.deepEqual(reads, ['target'])
})

test('nothing is read for a policy that excludes nobody', async () => {
  const { world, reads } = separated()
  world.policies.put(aPolicy())
  await world.settle()
  assert.equal(world.openid.prompts.length, 1)
  assert.equal(world.request().status?.effective?.excluded, undefined)
  assert.deepEqual(reads, [])
})

test('a request that waits for an annotation is asked once it is there', async () => {
  const world = aWorld(anApprovalRequest())
  world.policies.put(aPolicy({ separationOfDuties: { changeAuthors: { annotations: [author] } } }))
  world.subject.annotations = {}
  await world.settle()
  assert.equal(world.said(), 'ExcludedPeopleUnknown')
  assert.equal(world.request().status?.effective, undefined)
  world.subject.annotations = { [author]: 'bob' }
  await world.after(60)
  assert.equal(world.said(), 'AuthorizationPending')
  assert.deepEqual(world.request().status?.effective?.excluded, bob)
})
