import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAnswer } from '../../../../src/oidc/ciba/answer.ts'
import { readTokenAnswer } from '../../../../src/oidc/ciba/token-answer.ts'

const now = new Date('2026-11-23T09:22:31Z')

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
}

/** What RFC 6749 §5.1 requires. */
const token = { access_token: 'at', token_type: 'Bearer' }

const detail = { type: 'countersign.dev/action' }

for (const [name, value, want] of [
  ['a list of objects', [detail], [detail]],
  ['nothing', undefined, undefined],
  ['null', null, 'Unreadable'],
  ['an empty list', [], undefined],
  ['an object', detail, 'Unreadable'],
  ['a text with a list', JSON.stringify([detail]), 'Unreadable'],
  ['a list with a text', [detail, 'x'], 'Unreadable'],
  ['a list with a list', [[detail]], 'Unreadable'],
  ['a list with null', [null], 'Unreadable'],
  ['16 objects', Array<object>(16).fill(detail), Array<object>(16).fill(detail)],
  ['17 objects', Array<object>(17).fill(detail), 'Unreadable'],
  ['a number', 1, 'Unreadable'],
  ['false', false, 'Unreadable'],
] as const)
  test(`authorization_details that are ${name}`, async () => {
    const body = { ...token, authorization_details: value }
    const outcome = readTokenAnswer(await readAnswer(answer(200, body)), now)
    assert.ok(outcome.kind === 'Granted')
    assert.deepEqual(outcome.response.authorizationDetails, want)
  })

const configure = 'Configure the provider to send expires_in as a positive number of seconds'

for (const [member, value, message] of [
  ['token_type', undefined, 'is absent, which RFC 6749 §5.1 requires'],
  ['token_type', 7, 'is no text'],
  ['token_type', null, 'is no text'],
  ['token_type', '', 'is no text'],
  ['token_type', ['Bearer'], 'is no text'],
  ['token_type', 'DPoP', 'is another one than Bearer, which whoever gets the token could not use'],
  ['id_token', 7, 'is no text'],
  ['id_token', null, 'is no text'],
  ['id_token', '', 'is no text'],
  ['id_token', { a: 1 }, 'is no text'],
  ['expires_in', 'soon', `is no number of seconds. ${configure}`],
  ['expires_in', '', `is no number of seconds. ${configure}`],
  ['expires_in', -1, `is negative. ${configure}`],
  ['expires_in', -0.5, `is negative. ${configure}`],
  ['expires_in', '-300', `is no number of seconds. ${configure}`],
  ['expires_in', null, `is no number of seconds. ${configure}`],
  ['expires_in', true, `is no number of seconds. ${configure}`],
  ['expires_in', [300], `is no number of seconds. ${configure}`],
  ['scope', null, 'is no list of scopes'],
  ['scope', 7, 'is no list of scopes'],
  ['scope', { openid: true }, 'is no list of scopes'],
  ['scope', ['openid', 7], 'is no list of scopes'],
  ['scope', [['openid']], 'is no list of scopes'],
  ['scope', 'openid\nadmin', 'is no list of scopes'],
  ['scope', 'openid\u00a0admin', 'is no list of scopes'],
] as const)
  test(`a ${member} of ${value === undefined ? 'nothing' : JSON.stringify(value)} is malformed`, async () => {
    const outcome = readTokenAnswer(await readAnswer(answer(200, { ...token, [member]: value })), now)
    assert.ok(outcome.kind === 'Granted')
    const { malformed } = outcome.response
    assert.deepEqual(malformed, { member, message: `the token response's ${member} ${message}` })
  })

for (const [member, value, field, want] of [
  ['scope', ['openid', 'admin'], 'scope', 'openid admin'],
  ['scope', ['openid admin'], 'scope', 'openid admin'],
  ['scope', [], 'scope', ''],
  ['scope', '', 'scope', ''],
  ['expires_in', '300', 'expiresInSeconds', 300],
  ['expires_in', 300.5, 'expiresInSeconds', 300.5],
  ['expires_in', 0, 'expiresInSeconds', 0],
  ['expires_in', '0', 'expiresInSeconds', 0],
  ['token_type', 'BEARER', 'tokenType', 'BEARER'],
] as const)
  test(`a ${member} of ${JSON.stringify(value)} is read`, async () => {
    const outcome = readTokenAnswer(await readAnswer(answer(200, { ...token, [member]: value })), now)
    assert.ok(outcome.kind === 'Granted')
    assert.equal(outcome.response.malformed, undefined)
    assert.equal(outcome.response[field], want)
  })

test('authorization_details may be nested without end', async () => {
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const body = `{"access_token":"at","token_type":"Bearer","authorization_details":[{"type":"x","actions":${nested}}]}`
  const outcome = readTokenAnswer(await readAnswer(answer(200, body)), now)
  assert.ok(outcome.kind === 'Granted' && Array.isArray(outcome.response.authorizationDetails))
})
