/** How much each of several people is asked, by the provider's own count, and what their requests say meanwhile. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { ApprovalPolicySpec, ApprovalRequest } from '../../../src/api/objects.ts'
import { theLimits } from '../../support/builders/limits.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { isPending } from '../../support/clusters/question.ts'
import { promptsTo } from '../../support/fakes/providers/prompts-to.ts'
import { startClusterScene } from '../../support/scenes/cluster-scene.ts'
import type { ClusterScene } from '../../support/scenes/cluster-scene.ts'
import { requestersOf } from '../../support/scenes/requesters.ts'
import type { Requesters } from '../../support/scenes/requesters.ts'

let scene: ClusterScene
let requesters: Requesters

before(async () => {
  scene = await startClusterScene()
  scene.provider.isAnswered = false
  requesters = requestersOf(scene)
})
after(async () => {
  await requesters.close()
  await scene.close()
})

type Approver = { readonly name: string; readonly hint: string; readonly subject: string }

/** Nobody else is asked about them. */
function team(...names: readonly string[]): readonly Approver[] {
  const tag = randomBytes(4).toString('hex')
  return names.map((name) => ({ name: `${name}@company.com`, hint: `${name}-${tag}`, subject: name }))
}

function promptsOf({ hint }: Approver): number {
  return promptsTo(scene.provider, hint)
}

function policyOf(
  approvers: readonly Approver[],
  stage: Partial<ApprovalPolicySpec['stages'][number]> = {},
): Partial<ApprovalPolicySpec> {
  return {
    stages: [{ name: 'sre', required: 1, approvers, ...stage }] as ApprovalPolicySpec['stages'],
    limits: theLimits(),
  }
}

function messageOf(request: ApprovalRequest | undefined): string {
  return request?.status?.conditions?.[0]?.message ?? ''
}

for (const [how, stage] of [
  ['together', {}],
  ['in turn', { ask: 'InTurn', turn: '2m' }],
] as const)
  test(`100 requests of 25 identities aim at a team that is asked ${how}: two prompts each, and another namespace prompts within seconds`, async () => {
    const people = team('alice', 'bob', 'carol')
    const first = await scene.ask({ policy: policyOf(people, stage) })
    await first.until(isPending)
    const requests = await Promise.all(
      Array.from({ length: 99 }, (_, index) => {
        const by = `system:serviceaccount:${first.name}:agent-${index % 25}`
        return requesters.request(first, `agent-${index}`, { by, about: `foo-${index}` })
      }),
    )
    const waiting = async (): Promise<readonly ApprovalRequest[]> => {
      const all = await Promise.all(requests.map(requesters.current))
      return all.flatMap((one) => (one?.status?.conditions?.[0]?.reason === 'Throttled' ? [one] : []))
    }
    // Of the six prompts the first request has three where all are asked together, and one in turn.
    const asked = stage.ask === undefined ? 1 : 5
    await eventually(
      async () => (await waiting()).length === requests.length - asked,
      'each of the others waits',
    )
    assert.deepEqual(people.map(promptsOf), [2, 2, 2])
    const [one] = await waiting()
    assert.match(
      messageOf(one),
      /^alice@company\.com has 2 open prompts from namespace .* bob@company\.com and carol@company\.com are not asked yet either; the first one to be free is asked\. Retried until/,
    )
    const honest = await scene.ask({ policy: policyOf(people, stage) })
    await honest.until(isPending, 10)
    assert.equal(people.map(promptsOf)[0], 3)
  })

test('one of two has no room: the other is asked, the condition says who is not and why, and a deletion makes no room', async () => {
  const people = team('alice', 'bob')
  const [alice, bob] = people
  assert.ok(alice !== undefined && bob !== undefined)
  const limits = theLimits({ openPromptsPerApprover: 1 })
  const busy = await scene.ask({ policy: { ...policyOf([alice]), limits } })
  await busy.until(isPending)
  const question = await scene.ask({ policy: { ...policyOf([alice, bob], { required: 2 }), limits } })
  const request = await question.until(isPending)
  assert.match(
    messageOf(request),
    /^bob@company\.com has been asked, with the code \S+; alice@company\.com is not asked yet: this person may have 1 open prompt \(limits\.openPromptsPerApprover\), and one that is answered or expires makes room\. Still needed: 2 of 2 approvals of stage sre\./,
  )
  await scene.remove(busy)
  const next = await scene.ask({ policy: { ...policyOf([alice]), limits } })
  await next.until(({ status }) => status?.conditions?.[0]?.reason === 'Throttled')
  assert.deepEqual(people.map(promptsOf), [1, 1])
})
