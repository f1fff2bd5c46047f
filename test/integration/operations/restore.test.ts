/** What a restored snapshot of etcd, and the loss of the operator's keys, do to what was asked and answered: docs/operations.md. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { freePort } from '../../../tools/envtest/free-port.ts'
import { operatorNamespace } from '../../../tools/local/processes.ts'
import { tokenSecretName } from '../../../src/api/names.ts'
import type { ApprovalRequest, Secret } from '../../../src/api/objects.ts'
import { restoreSnapshot, saveSnapshot } from '../../support/clusters/etcd-snapshot.ts'
import { startGateScene } from '../../support/scenes/gate-scene.ts'
import type { Canary, GateScene } from '../../support/scenes/gate-scene.ts'
import { json } from '../../support/fakes/network/http-answers.ts'
import type { Handler } from '../../support/fakes/network/http-answers.ts'
import { isFinal, isPending } from '../../support/clusters/question.ts'
import type { Question } from '../../support/clusters/question.ts'
import { sought } from '../../support/assertions/sought.ts'

const directory = mkdtempSync(join(tmpdir(), 'countersign-restore-'))
const denied = json(400, { error: 'access_denied' })
/** A prompt that was answered is gone at the provider; Keycloak and oidc-provider say so. */
const gone = json(400, { error: 'invalid_grant' })

let scene: GateScene

before(async () => {
  const gate = ['--gate-bind-address', `127.0.0.1:${await freePort()}`]
  scene = await startGateScene('--hold-seconds', '1', ...gate)
})
after(async () => {
  await scene.close()
  rmSync(directory, { recursive: true, force: true })
})

test('a snapshot is restored, and the controller started anew', async () => {
  const snapshot = join(directory, 'stopped.db')
  const [approved, gated] = await answeredOnes()
  const [open, waiting] = await openOnes()
  const [approvedSince, deniedSince] = await Promise.all([scene.ask(), scene.ask()])
  for (const question of [approvedSince, deniedSince]) await question.until(isPending)
  await scene.stopController()
  const askedSince = await scene.ask()
  await saveSnapshot(scene.controlPlane, snapshot)
  await scene.startController()
  const unknown = await scene.ask()
  await Promise.all([
    says(deniedSince, denied),
    ...[approvedSince, askedSince, unknown].map((question) => says(question, scene.provider.grant())),
  ])
  assert.equal(await outcomeOf(approvedSince), 'Approved Approved')
  assert.equal(await outcomeOf(deniedSince), 'Denied AccessDenied')

  await scene.stopController()
  await restoreSnapshot(scene.controlPlane, snapshot)
  scene.provider.decided.clear()
  scene.provider.decided.set(hintOf(await held(deniedSince)), gone)
  scene.provider.decided.set(hintOf(await held(approvedSince)), scene.provider.grant())
  await scene.startController()

  // What was final stays so, and is good for what it was good for.
  assert.equal(await outcomeOf(approved), 'Approved Approved')
  assert.notEqual(await tokenOf(approved), undefined)
  await gateSays(gated, 'approved')
  // What was answered since is lost, and says so.
  for (const question of [approvedSince, deniedSince]) {
    await becomes(question, 'Failed TokenLost')
    assert.equal(await tokenOf(question), undefined)
  }
  // What was asked since is asked again, and only this.
  await sought(
    async () => scene.promptsOf(await held(askedSince)) === 2 || undefined,
    () => 'asked again',
  )
  assert.equal(await request(unknown), undefined)
  assert.equal(await tokenOf(unknown), undefined)
  // What is open goes on.
  assert.ok(isPending(await held(open)))
  await gateSays(waiting, 'pending')
  for (const question of [open, askedSince])
    scene.provider.decided.set(hintOf(await held(question)), scene.provider.grant())
  scene.provider.decided.set(waiting.namespace, scene.provider.grant())
  for (const question of [open, askedSince]) await becomes(question, 'Approved Approved')
  await gateSays(waiting, 'approved')
  assert.equal(scene.promptsOf(await held(open)), 1)
})

