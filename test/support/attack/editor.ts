/**
 * Someone who may do everything in one namespace, and to the Namespace itself: writes as fast as the API server lets them, so that every
 * watch has to hear of it, and every request in the namespace has to be looked at again.
 */
import { randomBytes } from 'node:crypto'
import { Agent, request } from 'undici'
import { apiVersion } from '../../../src/api/names.ts'
import { again, giveWay, report } from './attack.ts'

export type EditorGiven = {
  readonly server: string
  /** PEM. */
  readonly ca: string
  /** Of the editor's ServiceAccount. */
  readonly token: string
  readonly namespace: string
  /** For which there is a policy. */
  readonly action: string
  /** How many requests are there from the start, and wait. */
  readonly waiting: number
}

const loops = 3
const { server, ca, token, namespace, action, waiting } = JSON.parse(process.argv[2] ?? '') as EditorGiven
const dispatcher = new Agent({ connect: { ca }, connections: 24 })
const requests = `/apis/${apiVersion}/namespaces/${namespace}/approvalrequests`

type Sent = { readonly method: 'POST' | 'PATCH' | 'DELETE'; readonly path: string; readonly body?: object }

async function send({ method, path, body }: Sent): Promise<number> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const answer = await request(new URL(path, server), {
    ...{ method, dispatcher, headers: { authorization: `Bearer ${token}`, 'content-type': type } },
    body: body === undefined ? null : JSON.stringify(body),
  })
  await answer.body.dump()
  return answer.statusCode
}

function aRequest(name: string, metadata: object = {}): object {
  const target = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name, revision: '7654b4484' }
  const spec = { action, target, environment: 'prod', summary: `Approve rollout for ${name} to prod` }
  return { apiVersion, kind: 'ApprovalRequest', metadata: { name, ...metadata }, spec }
}

function aName(): string {
  return `r-${randomBytes(6).toString('hex')}`
}

async function fill(): Promise<void> {
  let left = waiting
  const worker = async (): Promise<void> => {
    while ((left -= 1) >= 0) await send({ method: 'POST', path: requests, body: aRequest(`waiting-${left}`) })
  }
  await Promise.all(Array.from({ length: 12 }, worker))
}

const tally = report()
await fill()
tally.count('filled')
giveWay()

again(loops, tally, async () => {
  const name = aName()
  const created = await send({ method: 'POST', path: requests, body: aRequest(name) })
  const deleted = await send({ method: 'DELETE', path: `${requests}/${name}` })
  return `created ${created}, deleted ${deleted}`
})

again(loops, tally, async (loop) => {
  const metadata = { labels: { churn: aName() } }
  const path = `${requests}/waiting-${(loop * 7) % waiting}`
  return `label of a request ${await send({ method: 'PATCH', path, body: { metadata } })}`
})

again(loops, tally, async (loop) => {
  const metadata = { annotations: { churn: `${aName()}${'x'.repeat(200_000)}` } }
  const path = `${requests}/waiting-${loop % waiting}`
  return `annotation of 200 KB ${await send({ method: 'PATCH', path, body: { metadata } })}`
})

again(loops, tally, async () => {
  const metadata = { labels: { churn: aName() }, annotations: { churn: 'x'.repeat(10_000) + aName() } }
  return `label of the namespace ${await send({ method: 'PATCH', path: `/api/v1/namespaces/${namespace}`, body: { metadata } })}`
})

again(1, tally, async () => {
  const name = aName()
  const finalizers = ['example.com/mine']
  await send({ method: 'POST', path: requests, body: aRequest(name, { finalizers }) })
  await send({ method: 'DELETE', path: `${requests}/${name}` })
  const metadata = { labels: { churn: aName() } }
  return `deleted and held ${await send({ method: 'PATCH', path: `${requests}/${name}`, body: { metadata } })}`
})

again(1, tally, async () => {
  const body = { status: { outcome: 'Approved' } }
  return `status ${await send({ method: 'PATCH', path: `${requests}/waiting-0/status`, body })}`
})
