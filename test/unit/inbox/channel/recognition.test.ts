import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { authorizationDetailOf } from '../../../../src/core/action/authorization-details.ts'
import { digestOf } from '../../../../src/api/digest.ts'
import type { ChannelRequest } from '../../../../src/inbox/channel/body.ts'
import { firstPromptId } from '../../../../src/core/prompt/prompt.ts'
import { refOf } from '../../../../src/core/prompt/reference.ts'
import { mismatchOf } from '../../../../src/inbox/channel/recognition.ts'
import { anApprovalRequest, theTerms } from '../../../support/builders/builders.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'

const request = anApprovalRequest().intended()
const brought: ChannelRequest = {
  ref: refOf(request, firstPromptId),
  digest: digestOf(request),
  loginHint: 'alice',
}
const client = 'agent-release-bot'
/** Alice was asked by the first prompt, bob by the second. */
const ofTwo = request.having({
  effective: theTerms({
    approvers: ['alice', 'bob'].map((hint) => ({
      name: `${hint}@company.com`,
      hint,
      claim: 'sub',
      expected: hint,
    })),
  }),
  prompts: ['alice', 'bob'].map((hint, at) => ({
    ...{ id: `approver-${at + 1}`, attempt: 1, approver: `${hint}@company.com` },
  })),
})

test('what the operator asked is recognised', () => {
  assert.equal(mismatchOf(request, brought, client), undefined)
})

test('what the operator asked to be granted is recognised', () => {
  const authorizationDetails = [authorizationDetailOf(request)]
  assert.equal(mismatchOf(request, { ...brought, authorizationDetails }, client), undefined)
})

test('each approver’s prompt is recognised', () => {
  assert.equal(mismatchOf(ofTwo, brought, client), undefined)
  const second = { ...brought, ref: refOf(ofTwo, 'approver-2'), loginHint: 'bob' }
  assert.equal(mismatchOf(ofTwo, second, client), undefined)
})

for (const [name, live, changes, by, want] of [
  ['of nothing', undefined, {}, client, /no such ApprovalRequest/],
  ['of another object of that name', request.named('foo-v2', 'another'), {}, client, /no such/],
  ['of a finished question', request.finished('Approved'), {}, client, /closed: Approved/],
  ['of a request that is being deleted', request.deletedAt(at(0)), {}, client, /being deleted/],
  ['with another digest', request, { digest: 'sha256:0' }, client, /approval_digest/],
  ['by another client', request, {}, 'another-agent', /another client/],
  ['of a question that nobody asked yet', anApprovalRequest(), {}, client, /another client/],
  [
    'about another action',
    request,
    { authorizationDetails: [{ ...authorizationDetailOf(request), actions: ['drain-node'] }] },
    client,
    /^authorization_details: /,
  ],
  ['about nothing', request, { authorizationDetails: [] }, client, /^authorization_details: /],
  ['to somebody else', request, { loginHint: 'bob' }, client, /login_hint/],
  [
    'that was not sent',
    request,
    { ref: refOf(request, 'approver-2') },
    client,
    /names a prompt that the operator did not send/,
  ],
  ['to another approver of the request', ofTwo, { loginHint: 'bob' }, client, /login_hint/],
  ['to the other approver', ofTwo, { ref: refOf(ofTwo, 'approver-2') }, client, /login_hint/],
] satisfies [string, ApprovalRequest | undefined, Partial<ChannelRequest>, string, RegExp][]) {
  test(`a prompt ${name} is refused`, () => {
    assert.match(mismatchOf(live, { ...brought, ...changes }, by)?.reason ?? '', want)
  })
}

test('another client learns nothing of a request, whatever its state', () => {
  const none = mismatchOf(undefined, brought, 'another-agent')?.told
  for (const live of [
    request,
    request.finished('Approved'),
    request.deletedAt(at(0)),
    request.named('foo-v2', 'another'),
    anApprovalRequest(),
  ]) {
    assert.equal(mismatchOf(live, brought, 'another-agent')?.told, none)
    assert.equal(mismatchOf(live, { ...brought, digest: 'sha256:0' }, 'another-agent')?.told, none)
  }
})
