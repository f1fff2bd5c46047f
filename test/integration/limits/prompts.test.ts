/** How often a person is prompted, by the provider's own count, whatever requesters do and whichever process runs. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { operatorNamespace } from '../../../tools/local/processes.ts'
import type { ApprovalPolicySpec, ApprovalRequest } from '../../../src/api/objects.ts'
import { secondsAfter, secondsBetween } from '../../../src/core/duration.ts'
import { startClusterScene } from '../../support/scenes/cluster-scene.ts'
import type { ClusterScene } from '../../support/scenes/cluster-scene.ts'
import { requestersOf } from '../../support/scenes/requesters.ts'
import type { Requesters } from '../../support/scenes/requesters.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { promptsTo } from '../../support/fakes/providers/prompts-to.ts'
import { json } from '../../support/fakes/network/http-answers.ts'
import { theLimits } from '../../support/builders/limits.ts'
import { isFinal, isPending } from '../../support/clusters/question.ts'

let scene: ClusterScene
let requesters: Requesters

before(async () => {
  // A killed leader's Lease ends soon.
  scene = await startClusterScene('--lease-seconds', '15', '--renew-deadline-seconds', '10')
  scene.provider.isAnswered = false
  requesters = requestersOf(scene)
})
after(async () => {
  await requesters.close()
  await scene.close()
})

/** A person of her own, asked with the limits that a policy has if it says nothing. */
type Person = { readonly hint: string; readonly policy: Partial<ApprovalPolicySpec> }

function somebody(change: Partial<ApprovalPolicySpec> = {}): Person {
  const hint = `alice-${randomBytes(4).toString('hex')}`
  const approver = { name: 'alice@company.com', hint, subject: 'alice' }
  const stages = [{ name: 'sre', required: 1, approvers: [approver] }]
  return { hint, policy: { stages, limits: theLimits(), ...change } }
}

async function isSaid(request: ApprovalRequest, reason: string): Promise<void> {
  await eventually(
    async () => (await requesters.current(request))?.status?.conditions?.[0]?.reason === reason,
    `${request.metadata.name} says ${reason}`,
  )
}

async function remove(request: ApprovalRequest): Promise<void> {
  const { namespace = '', name, uid = '' } = request.metadata
  await scene.operator.requests.delete({ namespace, name }, { uid })
}

test('create, wait for the prompt, delete, repeat: one prompt', async () => {
  const person = somebody()
  const first = await scene.ask({ policy: person.policy })
  await first.until(isPending)
  await scene.remove(first)
  for (let round = 0; round < 5; round++) {
    const request = await requesters.request(first, `again-${round}`)
    await isSaid(request, 'Throttled')
    await remove(request)
  }
  assert.equal(promptsTo(scene.provider, person.hint), 1)
})

test('30 requesters at once: as many prompts as one namespace may have, and each says what it waits for', async () => {
  const person = somebody()
  const first = await scene.ask({ policy: person.policy })
  await first.until(isPending)
  const accounts = Array.from(
    { length: 30 },
    (_, index) => `system:serviceaccount:${first.name}:agent-${index}`,
  )
  const requests = await Promise.all(
    accounts.map((by, index) => requesters.request(first, `agent-${index}`, { by, about: `foo-${index}` })),
  )
  const throttled = async (): Promise<readonly ApprovalRequest[]> => {
    const all = await Promise.all(requests.map(requesters.current))
    return all.flatMap((one) => (one?.status?.conditions?.[0]?.reason === 'Throttled' ? [one] : []))
  }
  await eventually(
    async () => promptsTo(scene.provider, person.hint) === 2 && (await throttled()).length === 29,
    'one more is asked about, and each of the others waits',
  )
  const waiting = await throttled()
  assert.equal(promptsTo(scene.provider, person.hint), 2)
  assert.match(
    waiting[0]?.status?.conditions?.[0]?.message ?? '',
    /^alice@company\.com has 2 open prompts from namespace \S+; policy \S+ keeps one of 3 for other namespaces \(limits\.openPromptsPerApprover: 3\)\./,
  )
})

for (const [how, stop] of [
  ['is stopped', () => scene.stopController()],
  ['is killed', killController],
] as const)
  test(`a controller that ${how} after the deletion forgets no prompt`, async () => {
    const person = somebody()
    const first = await scene.ask({ policy: person.policy })
    const { metadata } = await first.until(isPending)
    await scene.remove(first)
    await eventually(async () => (await recorded()).includes(metadata.uid ?? '-'), 'the prompt is recorded')
    await stop()
    await scene.startController()
    const second = await requesters.request(first, 'second')
    await isSaid(second, 'Throttled')
    assert.equal(promptsTo(scene.provider, person.hint), 1)
  })

/** What the operator keeps for itself. */
async function recorded(): Promise<string> {
  const path = `/api/v1/namespaces/${operatorNamespace}/configmaps`
  return JSON.stringify(await scene.operator.admin.request({ method: 'GET', path }))
}

function killController(): Promise<void> {
  const [, pid] = [...scene.operator.log().matchAll(/"pid":(\d+)/g)].at(-1) ?? []
  process.kill(Number(pid), 'SIGKILL')
  return Promise.resolve()
}

test('a request that is deleted while no controller runs, after an orderly stop, keeps its place', async () => {
  const person = somebody()
  const first = await scene.ask({ policy: person.policy })
  await first.until(isPending)
  await scene.stopController()
  await scene.remove(first)
  await scene.startController()
  const second = await requesters.request(first, 'second')
  await isSaid(second, 'Throttled')
  assert.equal(promptsTo(scene.provider, person.hint), 1)
})

test('two requests of a namespace to one person with an expiry of a minute are both answered', async () => {
  const limits = theLimits({ openPromptsPerApprover: 1, pauseAfterRefusal: '0s' })
  const person = somebody({ limits, requestedExpiry: { default: '1m', max: '1h' } })
  const first = await scene.ask({ policy: person.policy })
  await first.until(isPending)
  const second = await requesters.request(first, 'second', { about: 'bar' })
  await isSaid(second, 'Throttled')
  const inLine = await requesters.current(second)
  assert.equal(secondsBetween(inLine?.metadata.creationTimestamp ?? '', inLine?.status?.deadline ?? ''), 3600)
  scene.provider.decided.set(person.hint, json(400, { error: 'access_denied' }))
  await first.until(isFinal)
  scene.provider.decided.set(person.hint, json(400, { error: 'authorization_pending' }))
  await isSaid(second, 'AuthorizationPending')
  const { prompts, deadline } = (await requesters.current(second))?.status ?? {}
  assert.deepEqual(new Date(deadline ?? 0), secondsAfter(prompts?.[0]?.sentAt ?? '', 60))
  scene.provider.decided.set(person.hint, scene.provider.grant())
  await eventually(
    async () => (await requesters.current(second))?.status?.outcome === 'Approved',
    'the second is approved',
  )
  assert.equal(promptsTo(scene.provider, person.hint), 2)
})
