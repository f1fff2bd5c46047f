import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAnswer } from '../../../../src/oidc/ciba/answer.ts'
import { readTokenAnswer } from '../../../../src/oidc/ciba/token-answer.ts'

const now = new Date('2026-11-23T09:22:31Z')

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
}

const unreachable = { kind: 'Unreachable' }
/** What RFC 6749 §5.1 requires. */
const token = { access_token: 'at', token_type: 'Bearer' }

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
  ['a 200 that is not JSON', answer(200, 'ok'), undefined],
  ['a 400 of a page', answer(400, '<html>'), undefined],
  ['a 400 of text', answer(400, 'no'), undefined],
  ['a 404 of a gateway', answer(404, { message: 'no Route matched' }), undefined],
  ['a 403 of a gateway', answer(403, { message: 'blocked' }), undefined],
  ['a 408', answer(408, { message: 'late' }), undefined],
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
    answer(403, { title: 'Bad', detail: 'No grant' }, { 'content-type': 'application/problem+json' }),
    '403 ("Bad: No grant")',
  ],
  ['a page', answer(503, '<html><title>Maintenance</title>'), '503 ("Maintenance")'],
  ['a status by name', answer(401, { error: 'Unauthorized' }), '401 ("Unauthorized")'],
  ['nothing', answer(502, ''), '502'],
  [
    'a page in the place of a token',
    answer(200, '<html><title>Be right back</title>'),
    '200 with a page instead of JSON ("Be right back")',
  ],
  ['half of a token response', answer(200, '{"access_token":"at","tok'), '200 with JSON that is incomplete'],
  ['a 200 without a body', answer(200, ''), '200 with an empty body'],
  ['a 204', new Response(null, { status: 204 }), '204 with an empty body'],
  ['a 200 of text', answer(200, 'ok'), '200 with text instead of JSON'],
] as const)
  test(`${name} decides nothing, and is quoted`, async () => {
    assert.deepEqual(readTokenAnswer(await readAnswer(response), now), {
      kind: 'Unreachable',
      detail: `the token endpoint answered HTTP ${want}`,
    })
  })

for (const [name, response, detail] of [
  ['an empty object', answer(200, {}), 'HTTP 200 without access_token'],
  [
    'an ID token alone',
    answer(200, { id_token: 'x', token_type: 'Bearer' }),
    'HTTP 200 without access_token',
  ],
  [
    'a refresh token and an error',
    answer(200, { refresh_token: 'x', error: 'x' }),
    'HTTP 200 without access_token',
  ],
  ['an empty error', answer(200, { error: '' }), 'HTTP 200 without access_token'],
  ['an error that is no text', answer(200, { error: { code: 1 } }), 'HTTP 200 without access_token'],
  ['a list', answer(200, ['at']), 'HTTP 200 with JSON that is no object'],
  ['null', answer(200, 'null'), 'HTTP 200 with JSON that is no object'],
  ['a JSON text', answer(200, '"at"'), 'HTTP 200 with JSON that is no object'],
  ['a form', answer(200, 'access_token=at&token_type=bearer'), 'HTTP 200 with a form instead of JSON'],
  ['another success', answer(201, {}), 'HTTP 201 without access_token'],
] as const)
  test(`an answer that was given out as ${name} can be read by nobody`, async () => {
    const outcome = readTokenAnswer(await readAnswer(response), now)
    assert.deepEqual(outcome, { kind: 'Malformed', detail })
  })

for (const [name, response, want] of [
  [
    'its own words',
    answer(400, { errorCode: 'E1', errorSummary: 'The session is over' }),
    'http_400 E1: The session is over',
  ],
  ['an empty error', answer(400, { error: '' }), 'http_400 '],
  ['an error object', answer(400, { error: { code: 'gone', message: 'no more' } }), 'http_400 gone: no more'],
  ['a number for an error', answer(400, { error: 7 }), 'http_400 '],
  ['410', answer(410, { detail: 'used' }), 'http_410 used'],
  ['422', answer(422, { message: 'no such grant' }), 'http_422 no such grant'],
] as const)
  test(`the provider itself refuses by ${name}, and would again`, async () => {
    const outcome = readTokenAnswer(await readAnswer(response), now)
    assert.ok(outcome.kind === 'Error')
    assert.equal(`${outcome.error} ${outcome.description ?? ''}`, want)
  })

for (const error of ['authorization_pending', 'slow_down', 'access_denied', 'expired_token', 'a_new_one'])
  test(`${error} is an error with HTTP 200 as well`, async () => {
    const response = answer(200, { error, error_description: 'so it is' })
    assert.deepEqual(readTokenAnswer(await readAnswer(response), now), {
      ...{ kind: 'Error', error, description: 'so it is' },
    })
  })

test('a token that comes with HTTP 201 is one', async () => {
  assert.equal(readTokenAnswer(await readAnswer(answer(201, token)), now).kind, 'Granted')
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

test('a grant of little is a grant', async () => {
  assert.deepEqual(readTokenAnswer(await readAnswer(answer(200, token)), now), {
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
