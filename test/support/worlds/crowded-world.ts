/** A world whose approvers have little room: requests of many requesters aim at them, and others keep them busy. */
import assert from 'node:assert/strict'
import type { ApprovalPolicySpec, ApprovalRequest } from '../../../src/api/objects.ts'
import { anApprovalRequest, aNamespace, aPolicy } from '../builders/builders.ts'
import { theLimits } from '../builders/limits.ts'
import { at } from '../fakes/clocks/clock.ts'
import { aStage, aWorldOf } from './several-world.ts'
import type { SeveralWorld } from './several-world.ts'

type Limits = ApprovalPolicySpec['limits']
type Stages = ApprovalPolicySpec['stages']

/** Of one of 50 identities of namespace demo, about a target of its own. */
export function numbered(number: number): ApprovalRequest & ReturnType<typeof anApprovalRequest> {
  const uid = `80000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  return anApprovalRequest()
    .named(`request-${number}`, uid)
    .createdAt(at(0))
    .by(`system:serviceaccount:demo:agent-${number % 50}`)
    .saying({ target: { kind: 'Rollout', name: `foo-${number}` } })
}

/** With `request-0`, and a namespace `dev` beside. */
export function aWorldUnder(stages: Stages, limits: Partial<Limits> = {}): SeveralWorld {
  const world = aWorldOf(stages, numbered(0))
  world.policies.put(aPolicy({ stages, limits: theLimits(limits) }))
  const { metadata, ...namespace } = aNamespace()
  world.namespaces.put({ ...namespace, metadata: { ...metadata, name: 'dev', uid: 'uid-of-dev' } })
  return world
}

/** Another request under a policy of its own leaves this person no room. */
export async function occupied(world: SeveralWorld, hint: string, name = `busy-${hint}`): Promise<void> {
  const before = world.policies.held('prod-promotions') ?? assert.fail('there is no policy')
  world.policies.put({ ...before, spec: { ...before.spec, stages: [aStage('sre', [hint])] } })
  world.requests.put(
    anApprovalRequest().named(name, `uid-of-${name}`).by(`someone-of-${name}`).createdAt(at(-1)),
  )
  await world.settle(name)
  assert.equal(world.said(name), 'AuthorizationPending')
  world.policies.put(before)
}

/** Of `Complete`. */
export function messageOf(world: SeveralWorld, name: string): string {
  return world.request(name).status?.conditions?.[0]?.message ?? ''
}

/** The time that this request backs off for is over, as when its turn is called. */
export async function called(world: SeveralWorld, name: string): Promise<void> {
  world.dependencies.memory.retryNow(world.request(name).metadata.uid ?? '')
  await world.settle(name)
}
