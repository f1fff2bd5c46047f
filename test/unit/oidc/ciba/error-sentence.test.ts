import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sentenceIn } from '../../../../src/oidc/ciba/error-sentence.ts'

const nested = { error: { error: { error: { error: { message: 'too deep' } } } } }

for (const [name, body, want] of [
  ['OAuth', { error: 'invalid_request', error_description: 'no login_hint' }, 'no login_hint'],
  [
    'Okta',
    { errorCode: 'E01', errorSummary: 'Api validation failed', errorId: 'oae' },
    'E01: Api validation failed',
  ],
  [
    'a problem',
    { type: 'about:blank', title: 'Forbidden', status: 403, detail: 'No CIBA' },
    'Forbidden: No CIBA',
  ],
  ['a problem without detail', { title: 'Forbidden', status: 403 }, 'Forbidden'],
  ['a gateway', { message: 'no Route matched' }, 'no Route matched'],
  ['AWS', { Message: 'Missing Authentication Token' }, 'Missing Authentication Token'],
  ['Google', { error: { code: 400, message: 'bad hint', status: 'INVALID' } }, 'bad hint'],
  ['a nested error with a code', { error: { code: 'bad_hint', message: 'who?' } }, 'bad_hint: who?'],
  ['a list of errors', { errors: [{ code: 'E7', detail: 'no hint' }, { detail: 'second' }] }, 'E7: no hint'],
  ['a list of texts', { errors: ['no hint', 'second'] }, 'no hint'],
  ['a list alone', [{ message: 'no hint' }], 'no hint'],
  ['Apigee', { fault: { faultstring: 'Invalid key', detail: { errorcode: 'oauth.v2' } } }, 'Invalid key'],
  ['Keycloak’s admin console', { errorMessage: 'User exists' }, 'User exists'],
  ['Spring', { status: 503, error: 'Service Unavailable', message: '', path: '/' }, 'Service Unavailable'],
  ['a code and the same text', { code: 'denied', message: 'denied' }, 'denied'],
  ['a JSON text', 'sorry', 'sorry'],
  ['an empty object', {}, undefined],
  ['members of other types', { message: 7, detail: null, error: true, errors: [] }, undefined],
  ['blank members', { error_description: ' ', message: '\n' }, undefined],
  ['a number', 7, undefined],
  ['what lies too deep', nested, undefined],
  ['what every object inherits', { constructor: 1 }, undefined],
] as const)
  test(`the sentence of ${name}`, () => {
    assert.equal(sentenceIn(JSON.stringify(body)), want)
  })

for (const [name, body, want] of [
  ['plain text', ' upstream connect error\n', 'upstream connect error'],
  ['nothing', ' \n', undefined],
  [
    'a page',
    '<!DOCTYPE html><html><head><TITLE lang="en">\n 502 Bad&nbsp;Gateway </TITLE>',
    '502 Bad Gateway',
  ],
  ['a page without a title', '<html><body><h1>It works</h1></body></html>', undefined],
  ['a page with an empty title', '<html><title></title>', undefined],
  ['a page that begins with text', 'Error <script>alert(1)</script>', undefined],
  ['XML', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', undefined],
  ['half a JSON object', '{"access_token":"secret', undefined],
  ['half a JSON list', '[{"message":', undefined],
  ['half a JSON text', '"mess', undefined],
  ['binary', 'PK\u0003\u0004 and more', undefined],
  ['text of another encoding', 'gest\ufffdrt', undefined],
  ['text with a comparison', 'size 7 < 9', 'size 7 < 9'],
] as const)
  test(`the sentence of ${name}`, () => {
    assert.equal(sentenceIn(body), want)
  })
