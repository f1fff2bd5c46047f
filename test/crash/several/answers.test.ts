/** The answers of several people come while no controller runs, in the same instant, or one against the other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as elapsed } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { isFinal } from '../../../tools/local/agent.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { labOfThisFile } from '../../support/labs/crash-file.ts'
import type { SeveralPeople } from '../../support/labs/crash-policies.ts'
import { nameOf } from '../../support/labs/crash-steps.ts'
import type { Replica } from '../../support/labs/replica.ts'
import { patient } from '../../support/labs/replica.ts'
import { meddlerIn } from '../../support/people/meddler.ts'

const { lab, ledger } = await labOfThisFile()
const meddler = meddlerIn(lab)

const method = 'client_secret_basic'
const people = ['alice', 'bob', 'carol'] as const
/** W1, two prompts, the first answer, the second one. */
const approved = 'Approved: 2 prompts, 2 tokens, 5 writes'

/** Everyone who is asked at once has a prompt that the controller knows. */
function areAsked({ status }: ApprovalRequest): boolean {
  const { prompts = [] } = status ?? {}
  return prompts.length > 0 && prompts.every(({ handle }) => handle !== undefined)
}

/** Of each prompt its id, or that it is lost. */
function isKnownOfAll({ status }: ApprovalRequest): boolean {
  const { prompts = [] } = status ?? {}
  return (
    prompts.length > 0 && prompts.every(({ handle, state }) => handle !== undefined || state !== undefined)
  )
}

function hasApproved(person: string) {
  return ({ status }: ApprovalRequest): boolean =>
    status?.prompts?.some(({ approver, state }) => approver.startsWith(person) && state === 'Approved') ===
    true
}

async function ask(name: string, action: SeveralPeople): Promise<void> {
  await lab.ask(name, method, { action })
  await lab.until(name, areAsked)
}

test('three people who must all approve cost seven writes, which is fewer than 1 + 2 × 3 + 2', async () => {
  const name = 'budget'
  await lab.startController()
  await ask(name, 'all-three')
  for (const person of people) {
    await lab.approveAs(name, person)
    if (person !== 'carol') await lab.until(name, hasApproved(person))
  }
  assert.equal(await ledger.close(name), 'Approved: 3 prompts, 3 tokens, 7 writes')
})

test('killed between the answers of two people: the first one counts', async () => {
  const name = 'between'
  const controller = await lab.startController()
  await ask(name, 'two-people')
  await lab.approveAs(name, 'alice')
  await lab.until(name, hasApproved('alice'))
  controller.signal('SIGKILL')
  await controller.ends()
  await lab.startController()
  await lab.approveAs(name, 'bob')
  assert.equal(await ledger.close(name), approved)
})

test('two people answer while the controller is down', async () => {
  const name = 'both-while-down'
  const controller = await lab.startController()
  await ask(name, 'two-people')
  await controller.stop()
  await Promise.all([lab.approveAs(name, 'alice'), lab.approveAs(name, 'bob')])
  await lab.startController()
  assert.equal(await ledger.close(name), approved)
})

test('two people answer while the controller stands still, so that it hears both in the same instant', async () => {
  const name = 'both-while-stopped'
  const controller = await lab.startController('', patient)
  await ask(name, 'two-people')
  await whileStopped(controller, [lab.approveAs(name, 'alice'), lab.approveAs(name, 'bob')])
  assert.equal(await ledger.close(name), approved)
})

for (const [loss, prompts] of [
  [{ of: 'Prompt', what: 'Request' }, 2],
  [{ of: 'Prompt', what: 'Response', status: 200 }, 3],
] as const)
  test(`on the wire the ${loss.what} of one of three prompts is lost: the two others decide`, async () => {
    const name = nameOf('lost', loss.what)
    await lab.startController()
    const lost = lab.proxy.loseNext(loss)
    await lab.ask(name, method, { action: 'three-people' })
    await lost
    const { status } = await lab.until(name, isKnownOfAll)
    const asked = people.filter((person) =>
      status?.prompts?.some(({ approver, state }) => approver.startsWith(person) && state === undefined),
    )
    assert.equal(asked.length, 2)
    for (const person of asked) await lab.approveAs(name, person)
    // W1, two prompts, the one that is lost, the two answers.
    assert.equal(await ledger.close(name), `Approved: ${prompts} prompts, 2 tokens, 6 writes`)
  })

