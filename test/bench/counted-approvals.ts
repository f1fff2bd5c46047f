/** The kinds of approval whose calls are counted: what is asked, and how people answer. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { pingPath } from '../../src/api/names.ts'
import type { ApprovalRequest } from '../../src/api/objects.ts'
import { json } from '../support/fakes/network/http-answers.ts'
import type { ClusterScene } from '../support/scenes/cluster-scene.ts'
import { isPending } from '../support/clusters/question.ts'
import type { Asking, Question } from '../support/clusters/question.ts'

export type KindName = 'poll' | 'pollWithoutToken' | 'ping' | 'bothOfTwo'

export type ApprovalKind = {
  readonly asking: Asking
  /** Before each request is created. */
  readonly before?: (scene: ClusterScene) => void
  /** Right after it was created. */
  readonly answer: (scene: ClusterScene, question: Question) => Promise<void>
}

/** Nobody answers faster, and until then the watches have caught up. */
const leastThoughtMs = 250

/** Of the prompt that the next ping answers; each is granted once. */
let authReqId = ''

/** Who decides where two must approve; `sub` and hint alike. */
const pair = ['alice', 'bob'] as const

const approvers = pair.map((name) => ({ name: `${name}@company.com`, hint: name, subject: name }))

/** By their names in `calls-per-approval.json`. */
export const approvalKinds: Readonly<Record<KindName, ApprovalKind>> = {
  poll: { asking: {}, answer: grantAtOnce },
  pollWithoutToken: { asking: { request: { token: { delivery: 'None' } } }, answer: grantAtOnce },
  ping: {
    asking: { provider: { delivery: 'Ping' } },
    before: ({ provider }) => {
      authReqId = randomUUID()
      provider.prompts(json(200, { auth_req_id: authReqId, expires_in: 120, interval: 1 }))
    },
    answer: sendPing,
  },
  bothOfTwo: {
    asking: { policy: { stages: [{ name: 'sre', required: 2, approvers }] } },
    before: ({ provider }) => {
      for (const name of pair) provider.decided.set(name, json(400, { error: 'authorization_pending' }))
    },
    answer: approveOneAfterTheOther,
  },
}

function grantAtOnce({ provider }: ClusterScene): Promise<void> {
  provider.isAnswered = true
  return Promise.resolve()
}

/** As CIBA Core §10.2 says. */
async function sendPing({ operator, provider }: ClusterScene, question: Question): Promise<void> {
  await question.until(isPending)
  await sleep(leastThoughtMs)
  const token = provider.visits('/backchannel').at(-1)?.form.get('client_notification_token') ?? ''
  const [, url = ''] = /"server":"ping","url":"([^"]+)"/.exec(operator.log()) ?? []
  const { status } = await fetch(`${url}${pingPath}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ auth_req_id: authReqId }),
  })
  if (status !== 204) throw new Error(`the ping was answered ${status}`)
}

async function approveOneAfterTheOther({ provider }: ClusterScene, question: Question): Promise<void> {
  await question.until(isPending)
  for (const [index, name] of pair.entries()) {
    await sleep(leastThoughtMs)
    provider.decided.set(name, provider.grant({ claims: { sub: name } }))
    await question.until((request) => approvalsOf(request) > index)
  }
}

function approvalsOf({ status }: ApprovalRequest): number {
  return status?.prompts?.filter(({ state }) => state === 'Approved').length ?? 0
}
