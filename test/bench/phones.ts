/**
 * People with phones: stands where the inbox stands, takes prompts by the channel's contract and answers each through the
 * provider's callback after a while. The provider is the embedded one; only pages and logins are left out.
 */
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

export type Phones = {
  readonly channelUri: string
  /** Where answers go. */
  issuer: string
  /** Name of the request → when its answer was given, by `performance.now()`. */
  readonly answeredAt: ReadonlyMap<string, number>
  /** Names of the requests whose answer the provider has taken. */
  readonly taken: ReadonlySet<string>
  close(): Promise<void>
}

/** @param thinkSeconds from the prompt to the answer, at least and at most */
export async function startPhones(thinkSeconds: readonly [number, number]): Promise<Phones> {
  const answeredAt = new Map<string, number>()
  const taken = new Set<string>()
  const [least, most] = thinkSeconds
  const think = (): number => 1000 * (least + Math.random() * (most - least))
  const answer = async (bearer: string, name: string): Promise<void> => {
    await sleep(think())
    answeredAt.set(name, performance.now())
    const response = await fetch(`${phones.issuer}/ext/ciba/auth/callback`, {
      method: 'POST',
      headers: { authorization: bearer, 'content-type': 'application/json' },
      body: JSON.stringify({ status: 'SUCCEED' }),
    })
    if (response.status !== 200) throw new Error(`the provider took no answer: ${response.status}`)
    await response.body?.cancel()
    taken.add(name)
  }
  const server = createServer((request, response) => {
    void nameOf(request).then((name) => {
      response.writeHead(201).end()
      return answer(request.headers.authorization ?? '', name)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const phones: Phones = {
    ...{ channelUri: `http://127.0.0.1:${port}/channel`, issuer: '', answeredAt, taken },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return phones
}

async function nameOf(request: IncomingMessage): Promise<string> {
  const { approval_request: reference } = JSON.parse(await text(request)) as {
    readonly approval_request: string
  }
  return reference.split('/')[1] ?? ''
}
