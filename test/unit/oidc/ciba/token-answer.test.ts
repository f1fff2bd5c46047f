import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAnswer } from '../../../../src/oidc/ciba/answer.ts'
import { readTokenAnswer } from '../../../../src/oidc/ciba/token-answer.ts'

const now = new Date('2026-11-23T09:22:31Z')

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
}

const unreachable = { kind: 'Unreachable' }

for (const [name, response, want] of [
  [
    'pending is an error by name',
    answer(400, { error: 'authorization_pending' }),
    { kind: 'Error', error: 'authorization_pending' },
  ],
  [
    'slow_down carries the interval of its body',
    answer(400, { error: 'slow_down', interval: 15 }),
    { kind: 'Error', error: 'slow_down', retryAfterSeconds: 15 },
  ],
  [
    'slow_down takes Retry-After if that is longer',
    answer(400, { error: 'slow_down', interval: '15' }, { 'retry-after': '20' }),
    { kind: 'Error', error: 'slow_down', retryAfterSeconds: 20 },
  ],
  [
    'an interval counts only for slow_down',
    answer(400, { error: 'authorization_pending', interval: 15 }),
    { kind: 'Error', error: 'authorization_pending' },
  ],
  [
    'a refusal keeps its description',
    answer(400, { error: 'access_denied', error_description: 'no' }),
    { kind: 'Error', error: 'access_denied', description: 'no' },
  ],
  [
    'slow_down in a 429 stays slow_down',
    answer(429, { error: 'slow_down' }),
    { kind: 'Error', error: 'slow_down' },
  ],
] as const)
  test(name, async () => {
    assert.deepEqual(readTokenAnswer(await readAnswer(response), now), want)
  })

for (const [name, response, retryAfterSeconds] of [
  ['a 429 with an error of its own', answer(429, { error: 'too_many_requests' }, { 'retry-after': '9' }), 9],
  ['a bare 503 with Retry-After', answer(503, '', { 'retry-after': '9' }), 9],
  ['a bare 500', answer(500, '<html>'), undefined],
  ['a 500 with a code of a framework', answer(500, { error: 'internal_error' }), undefined],
  ['a 502 with a code of a proxy', answer(502, { error: 'bad_gateway' }), undefined],
  ['a bare 401', answer(401, ''), undefined],
  ['a redirect', answer(302, '', { location: '/' }), undefined],
  ['a 200 without an access token', answer(200, { id_token: 'x' }), undefined],
  ['a 200 that is not JSON', answer(200, 'ok'), undefined],
] as const)
  test(`nothing is decided by ${name}`, async () => {
    const { kind, ...rest } = readTokenAnswer(await readAnswer(response), now)
    assert.deepEqual(
      { kind, wait: 'retryAfterSeconds' in rest ? rest.retryAfterSeconds : undefined },
      { ...unreachable, wait: retryAfterSeconds },
    )
  })

for (const [name, response, want] of [
  [
    'an Okta error',
    answer(401, { errorCode: 'E0000011', errorSummary: 'Invalid token provided' }),
    '401 ("E0000011: Invalid token provided")',
  ],
  [
    'a problem',
    answer(400, { title: 'Bad', detail: 'No grant' }, { 'content-type': 'application/problem+json' }),
    '400 ("Bad: No grant")',
  ],
  ['a page', answer(503, '<html><title>Maintenance</title>'), '503 ("Maintenance")'],
  ['a status by name', answer(401, { error: 'Unauthorized' }), '401 ("Unauthorized")'],
  ['nothing', answer(502, ''), '502'],
] as const)
  test(`${name} decides nothing, and is quoted`, async () => {
    assert.deepEqual(readTokenAnswer(await readAnswer(response), now), {
      kind: 'Unreachable',
      detail: `the token endpoint: it answered HTTP ${want}`,
    })
  })

test('a token response is never quoted', async () => {
  const { sentence } = await readAnswer(answer(200, { access_token: 'at', message: 'here you are' }))
  assert.equal(sentence, undefined)
})

for (const [name, value] of [
  ['null', null],
  ['empty', ''],
  ['a list', ['at']],
  ['a number', 7],
] as const)
  test(`an access token that is ${name} is malformed, not absent`, async () => {
    const outcome = readTokenAnswer(await readAnswer(answer(200, { access_token: value, scope: 5 })), now)
    assert.ok(outcome.kind === 'Granted')
    assert.equal(outcome.response.malformed?.member, 'access_token')
  })

test('a grant comes as it is, without the refresh token', async () => {
  const body = {
    access_token: 'at',
    token_type: 'bearer',
    id_token: 'it',
    expires_in: '300',
    scope: 'openid',
    refresh_token: 'rt',
  }
  assert.deepEqual(readTokenAnswer(await readAnswer(answer(200, body)), now), {
    kind: 'Granted',
    response: {
      accessToken: 'at',
      tokenType: 'bearer',
      idToken: 'it',
      expiresInSeconds: 300,
      scope: 'openid',
    },
  })
})

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
    const body = { access_token: 'at', authorization_details: value }
    const outcome = readTokenAnswer(await readAnswer(answer(200, body)), now)
    assert.ok(outcome.kind === 'Granted')
    assert.deepEqual(outcome.response.authorizationDetails, want)
  })

const configure = 'Configure the provider to send expires_in as a positive number of seconds'

for (const [member, value, message] of [
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
  test(`a ${member} of ${JSON.stringify(value)} is malformed, not absent`, async () => {
    const outcome = readTokenAnswer(
      await readAnswer(answer(200, { access_token: 'at', [member]: value })),
      now,
    )
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
    const outcome = readTokenAnswer(
      await readAnswer(answer(200, { access_token: 'at', [member]: value })),
      now,
    )
    assert.ok(outcome.kind === 'Granted')
    assert.equal(outcome.response.malformed, undefined)
    assert.equal(outcome.response[field], want)
  })

test('authorization_details may be nested without end', async () => {
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const body = `{"access_token":"at","authorization_details":[{"type":"x","actions":${nested}}]}`
  const outcome = readTokenAnswer(await readAnswer(answer(200, body)), now)
  assert.ok(outcome.kind === 'Granted' && Array.isArray(outcome.response.authorizationDetails))
})

test('a grant of little is a grant', async () => {
  assert.deepEqual(readTokenAnswer(await readAnswer(answer(200, { access_token: 'at' })), now), {
    kind: 'Granted',
    response: {
      accessToken: 'at',
      tokenType: 'Bearer',
      idToken: undefined,
      expiresInSeconds: undefined,
      scope: undefined,
    },
  })
})