test('a stage that opens while the controller is down is asked when it starts', async () => {
  const name = 'escalation'
  const controller = await lab.startController()
  await ask(name, 'escalation')
  controller.signal('SIGKILL')
  await controller.ends()
  const opensAt = Date.parse((await lab.until(name, areAsked)).status?.effective?.askedAt ?? '') + 10_000
  await elapsed(opensAt - Date.now())
  assert.deepEqual(lab.shownTo(name), ['alice'])
  await lab.startController()
  await lab.approveAs(name, 'bob')
  // Two intents, two prompts, the answer.
  assert.equal(await ledger.close(name), 'Approved: 2 prompts, 1 token, 5 writes')
  assert.deepEqual(lab.shownTo(name), ['alice', 'bob'])
})

test('a denial that is written while the deciding token is stored: no Secret is left, and the token is revoked', async () => {
  const name = 'denied-before-w3'
  const controller = await race(name, 'before:W3=hold;after:W3=hold')
  await controller.reaches('before:W3')
  await lab.until(name, isDenied)
  controller.release()
  // Its token was revoked with the denial; the Secret that is created all the same must go.
  await controller.reaches('after:W3')
  controller.release()
  await assertDenied(name)
})

test('a denial that is written when the deciding token is stored: no Secret is left, and the token is revoked', async () => {
  const name = 'denied-after-w3'
  const controller = await race(name, 'after:W3=hold')
  await controller.reaches('after:W3')
  await lab.until(name, isDenied)
  controller.release()
  await assertDenied(name)
})

test('killed when the token of a request that is denied was stored: the next controller deletes and revokes it', async () => {
  const name = 'denied-killed-after-w3'
  const controller = await race(name, 'before:W3=hold;after:W3=kill')
  await controller.reaches('before:W3')
  await lab.until(name, isDenied)
  controller.release()
  await controller.ends()
  assert.notEqual(await meddler.secretOf(name), undefined)
  await lab.startController()
  await assertDenied(name)
})

test('a denial races the deciding approval, which waits before it is written: one of them counts', async () => {
  const name = 'race-held'
  const controller = await race(name, 'before:W4=hold')
  await controller.reaches('before:W4')
  controller.release()
  await assertOneCounts(name)
})

test('a denial races the deciding approval, and the controller is killed before it writes either', async () => {
  const name = 'race-killed'
  const controller = await race(name, 'before:W4=kill')
  await controller.ends()
  await lab.startController()
  const request = await lab.until(name, isFinal)
  if (isDenied(request)) await assertDenied(name)
  // The denial went with the process. What counts is whether the token was stored; one write more says that it is looked for.
  else assert.match(await ledger.close(name), /^(Approved|TokenLost): 3 prompts, 2 tokens, [678] writes$/)
})

test('what is final stays as it is, and no log holds a token', () => ledger.audit())

/** Alice has approved. Bob, whose approval decides, and Carol, who denies, answer so that the controller hears both at once. */
async function race(name: string, failpoints: string): Promise<Replica> {
  const controller = await lab.startController(failpoints, patient)
  await ask(name, 'three-people')
  await lab.approveAs(name, 'alice')
  await lab.until(name, hasApproved('alice'))
  await whileStopped(controller, [lab.approveAs(name, 'bob'), lab.denyAs(name, 'carol')])
  return controller
}

/** For longer than the provider's interval: after it, all prompts are due. */
async function whileStopped(controller: Replica, answers: readonly Promise<void>[]): Promise<void> {
  controller.signal('SIGSTOP')
  await Promise.all([...answers, elapsed(1500)])
  controller.signal('SIGCONT')
}

function isDenied({ status }: ApprovalRequest): boolean {
  return status?.outcome === 'Denied'
}

async function assertOneCounts(name: string): Promise<void> {
  const request = await lab.until(name, isFinal)
  if (isDenied(request)) await assertDenied(name)
  else assert.match(await ledger.close(name), /^Approved: 3 prompts, 2 tokens, 6 writes$/)
}

/** Nothing of Bob's approval is left: the token was revoked wherever the operator had it. */
async function assertDenied(name: string): Promise<void> {
  const { status } = await lab.until(name, isDenied)
  const isRevoked = (): boolean =>
    lab.proxy
      .revoked()
      .map((token) => decodeJwt(token))
      .some(({ sub, digest }) => sub === 'bob' && digest === status?.digest)
  await eventually(isRevoked, 'Bob’s token is revoked')
  await eventually(async () => (await meddler.secretOf(name)) === undefined, 'no Secret is left')
  // W1, three prompts, Alice's answer, the denial.
  assert.equal(await ledger.close(name), 'AccessDenied: 3 prompts, 2 tokens, 6 writes')
}
