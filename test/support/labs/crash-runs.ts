/** Crash plans of several people, as tests: the controller is killed once, and everyone who is asked approves. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFinal } from '../../../tools/local/agent.ts'
import type { ApprovalRequest, Prompt } from '../../../src/api/objects.ts'
import { summaryOf } from '../../../src/core/request/conditions.ts'
import type { CrashLab } from './crash-lab.ts'
import type { Username } from './crash-people.ts'
import { endsOf, plansWith } from './crash-plans.ts'
import type { Plan } from './crash-plans.ts'
import { asking, nameOf } from './crash-steps.ts'
import type { Ledger } from '../assertions/ledger.ts'

const sigkill = 137

/** Two people who must both approve, or three of whom two must. */
const asked = {
  two: { action: 'two-people', people: ['alice', 'bob'] },
  three: { action: 'three-people', people: ['alice', 'bob', 'carol'] },
} as const

/** One test for each plan with this delivery, and one that nothing changes afterwards. */
export function testPlans(
  delivery: Plan['delivery'],
  { lab, ledger }: { readonly lab: CrashLab; readonly ledger: Ledger },
): void {
  for (const plan of plansWith(delivery))
    test(`killed ${plan.failpoint} with ${plan.approvers} people, with ${plan.method}`, async () => {
      const name = await carryOut(plan, lab)
      const isOpen = !isFinal(newest(name, lab))
      const end = isOpen ? await ledger.look(name) : await ledger.close(name)
      assert.ok(endsOf(plan).includes(end.split(':')[0] ?? ''), end)
      assert.ok(writesOf(name, lab) <= mostWrites(plan), end)
    })
  test('what is final stays as it is, and no log holds a token', () => ledger.audit())
}

/** W1; for each person W2, the answer, and with pings the ping; and two that say what is waited for. */
function mostWrites({ approvers, delivery }: Plan): number {
  return 1 + asked[approvers].people.length * (delivery === 'Ping' ? 3 : 2) + 2
}

function writesOf(name: string, { versions }: CrashLab): number {
  return versions(name).length - 1
}

function newest(name: string, { versions }: CrashLab): ApprovalRequest {
  const found = versions(name).at(-1)
  if (found === undefined) throw new Error(`${name} was never there`)
  return found
}

/**
 * Returns once the request is final, or nothing more comes of it before its deadline.
 *
 * @returns its name
 */
async function carryOut(plan: Plan, lab: CrashLab): Promise<string> {
  const name = nameOf(plan.failpoint, plan.approvers, plan.method)
  if (asking.some((failpoint) => failpoint === plan.failpoint)) await killAsking(name, plan, lab)
  else await killAnswering(name, plan, lab)
  await lab.until(name, (request) => isFinal(request) || !awaitsAnybody(request, lab.shownTo(name)))
  return name
}

async function killAsking(name: string, plan: Plan, lab: CrashLab): Promise<void> {
  const controller = await lab.startController(`${plan.failpoint}=kill`)
  await lab.ask(name, plan.method, { action: asked[plan.approvers].action })
  assert.equal(await controller.ends(), sigkill)
  await lab.startController()
  await lab.until(name, isSettled)
  for (const username of asked[plan.approvers].people)
    if (lab.shownTo(name).includes(username)) await approveIfOpen(name, username, lab)
}

/** Everyone has approved before the provider is asked for the first time. */
async function killAnswering(name: string, plan: Plan, lab: CrashLab): Promise<void> {
  const { action, people } = asked[plan.approvers]
  const controller = await lab.startController(`after:W2=hold;${plan.failpoint}=kill`)
  await lab.ask(name, plan.method, { action })
  await controller.reaches('after:W2')
  for (const username of people) await lab.approveAs(name, username)
  controller.release()
  assert.equal(await controller.ends(), sigkill)
  await lab.startController()
}

/** Who was asked when enough others had approved finds the request decided. */
async function approveIfOpen(name: string, username: Username, lab: CrashLab): Promise<void> {
  const isOpen = newest(name, lab).status?.prompts?.some(
    ({ approver, state }) => approver.startsWith(username) && state === undefined,
  )
  if (isOpen !== true) return
  await lab.approveAs(name, username).catch((error: unknown) => {
    if (!isFinal(newest(name, lab))) throw error
  })
}

/** What became of each prompt is known, or a ping will bring it. */
function isSettled(request: ApprovalRequest): boolean {
  const { prompts = [], effective } = request.status ?? {}
  const isPinged = effective?.delivery === 'Ping' && summaryOf(request)?.message.includes(' ping ') === true
  return (
    isFinal(request) ||
    (prompts.length > 0 &&
      prompts.every(({ handle, state }) => handle !== undefined || state !== undefined || isPinged))
  )
}

function awaitsAnybody({ status }: ApprovalRequest, shown: readonly string[]): boolean {
  const isAwaited = ({ approver, state }: Prompt): boolean =>
    state === undefined && shown.some((hint) => approver.startsWith(hint))
  return status?.prompts?.some(isAwaited) ?? true
}
