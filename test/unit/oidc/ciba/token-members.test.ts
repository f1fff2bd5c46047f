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
  ['token_type', undefined, 'lacks it, which RFC 6749 §5.1 requires'],
  ['token_type', 7, 'has no text for it'],
  ['token_type', null, 'has no text for it'],
  ['token_type', '', 'has no text for it'],
  ['token_type', ['Bearer'], 'has no text for it'],
  ['token_type', 'DPoP', 'has "DPoP" and not "Bearer": nobody could use the token'],
  // Swapped with access_token, perhaps.
  ['token_type', 's3cr3t-opaque', 'has another text and not "Bearer": nobody could use the token'],
  ['token_type', 'abcdefghijklmnop', 'has another text and not "Bearer": nobody could use the token'],
  ['id_token', 7, 'has no text for it'],
  ['id_token', null, 'has no text for it'],
  ['id_token', '', 'has no text for it'],
  ['id_token', { a: 1 }, 'has no text for it'],
  ['expires_in', 'soon', `has "soon", which is no number of seconds. ${configure}`],
  ['expires_in', '', `has "", which is no number of seconds. ${configure}`],
  ['expires_in', -1, `has -1, which is negative. ${configure}`],
  ['expires_in', -0.5, `has -0.5, which is negative. ${configure}`],
  ['expires_in', '-300', `has "-300", which is no number of seconds. ${configure}`],
  ['expires_in', null, `has null, which is no number of seconds. ${configure}`],
  ['expires_in', true, `has true, which is no number of seconds. ${configure}`],
  ['expires_in', [300], `has no text, which is no number of seconds. ${configure}`],
  ['scope', null, 'has null, which is no list of scopes'],
  ['scope', 7, 'has 7, which is no list of scopes'],
  ['scope', { openid: true }, 'has no text, which is no list of scopes'],
  ['scope', ['openid', 7], 'has no text, which is no list of scopes'],
  ['scope', [['openid']], 'has no text, which is no list of scopes'],
  ['scope', 'openid\nadmin', 'has "openid\\u{a}admin", which is no list of scopes'],
  ['scope', 'openid\u00a0admin', 'has "openid\\u{a0}admin", which is no list of scopes'],
] as const)
  test(`a ${member} of ${value === undefined ? 'nothing' : JSON.stringify(value)} is malformed`, async () => {
    const outcome = readTokenAnswer(await readAnswer(answer(200, { ...token, [member]: value })), now)
    assert.ok(outcome.kind === 'Granted')
    const { malformed } = outcome.response
    assert.deepEqual(malformed, { member, message: `the token response ${message}` })
  })

const tokens = {
  ...{ access_token: 'an-opaque-access-token', refresh_token: 'an-opaque-refresh-token' },
  ...{ id_token: 'an.opaque.id.token', token_type: 'Bearer' },
}

for (const member of ['token_type', 'expires_in', 'scope'] as const)
  for (const [name, value] of [
    ['the access token', tokens.access_token],
    ['the refresh token among others', `openid ${tokens.refresh_token}`],
    ['the ID token in a list', ['openid', tokens.id_token]],
  ] as const)
    test(`a ${member} of ${name} is malformed, and not quoted`, async () => {
      const outcome = readTokenAnswer(await readAnswer(answer(200, { ...tokens, [member]: value })), now)
      assert.ok(outcome.kind === 'Granted')
      assert.deepEqual(outcome.response.malformed, {
        member,
        message: 'the token response has a token in its place, which is not quoted',
      })
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
