/**
 * Someone who reaches the ping endpoint and was a provider once, or is one: it knows the notification token and the id of each prompt
 * that it was sent, and pings with them and with what it makes up, again and again.
 */
import { randomBytes } from 'node:crypto'
import { createServer, Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from '../fakes/network/http-answers.ts'
import { aSigningKey } from '../builders/signing-key.ts'
import { again, giveWay, report } from './attack.ts'

export type PingSenderGiven = {
  /** Where pings are taken. */
  readonly pingUrl: string
  /** The address that its pings come from. */
  readonly from: string
}

type Known = { readonly token: string; readonly authReqId: string }

const loops = 6
const { pingUrl, from } = JSON.parse(process.argv[2] ?? '') as PingSenderGiven
const known: Known[] = []
const key = await aSigningKey('ping-sender')
const server = createServer((asked, response) => {
  let body = ''
  asked.on('data', (chunk) => (body += String(chunk)))
  asked.once('end', () => {
    const path = asked.url ?? ''
    tally.count(`asked ${path}`)
    const form = new URLSearchParams(body)
    if (path === '/prompt') learn(form)
    answers(form)[path]?.(response, asked)
  })
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const tally = report({ issuer })
giveWay()

function learn(form: URLSearchParams): void {
  const authReqId = randomBytes(16).toString('hex')
  known.push({ token: form.get('client_notification_token') ?? '', authReqId })
}

function answers(form: URLSearchParams): Readonly<Record<string, ReturnType<typeof json>>> {
  return {
    '/.well-known/openid-configuration': json(200, {
      issuer,
      jwks_uri: `${issuer}/keys`,
      token_endpoint: `${issuer}/token`,
      backchannel_authentication_endpoint: `${issuer}/prompt`,
      backchannel_token_delivery_modes_supported: ['poll', 'ping'],
    }),
    '/keys': json(200, { keys: [key.publicJwk] }),
    '/prompt': json(200, { auth_req_id: known.at(-1)?.authReqId, expires_in: 120, interval: 5 }),
    '/token': json(400, { error: form.has('auth_req_id') ? 'authorization_pending' : 'invalid_request' }),
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 64, localAddress: from })

function ping(what: string, { token, authReqId }: Known): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const asked = request(pingUrl, { method: 'POST', agent, headers }, (answer) => {
      answer.resume()
      answer.once('error', reject)
      answer.once('end', () => {
        resolve(`${what} ${String(answer.statusCode)}`)
      })
    })
    asked.once('error', reject).end(JSON.stringify({ auth_req_id: authReqId }))
  })
}

function any(): Known {
  return known[Math.floor(Math.random() * known.length)] ?? { token: 'a~b~c~d~e~1~f', authReqId: 'none' }
}

function madeUp(): string {
  return randomBytes(24).toString('base64url')
}

again(loops, tally, () => ping('duplicate', any()))
again(loops, tally, () => ping('another id', { ...any(), authReqId: madeUp() }))
again(loops, tally, () => {
  const [kid, ...rest] = any().token.split('~')
  return ping('another proof', { ...any(), token: [kid, ...rest.slice(0, -1), madeUp()].join('~') })
})
again(loops, tally, () => {
  const [, ...rest] = any().token.split('~')
  return ping('another key', { ...any(), token: [madeUp(), ...rest].join('~') })
})
again(loops, tally, () => ping('no token', { token: madeUp(), authReqId: 'x'.repeat(1000) }))
