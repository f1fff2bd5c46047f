/**
 * An HTTP proxy before the embedded provider: it counts requests, loses the one that a test wants lost, and lets a person's
 * yes bring other parameters than were asked.
 */
import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { backchannelPath } from '../../../../src/embedded-provider/configuration.ts'
import { cibaGrant } from '../../../../src/api/names.ts'
import type { Parameters } from '../../../../src/core/action/adjustment.ts'
import { soon } from '../../assertions/patience.ts'

export type ProviderProxy = {
  readonly url: string
  /** To be called once, before the first request. */
  forwardTo(address: string): void
  /** How many have come so far, lost ones included. */
  count(kind: Kind): number
  /** The tokens that the provider was asked to revoke. */
  revoked(): readonly string[]
  /** Resets the connection of the next request that fits, or keeps it waiting. Resolves when that has happened. */
  loseNext(loss: Loss): Promise<unknown>
  /** The next answer brings back the `authorization_details` of the prompt before it, with these parameters. */
  changeNextAnswer(parameters: Parameters): void
  close(): Promise<void>
}

/** Backchannel authentication requests, token requests for them, people's answers, and revocations; not the logins of people. */
export type Kind = 'Prompt' | 'TokenRequest' | 'Answer' | 'Revocation'

/**
 * The request before the provider has seen it, or its response with this status after the provider has acted. `Silence`: the
 * provider acts, and no response ever comes.
 */
export type Loss =
  | { readonly of: Kind; readonly what: 'Request' | 'Silence' }
  | { readonly of: Kind; readonly what: 'Response'; readonly status: number }

export async function startProviderProxy(): Promise<ProviderProxy> {
  const counts = { Prompt: 0, TokenRequest: 0, Answer: 0, Revocation: 0, Other: 0 }
  const losses = new Map<Loss, () => void>()
  const revoked: string[] = []
  let target = new URL('http://127.0.0.1:1')
  let asked = ''
  let chosen: Parameters | undefined

  const isLost = (fits: (loss: Loss) => boolean): boolean => {
    const [loss, tell] = [...losses].find(([armed]) => fits(armed)) ?? []
    if (loss === undefined) return false
    tell?.()
    return losses.delete(loss)
  }
  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const received = await buffer(incoming)
    const kind = kindOf(incoming, received)
    counts[kind] += 1
    if (kind === 'Prompt') asked = new URLSearchParams(received.toString()).get('authorization_details') ?? ''
    if (kind === 'Revocation') revoked.push(new URLSearchParams(received.toString()).get('token') ?? '')
    const body = kind === 'Answer' && chosen !== undefined ? changedAnswer(received, asked, chosen) : received
    if (kind === 'Answer') chosen = undefined
    if (isLost(({ of, what }) => of === kind && what === 'Request')) {
      incoming.socket.resetAndDestroy()
      return
    }
    const response = await forward(incoming, body, target)
    const answer = await buffer(response)
    const { statusCode = 502, rawHeaders } = response
    if (isLost(({ of, what }) => of === kind && what === 'Silence')) return
    if (isLost((loss) => loss.of === kind && loss.what === 'Response' && loss.status === statusCode))
      incoming.socket.resetAndDestroy()
    else outgoing.writeHead(statusCode, rawHeaders).end(answer)
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.resetAndDestroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forwardTo: (address) => {
      target = new URL(address)
    },
    count: (kind) => counts[kind],
    revoked: () => revoked,
    loseNext: (loss) => {
      const { promise, resolve } = Promise.withResolvers<undefined>()
      losses.set(loss, () => {
        resolve(undefined)
      })
      return soon(promise, () => `a ${loss.of} whose ${loss.what} could be lost`)
    },
    changeNextAnswer: (parameters) => {
      chosen = parameters
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function kindOf({ method, url }: IncomingMessage, body: Buffer): Kind | 'Other' {
  if (method !== 'POST') return 'Other'
  if (url === backchannelPath) return 'Prompt'
  if (url === `${backchannelPath}/callback`) return 'Answer'
  if (url === '/token/revocation') return 'Revocation'
  return new URLSearchParams(body.toString()).get('grant_type') === cibaGrant ? 'TokenRequest' : 'Other'
}

function changedAnswer(body: Buffer, asked: string, parameters: Parameters): Buffer {
  const answer = JSON.parse(body.toString()) as object
  const [detail] = JSON.parse(asked) as readonly object[]
  return Buffer.from(JSON.stringify({ ...answer, authorization_details: [{ ...detail, parameters }] }))
}

/** With the `Host` that was asked for, from which the provider makes its addresses. */
async function forward(incoming: IncomingMessage, body: Buffer, target: URL): Promise<IncomingMessage> {
  const { method, url, headers } = incoming
  const sized = { ...headers, 'content-length': body.length }
  const outgoing = send(target, { method, path: url, headers: sized, agent: false }).end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return response
}
