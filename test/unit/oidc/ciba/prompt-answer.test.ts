import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAnswer } from '../../../../src/oidc/ciba/answer.ts'
import { readPromptAnswer } from '../../../../src/oidc/ciba/prompt-answer.ts'

const now = new Date('2026-11-23T09:22:31Z')

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
}

const prompted = { kind: 'Prompted', authReqId: 'id', expiresInSeconds: 120, intervalSeconds: 5 }

for (const [name, body, want] of [
  [
    'takes what the provider says',
    { auth_req_id: 'id', expires_in: 120, interval: 7 },
    { ...prompted, intervalSeconds: 7 },
  ],
  ['asks every 5 s without an interval', { auth_req_id: 'id', expires_in: 120 }, prompted],
  ['asks every 5 s for interval 0', { auth_req_id: 'id', expires_in: 120, interval: 0 }, prompted],
  ['reads interval "5"', { auth_req_id: 'id', expires_in: 120, interval: '5' }, prompted],
  [
    'reads interval "30"',
    { auth_req_id: 'id', expires_in: 120, interval: '30' },
    { ...prompted, intervalSeconds: 30 },
  ],
  ['takes an odd interval for none', { auth_req_id: 'id', expires_in: 120, interval: 'soon' }, prompted],
  ['takes a negative interval for none', { auth_req_id: 'id', expires_in: 120, interval: -1 }, prompted],
  [
    'rounds an interval up',
    { auth_req_id: 'id', expires_in: 120, interval: 1.2 },
    { ...prompted, intervalSeconds: 2 },
  ],
  ['reads expires_in "120"', { auth_req_id: 'id', expires_in: '120' }, prompted],
] as const)
  test(name, async () => {
    assert.deepEqual(readPromptAnswer(await readAnswer(answer(200, body)), now), want)
  })

for (const [name, response, want] of [
  [
    'an OAuth error means nobody was prompted',
    answer(400, { error: 'unknown_user_id', error_description: 'who?' }),
    { error: 'unknown_user_id', description: 'who?' },
  ],
  [
    'a description is cleaned and bounded',
    answer(400, { error: 'invalid_request', error_description: `a\n\u202eb ${'x'.repeat(300)}` }),
    { error: 'invalid_request', description: `a b ${'x'.repeat(196)}` },
  ],
  [
    'an error is one with HTTP 200 as well',
    answer(200, { error: 'unknown_user_id', error_description: 'who?' }),
    { error: 'unknown_user_id', description: 'who?' },
  ],
  [
    'a server_error in a 500 means nobody was prompted',
    answer(500, { error: 'server_error' }),
    { error: 'server_error' },
  ],
  [
    'the error behind a challenge is read',
    answer(401, { error: 'invalid_client' }, { 'www-authenticate': 'Basic realm="x"' }),
    { error: 'invalid_client' },
  ],
  [
    'a bare 401 is invalid_client',
    answer(401, '', { 'www-authenticate': 'Basic realm="x"' }),
    { error: 'invalid_client', httpStatus: 401 },
  ],
  [
    'a 429 with an error of its own is passing',
    answer(429, { error: 'too_many_requests', error_description: 'later' }),
    { error: 'temporarily_unavailable', description: 'later' },
  ],
  [
    'a bare 429 is passing',
    answer(429, 'slow', { 'retry-after': '17' }),
    {
      ...{ error: 'temporarily_unavailable', httpStatus: 429, description: 'slow' },
      retryAfterSeconds: 17,
    },
  ],
  ...[301, 302, 307, 308].map(
    (status) =>
      [
        `a ${status} prompts nobody`,
        answer(status, '', { location: 'https://elsewhere.example' }),
        { error: `http_${status}`, httpStatus: status },
      ] as const,
  ),
  [
    'a 503 with a date says when to come back',
    answer(503, { error: 'busy' }, { 'retry-after': 'Mon, 23 Nov 2026 09:23:31 GMT' }),
    { error: 'temporarily_unavailable', retryAfterSeconds: 60 },
  ],
  ['a 503 keeps server_error', answer(503, { error: 'server_error' }), { error: 'server_error' }],
  [
    'a Retry-After beyond an hour is an hour',
    answer(503, { error: 'busy' }, { 'retry-after': '99999999' }),
    { error: 'temporarily_unavailable', retryAfterSeconds: 3600 },
  ],
  [
    'a Retry-After in the past is none',
    answer(503, { error: 'busy' }, { 'retry-after': 'Mon, 23 Nov 2026 09:22:30 GMT' }),
    { error: 'temporarily_unavailable' },
  ],
  ['an error code may hold spaces', answer(400, { error: 'oh no, it broke' }), { error: 'oh no, it broke' }],
  [
    'spaces around a code are none of it',
    answer(400, { error: ' invalid_scope ' }),
    { error: 'invalid_scope' },
  ],
  ['a long code is cut', answer(400, { error: 'x'.repeat(300) }), { error: 'x'.repeat(64) }],
  ['a bare 404 is a refusal', answer(404, ''), { error: 'http_404', httpStatus: 404 }],
  [
    'a 400 of another shape is quoted',
    answer(400, { errorCode: 'E0000001', errorSummary: 'Api validation failed: login' }),
    { error: 'http_400', httpStatus: 400, description: 'E0000001: Api validation failed: login' },
  ],
  [
    'a 401 of another shape is invalid_client, and quoted',
    answer(401, { message: 'No API key found in request' }),
    { error: 'invalid_client', httpStatus: 401, description: 'No API key found in request' },
  ],
  [
    'a 401 that repeats its status is invalid_client too',
    answer(401, { status: 401, error: 'Unauthorized', message: 'Full authentication is required' }),
    {
      error: 'invalid_client',
      httpStatus: 401,
      description: 'Full authentication is required',
    },
  ],
  [
    'an OAuth error is explained in any words',
    answer(400, { error: 'invalid_scope', message: 'unknown: rollouts:promote' }),
    { error: 'invalid_scope', description: 'unknown: rollouts:promote' },
  ],
  [
    'the error_description comes before other words',
    answer(400, { error: 'invalid_scope', error_description: 'no such scope', message: 'Bad Request' }),
    { error: 'invalid_scope', description: 'no such scope' },
  ],
] as const)
  test(name, async () => {
    const outcome = readPromptAnswer(await readAnswer(response), now)
    assert.deepEqual(outcome, { kind: 'NotPrompted', ...want })
  })