test('a snapshot is restored under a controller that goes on', async () => {
  const snapshot = join(directory, 'running.db')
  const [[open, gated], approvedSince] = await Promise.all([openOnes(), scene.ask()])
  await approvedSince.until(isPending)
  await saveSnapshot(scene.controlPlane, snapshot)
  await says(approvedSince, scene.provider.grant())
  scene.provider.decided.set(gated.namespace, scene.provider.grant())
  await gateSays(gated, 'approved')

  await restoreSnapshot(scene.controlPlane, snapshot)
  await becomes(approvedSince, 'Failed TokenLost')
  assert.equal(await tokenOf(approvedSince), undefined)
  await gateSays(gated, 'failed')
  assert.ok(isPending(await held(open)))
  scene.provider.decided.set(hintOf(await held(open)), scene.provider.grant())
  await becomes(open, 'Approved Approved')
  assert.equal(scene.promptsOf(await held(open)), 1)
})

test('the operator’s keys are lost', async () => {
  const [approved, gated] = await answeredOnes()
  const [open, waiting] = await openOnes()
  const token = await tokenOf(approved)
  await scene.stopController()
  const keys = { namespace: operatorNamespace, name: 'countersign-keys' }
  const ring = await scene.operator.secrets.get(keys)
  await scene.operator.secrets.delete(keys, { uid: ring?.metadata.uid ?? '' })
  await scene.startController()

  await becomes(open, 'Failed PromptLost')
  await gateSays(waiting, 'failed')
  // An answer that comes now has no effect.
  scene.provider.isAnswered = true
  assert.equal(await outcomeOf(approved), 'Approved Approved')
  assert.deepEqual(await tokenOf(approved), token)
  await gateSays(gated, 'failed')
  const next = await scene.ask()
  await answered(next)
  assert.equal(await outcomeOf(open), 'Failed PromptLost')
})

/** A question and a Rollout at its gate, both approved. */
async function answeredOnes(): Promise<readonly [Question, Canary]> {
  scene.provider.isAnswered = true
  const [question, canary] = await Promise.all([scene.ask(), scene.canary()])
  await Promise.all([answered(question), gateSays(canary, 'approved')])
  return [question, canary]
}

/** The same, with nobody's answer. */
async function openOnes(): Promise<readonly [Question, Canary]> {
  scene.provider.isAnswered = false
  const [question, canary] = await Promise.all([scene.ask(), scene.canary()])
  await gateSays(canary, 'pending')
  await Promise.all([question.until(isPending), scene.operator.until(canary.requestName, isPending)])
  return [question, canary]
}

async function answered(question: Question): Promise<void> {
  const { status } = await question.until(isFinal)
  assert.equal(status?.outcome, 'Approved', question.words())
}

/** The person who is asked answers, and the controller takes it. */
async function says(question: Question, what: Handler): Promise<void> {
  const asked = await question.until(isPending)
  scene.provider.decided.set(hintOf(asked), what)
  await question.until(isFinal)
}

async function gateSays(canary: Canary, decision: string): Promise<void> {
  let last = ''
  await sought(
    async () => {
      const { text, gate } = await canary.ask()
      last = text
      return gate.decision === decision || undefined
    },
    () => `the gate says ${decision}, not ${last}`,
  )
}

function hintOf({ status }: ApprovalRequest): string {
  return status?.effective?.approvers[0]?.hint ?? ''
}

function request({ name }: Question): Promise<ApprovalRequest | undefined> {
  return scene.operator.requests.get({ namespace: name, name })
}

async function held(question: Question): Promise<ApprovalRequest> {
  const found = await request(question)
  assert.ok(found, question.name)
  return found
}

async function becomes(question: Question, wanted: string): Promise<void> {
  await sought(
    async () => (await outcomeOf(question)) === wanted || undefined,
    () => `${question.name} is ${wanted}`,
  )
}

async function outcomeOf(question: Question): Promise<string> {
  const { status } = await held(question)
  return `${status?.outcome ?? 'none'} ${status?.conditions?.[0]?.reason ?? ''}`
}

function tokenOf({ name }: Question): Promise<Secret | undefined> {
  return scene.operator.secrets.get({ namespace: name, name: tokenSecretName(name) })
}
