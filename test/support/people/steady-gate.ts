/** Asks the gate again and again, as a delivery tool would. */
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const pauseMs = 50
const timeoutMs = 5_000

/** How often it was asked, and each time that it did not answer. */
type Answered = {
  readonly connections: 'Fresh' | 'Kept'
  readonly asked: number
  readonly faults: readonly string[]
}

export type GateWatch = {
  stop(): Promise<Answered>
}

/**
 * Without a token, which the gate refuses with 401: an answer all the same.
 *
 * @param connections `Fresh` opens one each time and so meets every replica; `Kept` stays with one for as long as it is let
 */
export function askSteadily(url: string, connections: Answered['connections']): GateWatch {
  const stopping = new AbortController()
  const agent = new Agent({ keepAlive: connections === 'Kept', maxSockets: 1 })
  let asked = 0
  const faults: string[] = []
  const running = (async () => {
    while (!stopping.signal.aborted) {
      asked += 1
      const answer = await askOnce(url, agent)
      if (answer !== '401') faults.push(`${new Date().toISOString()} ${answer}`)
      await sleep(pauseMs)
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await running
      agent.destroy()
      return { connections, asked, faults }
    },
  }
}

function askOnce(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const sent = request(url, { method: 'POST', agent, timeout: timeoutMs }, (response) => {
      response.resume().once('end', () => {
        resolve(String(response.statusCode))
      })
    })
    sent.once('timeout', () => sent.destroy(new Error('no answer')))
    sent.once('error', ({ message }) => {
      resolve(message)
    })
    sent.end('{}')
  })
}