for (const [name, response] of [
  ['a bare 500', answer(500, '<html>')],
  ['a bare 502', answer(502, '')],
  ['a bare 408', answer(408, '')],
  ['a 303', answer(303, '', { location: 'https://elsewhere.example' })],
  ['a 200 with half a body', answer(200, '{"auth_req_id":"id"')],
  ['a 200 with an array', answer(200, ['id'])],
  ['a bare 503', answer(503, '<html>')],
  ['a 503 that is named', answer(503, { error: 'Service Unavailable', status: 503 })],
  ['a 500 with a sentence', answer(500, { error: 'oh no, it broke' })],
  ['a 503 of a gateway', answer(503, { message: 'no healthy upstream' })],
  ['a 500 with an error that is no code', answer(500, { error: 'a "quoted" one' })],
  ['a 500 with a blank error', answer(500, { error: ' ' })],
  ['a 500 with an error outside of ASCII', answer(500, { error: 'gestört' })],
  ['a 500 with a code of a framework', answer(500, { error: 'internal_error' })],
  ['a 502 with a code of a proxy', answer(502, { error: 'bad_gateway' })],
  ['a 504 with a code of a gateway', answer(504, { error: 'upstream_timeout' })],
  ['a 500 with an error that is an object', answer(500, { error: { code: 500 } })],
] as const)
  test(`somebody may have been prompted after ${name}`, async () => {
    assert.equal(readPromptAnswer(await readAnswer(response), now).kind, 'Unknown')
  })

for (const [name, response, want] of [
  [
    'a gateway',
    answer(503, { message: 'no healthy upstream' }),
    '503 without an OAuth error ("no healthy upstream")',
  ],
  [
    'a page',
    answer(502, '<html><title>502 Bad Gateway</title>'),
    '502 without an OAuth error ("502 Bad Gateway")',
  ],
  ['a page without a title', answer(502, '<html><h1>Oops</h1>'), '502 without an OAuth error'],
  ['a 500 outside of ASCII', answer(500, { error: 'gestört' }), '500 without an OAuth error ("gestört")'],
] as const)
  test(`what ${name} says is quoted where nobody knows who was prompted`, async () => {
    assert.deepEqual(readPromptAnswer(await readAnswer(response), now), {
      kind: 'Unknown',
      detail: `the backchannel authentication endpoint answered HTTP ${want}`,
    })
  })

test('a proxy that says when to come back is not asked earlier', async () => {
  const outcome = readPromptAnswer(await readAnswer(answer(503, '', { 'retry-after': '17' })), now)
  assert.deepEqual(
    [outcome.kind, 'retryAfterSeconds' in outcome && outcome.retryAfterSeconds],
    ['Unknown', 17],
  )
})

for (const [name, body, want] of [
  ['no auth_req_id', { expires_in: 120 }, 'without auth_req_id'],
  ['auth_req_id null', { auth_req_id: null, expires_in: 120 }, 'without auth_req_id'],
  ['an empty auth_req_id', { auth_req_id: '', expires_in: 120 }, 'with an auth_req_id that is not a string'],
  [
    'a number as auth_req_id',
    { auth_req_id: 7, expires_in: 120 },
    'with an auth_req_id that is not a string',
  ],
  [
    'an endless auth_req_id',
    { auth_req_id: 'x'.repeat(8193), expires_in: 120 },
    'with an auth_req_id that is not at most 8192 characters long',
  ],
  ['no expires_in', { auth_req_id: 'id' }, 'without expires_in'],
  ...[0, -1, 0.5, 'soon', '', [120], true, '1e999'].map(
    (expires_in) =>
      [
        `expires_in ${JSON.stringify(expires_in)}`,
        { auth_req_id: 'id', expires_in },
        'with an expires_in that is not a positive number of seconds',
      ] as const,
  ),
] as const)
  test(`a success with ${name} is malformed`, async () => {
    const outcome = readPromptAnswer(await readAnswer(answer(200, body)), now)
    assert.deepEqual(outcome, { kind: 'Malformed', detail: want })
  })
