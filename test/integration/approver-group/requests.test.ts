/** Requests whose policy asks groups: they wait with a named reason, resume when the group is there, and say who was asked through what. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ApprovalPolicySpec, ApprovalRequest } from '../../../src/api/objects.ts'
import { readyOf } from '../../../src/core/condition.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { event, feedOf, hours, utc } from '../../support/builders/calendar.ts'
import { alice, bob, fromCalendar } from '../../support/builders/groups.ts'
import { ask, edit, isFinal } from '../../support/clusters/question.ts'
import type { Question } from '../../support/clusters/question.ts'
import { text } from '../../support/fakes/network/http-answers.ts'
import { startCompanyProvider } from '../../support/fakes/providers/company.ts'
import type { CompanyProvider } from '../../support/fakes/providers/company.ts'
import { isOnCall, startGroupScene } from '../../support/scenes/group-scene.ts'
import type { GroupScene } from '../../support/scenes/group-scene.ts'

let scene: GroupScene
let provider: CompanyProvider
before(async () => {
  scene = await startGroupScene()
  provider = await startCompanyProvider()
})
after(async () => {
  await scene.stop()
  await provider.close()
})

type Stage = ApprovalPolicySpec['stages'][number]
const label = 'company.com/team'

test('a request waits for its group, and is asked through it once it is there', async () => {
  const question = await asked({ name: 'sre', required: 1, approvers: [{ group: 'sre' }] })
  const waiting = await question.until(isBecause('GroupNotReady'))
  assert.match(
    messageOf(waiting),
    /^group sre, which stage sre of policy \S+ asks, does not exist\. Ask a platform engineer to create/,
  )
  await eventually(async () => (await policyReason(question)) === 'GroupNotReady', 'the policy says so')
  await scene.create('sre', { members: [alice] })
  const { status } = await question.until(isFinal)
  assert.equal(status?.outcome, 'Approved', question.words())
  const { asOf } = (await scene.until('sre', isOnCall('alice@company.com'))).status ?? {}
  assert.deepEqual(status.effective?.approvers[0]?.via, { group: 'sre', source: 'Members', asOf })
  await eventually(async () => (await policyReason(question)) === 'Accepted', 'the policy is accepted')
})

test('a Namespace names its group by a label, within what the policy allows', async () => {
  await scene.create('team-a', { members: [alice] })
  const question = await asked({
    ...{ name: 'team', required: 1 },
    groupFrom: { namespaceLabel: label, allowed: ['team-a'] },
  })
  assert.match(
    messageOf(await question.until(isBecause('GroupLabelMissing'))),
    /has no label company\.com\/team/,
  )
  await relabel(question, 'sre')
  assert.match(messageOf(await question.until(isBecause('GroupNotAllowed'))), /names group sre by its label/)
  await relabel(question, 'team-a')
  const { status } = await question.until(isFinal)
  assert.equal(status?.outcome, 'Approved', question.words())
  assert.equal(status.effective?.approvers[0]?.via?.group, 'team-a')
})

test('who is on call is asked, and nobody while nobody is', async () => {
  await scene.createGroup('oncall', text(200, feedOf()), { calendar: fromCalendar })
  await scene.until('oncall', (group) => readyOf(group)?.reason === 'NobodyOnCall')
  const question = await asked({ name: 'sre', required: 1, approvers: [{ group: 'oncall' }] })
  assert.match(
    messageOf(await question.until(isBecause('GroupNotReady'))),
    /needs one approval and has nobody to ask: group oncall has no members \(NobodyOnCall\)\./,
  )
  const shift = event('UID:1', `DTSTART:${utc(hours(-1))}`, 'SUMMARY:On call: Alice')
  scene.serve('oncall', text(200, feedOf(...shift)))
  const { status } = await question.until(isFinal)
  assert.equal(status?.outcome, 'Approved', question.words())
  assert.equal(status.effective?.approvers[0]?.via?.source, 'Calendar')
})

test('who is asked stays who was asked, whatever happens to the group', async () => {
  provider.isAnswered = false
  await scene.create('fixed', { members: [alice] })
  const question = await asked({ name: 'sre', required: 1, approvers: [{ group: 'fixed' }] })
  await question.until(isBecause('AuthorizationPending'))
  await edit(scene.operator.groups, 'fixed', { members: [bob] })
  await scene.until('fixed', isOnCall('bob@company.com'))
  provider.isAnswered = true
  const { status } = await question.until(isFinal)
  assert.equal(status?.outcome, 'Approved', question.words())
  assert.deepEqual(
    status.effective?.approvers.map(({ name }) => name),
    ['alice@company.com'],
  )
})

function asked(stage: Stage): Promise<Question> {
  return ask(scene.operator, provider, { policy: { stages: [stage] } })
}

function isBecause(reason: string): (request: ApprovalRequest) => boolean {
  return ({ status }) => status?.conditions?.[0]?.reason === reason
}

function messageOf({ status }: ApprovalRequest): string {
  return status?.conditions?.[0]?.message ?? ''
}

async function policyReason({ name }: Question): Promise<string | undefined> {
  const policy = await scene.operator.policies.get({ name })
  return policy && readyOf(policy)?.reason
}

async function relabel({ name }: Question, group: string): Promise<void> {
  const namespace = await scene.operator.namespaces.get({ name })
  assert.ok(namespace !== undefined)
  const metadata = { ...namespace.metadata, labels: { ...namespace.metadata.labels, [label]: group } }
  const written = await scene.operator.namespaces.replace({ ...namespace, metadata })
  assert.equal(written.kind, 'Applied')
}
