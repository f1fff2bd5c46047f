import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPing } from '../../../src/ping/app.ts'
import type { PingAnswer } from '../../../src/ping/app.ts'
import type { Ping, PingOutcome } from '../../../src/ping/receive.ts'
import { silentLog } from '../../support/fakes/silent-log.ts'

type Lab = {
  readonly pings: readonly Ping[]
  readonly answers: readonly PingAnswer[]
  send(change?: RequestInit, path?: string): Promise<Response>
  readonly onTooLarge: () => Response
}

const headers = { authorization: 'Bearer a-token~1', 'content-type': 'application/json' }
const body = JSON.stringify({ auth_req_id: 'an-id', urn: 'to be ignored' })

function aLab(taken: () => PingOutcome = () => 'Recorded'): Lab {
  const [pings, answers]: [Ping[], PingAnswer[]] = [[], []]
  const { fetch, onTooLarge } = createPing({
    receive: (ping) => {
      pings.push(ping)
      return Promise.resolve().then(taken)
    },
    onAnswer: (answer) => answers.push(answer),
    log: silentLog,
  })
  return {
    ...{ pings, answers, onTooLarge },
    send: (change, path = '/v1/ping') =>
      fetch(new Request(`http://localhost${path}`, { method: 'POST', headers, body, ...change })),
  }
}

for (const taken of ['Recorded', 'Recovered', 'Known', 'Unwritten'] as const)
  test(`a ping that is ${taken} is answered with 204 and nothing else`, async () => {
    const lab = aLab(() => taken)
    const response = await lab.send()
    assert.deepEqual([response.status, await response.text()], [204, ''])
    assert.deepEqual(lab.pings, [{ token: 'a-token~1', authReqId: 'an-id' }])
    assert.deepEqual(lab.answers, [taken])
  })

test('a foreign ping is told nothing but that', async () => {
  const lab = aLab(() => 'Foreign')
  const response = await lab.send()
  assert.equal(response.status, 401)
  assert.equal(response.headers.get('www-authenticate'), 'Bearer error="invalid_token"')
  assert.deepEqual(lab.answers, ['Unauthorized'])
})

test('a ping that cannot be taken is to be sent again', async () => {
  const response = await aLab(() => {
    throw new Error('the API server is away')
  }).send()
  assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '1'])
  assert.ok(!(await response.text()).includes('away'))
})

const { authorization } = headers

for (const [name, change, status] of [
  ['no bearer', { headers: { 'content-type': 'application/json' } }, 401],
  ['another scheme', { headers: { ...headers, authorization: 'Basic YTpi' } }, 401],
  ['a bearer that is none', { headers: { ...headers, authorization: 'Bearer a,b' } }, 401],
  [
    'a bearer that is too long',
    { headers: { ...headers, authorization: `Bearer ${'x'.repeat(8193)}` } },
    401,
  ],
  ['another type', { headers: { authorization, 'content-type': 'text/plain' } }, 415],
  ['no JSON', { body: '{' }, 400],
  ['no object', { body: 'null' }, 400],
  ['no id', { body: '{}' }, 400],
  ['an empty id', { body: '{"auth_req_id":""}' }, 400],
  ['an id that is no text', { body: '{"auth_req_id":1}' }, 400],
  ['an id that is too long', { body: JSON.stringify({ auth_req_id: 'x'.repeat(8193) }) }, 400],
  ['a body that is too large', { body: JSON.stringify({ auth_req_id: 'x'.repeat(20_000) }) }, 413],
  ['another method', { method: 'PUT' }, 405],
] as const)
  test(`${name}: ${status}, and nothing is looked at`, async () => {
    const lab = aLab()
    const response = await lab.send(change)
    assert.equal(response.status, status)
    assert.deepEqual(lab.pings, [])
    assert.equal(lab.answers.length, 1)
  })

test('a body that the server refused already is answered in the same JSON, and counted', async () => {
  const lab = aLab()
  const response = lab.onTooLarge()
  const error = { reason: 'TooLarge', message: 'the body is too large' }
  assert.deepEqual([response.status, await response.json()], [413, { error }])
  assert.deepEqual(lab.answers, ['TooLarge'])
})

test('another path is told where pings go', async () => {
  const response = await aLab().send({}, '/')
  assert.equal(response.status, 404)
  assert.match(await response.text(), /\/v1\/ping/)
})
