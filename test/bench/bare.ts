/** What an answer costs at the very least: one token request and two writes to the API server, by a program that does nothing else. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Transport } from '../../src/kubernetes/client/transport.ts'
import { inParallel } from './in-parallel.ts'
import type { Phones } from './phones.ts'
import { benchNamespace, named } from './scene.ts'

export type BareClient = { readonly clientID: string; readonly clientSecret: string }

type Bare = {
  readonly admin: Transport
  readonly phones: Phones
  readonly client: BareClient
  readonly people: readonly string[]
}

const atOnce = 8

/** While others are being asked. @returns milliseconds of each */
export async function measureBare({ admin, phones, client, people }: Bare): Promise<readonly number[]> {
  const endpoints = await endpointsOf(phones.issuer)
  return inParallel(people, atOnce, async (person) => {
    const name = `${person}-bare`
    const authReqId = await prompt(endpoints, client, { person, name })
    while (!phones.taken.has(name)) await sleep(5)
    const startedAt = performance.now()
    const token = await post(endpoints.token_endpoint, client, {
      grant_type: 'urn:openid:params:grant-type:ciba',
      auth_req_id: authReqId,
    })
    await write(admin, name, String(token.access_token))
    return performance.now() - startedAt
  })
}

type Endpoints = {
  readonly backchannel_authentication_endpoint: string
  readonly token_endpoint: string
}

async function endpointsOf(issuer: string): Promise<Endpoints> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`)
  return (await response.json()) as Endpoints
}

async function prompt(
  endpoints: Endpoints,
  client: BareClient,
  { person, name }: { readonly person: string; readonly name: string },
): Promise<string> {
  const answer = await post(endpoints.backchannel_authentication_endpoint, client, {
    scope: 'openid rollouts:promote',
    login_hint: person,
    binding_message: name,
    approval_request: `${benchNamespace}/${name}/0`,
  })
  return String(answer.auth_req_id)
}

async function post(
  url: string,
  { clientID, clientSecret }: BareClient,
  form: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>>> {
  const authorization = `Basic ${Buffer.from(`${clientID}:${clientSecret}`).toString('base64')}`
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(form),
  })
  const body = (await response.json()) as Readonly<Record<string, unknown>>
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${String(body.error)}`)
  return body
}

/** As W3 and W4, but of the cheapest kind: a ConfigMap is created and written once more. */
async function write(admin: Transport, name: string, token: string): Promise<void> {
  const path = `/api/v1/namespaces/${benchNamespace}/configmaps`
  const object = { ...named('v1', 'ConfigMap', name), data: { token } }
  await admin.request({ method: 'POST', path, body: object })
  const answered = { ...object, metadata: { name, annotations: { answered: 'true' } } }
  await admin.request({ method: 'PUT', path: `${path}/${name}`, body: answered })
}
