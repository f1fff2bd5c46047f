/** Limits hold while the leader changes, also when it is killed before it has written down what it has seen. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { operatorNamespace } from '../../../tools/local/processes.ts'
import { apiVersion } from '../../../src/api/names.ts'
import type { ApprovalPolicySpec, ApprovalRequest } from '../../../src/api/objects.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { theLimits } from '../../support/builders/limits.ts'
import { isPending } from '../../support/clusters/question.ts'
import type { Question } from '../../support/clusters/question.ts'
import { json } from '../../support/fakes/network/http-answers.ts'
import { promptsTo } from '../../support/fakes/providers/prompts-to.ts'
import { startClusterScene } from '../../support/scenes/cluster-scene.ts'
import type { ClusterScene } from '../../support/scenes/cluster-scene.ts'

let scene: ClusterScene

before(async () => {
  // A killed leader's Lease ends soon.
  scene = await startClusterScene('--lease-seconds', '15', '--renew-deadline-seconds', '10')
  scene.provider.isAnswered = false
})
after(() => scene.close())

/** Of the processes that were started, in order: the last one stands by while the one before it leads. */
function pids(): readonly number[] {
  return [...scene.operator.log().matchAll(/"msg":"ready"[^\n]*|[^\n]*"msg":"ready"/g)].map(([line]) =>
    Number(/"pid":(\d+)/.exec(line)?.[1]),
  )
}

/** Starts the next one, and returns once it knows all requests: it does not lead yet. */
async function standBy(): Promise<void> {
  const before = pids().length
  await scene.startController()
  await eventually(() => pids().length > before, 'a standby that is ready')
}

function leads(): number {
  return scene.operator.log().split('"msg":"leading"').length - 1
}

/** Kills the leader, lets everything through again, and returns once the standby leads. */
async function changeLeader(): Promise<void> {
  const [leader, before] = [pids().at(-2), leads()]
  assert.ok(leader !== undefined)
  process.kill(leader, 'SIGKILL')
  scene.proxy.undisturb()
  await eventually(() => leads() > before, 'another leader', 60)
}

/** One prompt at a time to this person, who has a hint of her own. */
function somebody(): { readonly hint: string; readonly policy: Partial<ApprovalPolicySpec> } {
  const hint = `alice-${randomBytes(4).toString('hex')}`
  const approver = { name: 'alice@company.com', hint, subject: 'alice' }
  const stages = [{ name: 'sre', required: 1, approvers: [approver] }]
  return {
    hint,
    policy: { stages, limits: theLimits({ openPromptsPerApprover: 1, pauseAfterRefusal: '0s' }) },
  }
}

/** Another request beside the first, to the same person and about something else. */
async function requestBeside({ name: namespace }: Question): Promise<ApprovalRequest> {
  const created = await scene.operator.requests.create({
    apiVersion,
    kind: 'ApprovalRequest',
    metadata: { namespace, name: `beside-${randomBytes(4).toString('hex')}` },
    spec: {
      requester: { username: 'whoever' },
      action: namespace,
      target: { kind: 'Rollout', name: 'bar' },
      environment: 'prod',
      summary: 'Approve',
    },
  })
  assert.ok(created.kind === 'Applied', JSON.stringify(created))
  return created.object
}

async function reasonOf({ metadata }: ApprovalRequest): Promise<string | undefined> {
  const key = { namespace: metadata.namespace ?? '', name: metadata.name }
  return (await scene.operator.requests.get(key))?.status?.conditions?.[0]?.reason
}

async function recorded(): Promise<string> {
  const path = `/api/v1/namespaces/${operatorNamespace}/configmaps`
  return JSON.stringify(await scene.operator.admin.request({ method: 'GET', path }))
}

test('the leader changes between two requests to one person: the second waits', async () => {
  const { hint, policy } = somebody()
  const first = await scene.ask({ policy })
  await first.until(isPending)
  await standBy()
  await changeLeader()
  const second = await requestBeside(first)
  await eventually(async () => (await reasonOf(second)) === 'Throttled', 'the second waits', 30)
  assert.equal(promptsTo(scene.provider, hint), 1)
})

test('a leader that is killed between a deletion and its record loses no prompt: the next one records it', async () => {
  const { hint, policy } = somebody()
  const first = await scene.ask({ policy })
  const { metadata } = await first.until(isPending)
  await standBy()
  const mark = scene.proxy.exchanges.length
  scene.proxy.disturb(({ call }) => (/^(POST|PUT) configmaps/.test(call) ? json(503, {}) : undefined))
  await scene.remove(first)
  await eventually(
    () => scene.proxy.exchanges.slice(mark).some(({ call }) => /^(POST|PUT) configmaps/.test(call)),
    'an attempt to record it',
  )
  assert.ok(!(await recorded()).includes(metadata.uid ?? '-'))
  await changeLeader()
  const second = await requestBeside(first)
  await eventually(async () => (await reasonOf(second)) === 'Throttled', 'the second waits', 30)
  assert.equal(promptsTo(scene.provider, hint), 1)
  await eventually(async () => (await recorded()).includes(metadata.uid ?? '-'), 'a record', 40)
  assert.equal(promptsTo(scene.provider, hint), 1)
})
