import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseChannelRequest } from '../../../../src/inbox/channel/body.ts'

const body = {
  login_hint: 'alice',
  approval_request: 'demo/foo-v2/80000000-0000-4000-8000-000000000001',
  approval_digest: `sha256:${'0'.repeat(64)}`,
  scope: 'openid',
  is_consent_required: false,
}

test('a prompt names its object, digest and person', () => {
  assert.deepEqual(parseChannelRequest(body), {
    kind: 'Parsed',
    request: {
      ref: {
        namespace: 'demo',
        name: 'foo-v2',
        uid: '80000000-0000-4000-8000-000000000001',
        prompt: 'approver-1',
      },
      digest: body.approval_digest,
      loginHint: 'alice',
    },
  })
})

test('another approver’s prompt names itself', () => {
  const parsed = parseChannelRequest({ ...body, approval_request: `${body.approval_request}#approver-2` })
  assert.ok(parsed.kind === 'Parsed')
  assert.equal(parsed.request.ref.prompt, 'approver-2')
})

test('a prompt may carry authorization_details', () => {
  const parsed = parseChannelRequest({ ...body, authorization_details: [{ type: 'countersign.dev/action' }] })
  assert.ok(parsed.kind === 'Parsed')
  assert.deepEqual(parsed.request.authorizationDetails, [{ type: 'countersign.dev/action' }])
})

for (const [name, given, field] of [
  ['no JSON object', 'text', 'the body'],
  ['no body at all', undefined, 'the body'],
  ['no hint', { ...body, login_hint: undefined }, 'login_hint'],
  ['a hint that is too long', { ...body, login_hint: 'a'.repeat(254) }, 'login_hint'],
  ['another client of the provider', { login_hint: 'alice' }, 'approval_request'],
  ['a name that leaves its path', { ...body, approval_request: 'demo/../uid' }, 'approval_request'],
  ['a name too many', { ...body, approval_request: 'demo/foo/bar/uid' }, 'approval_request'],
  ['an empty prompt', { ...body, approval_request: `${body.approval_request}#` }, 'approval_request'],
  ['a prompt of two', { ...body, approval_request: `${body.approval_request}#a#b` }, 'approval_request'],
  ['a prompt with a dot', { ...body, approval_request: `${body.approval_request}#a.b` }, 'approval_request'],
  [
    'a prompt that is too long',
    { ...body, approval_request: `${body.approval_request}#${'a'.repeat(64)}` },
    'approval_request',
  ],
  ['authorization_details as a text', { ...body, authorization_details: '[]' }, 'authorization_details'],
  ['authorization_details of texts', { ...body, authorization_details: ['a'] }, 'authorization_details'],
  ['authorization_details of nothing', { ...body, authorization_details: [null] }, 'authorization_details'],
  ['no digest', { ...body, approval_digest: 'abc' }, 'approval_digest'],
] as const) {
  test(`${name} is malformed`, () => {
    assert.deepEqual(parseChannelRequest(given), { kind: 'Malformed', field })
  })
}
