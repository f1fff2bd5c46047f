import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Secret } from '../../../../src/api/objects.ts'
import {
  belongsTo,
  bindingOf,
  isLeftover,
  matches,
  sealOf,
  tokenSealOf,
  tokenSecretOf,
} from '../../../../src/core/answer/token-secret.ts'
import { onlyPromptOf } from '../../../../src/core/prompt/prompt.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'

const request = anApprovalRequest().wantingToken().pending()
const uid = request.metadata.uid
const response = {
  accessToken: 'eyJ.access.töken',
  tokenType: 'Bearer',
  idToken: 'an ID token',
  expiresInSeconds: 300,
  scope: 'openid',
}
const decision = { approvers: [], decidedAt: at(20), seal: 'sealed' }
const seal = tokenSealOf(request, response, { decision, validUntil: at(620) })
const secret = tokenSecretOf(request, {}, { response, seal: 'the seal', expiresAt: at(320) })
const base64 = (text: string): string => Buffer.from(text).toString('base64')

test('the Secret is owned by the request, sealed and immutable', () => {
  assert.deepEqual(secret, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'foo-v2.countersign',
      namespace: 'demo',
      labels: { 'app.kubernetes.io/managed-by': 'countersign' },
      annotations: { 'countersign.dev/seal': 'the seal', 'countersign.dev/expires-at': at(320) },
      ownerReferences: [
        {
          apiVersion: 'countersign.dev/v1alpha1',
          kind: 'ApprovalRequest',
          name: 'foo-v2',
          uid,
          controller: true,
        },
      ],
    },
    type: 'countersign.dev/token',
    immutable: true,
    data: { access_token: base64('eyJ.access.töken'), token_type: base64('Bearer') },
  })
})

test('the dry run has the same shape and no token', () => {
  const rehearsed = tokenSecretOf(request)
  assert.deepEqual(rehearsed.data, {})
  assert.equal(sealOf(rehearsed), undefined)
  assert.deepEqual(rehearsed.metadata.ownerReferences, secret.metadata.ownerReferences)
  assert.equal(rehearsed.type, secret.type)
})

test('labels that are asked for are on the Secret and on its dry run, beside the operator’s own', () => {
  const labels = { team: 'platform', 'app.kubernetes.io/managed-by': 'somebody' }
  const want = { team: 'platform', 'app.kubernetes.io/managed-by': 'countersign' }
  const token = { response, seal: 'the seal', expiresAt: at(320) }
  assert.deepEqual(tokenSecretOf(request, labels).metadata.labels, want)
  assert.deepEqual(tokenSecretOf(request, labels, token).metadata.labels, want)
})

test('neither annotations nor labels hold the token', () => {
  assert.equal(JSON.stringify(secret.metadata).includes(response.accessToken), false)
})

const plain = { ...secret, type: 'Opaque' }

for (const [name, found, want] of [
  ['the operator’s own', secret, 'the seal'],
  ['one of another type', plain, undefined],
  ['one without annotations', { ...secret, metadata: { name: 'n' } }, undefined],
] as const satisfies readonly (readonly [string, Secret, string | undefined])[])
  test(`the seal of ${name} is ${want ?? 'none'}`, () => {
    assert.equal(sealOf(found), want)
  })

const [owner] = secret.metadata.ownerReferences ?? []
assert.ok(owner !== undefined)
const ownerReferences = [{ ...owner, uid: 'another-uid' }, owner]
const shared = { ...secret, metadata: { ...secret.metadata, ownerReferences } }
const renewed = anApprovalRequest().named('foo-v2', 'another-uid')

for (const [name, found, asked, belongs, leftover] of [
  ['its own', secret, request, true, false],
  ['one of several owners’', shared, request, true, false],
  ['that of an earlier request of the same name', secret, renewed, false, true],
  ['a planted one without an owner', { ...plain, metadata: { name: 'n' } }, request, false, false],
  ['a planted one that names the request', plain, request, true, false],
  ['a planted one that names another', plain, renewed, false, false],
] as const)
  test(`a Secret that is ${name} ${belongs ? 'belongs' : 'does not belong'} to a request`, () => {
    assert.equal(belongsTo(found, asked), belongs)
    assert.equal(isLeftover(found, asked), leftover)
  })

const changed = { ...secret, data: { ...secret.data, access_token: base64('another token') } }

for (const [name, payload, found, asked, want] of [
  ['request and token', seal, secret, request, true],
  ['a token that was exchanged', seal, changed, request, false],
  ['a token that was taken out', seal, { ...secret, data: {} }, request, false],
  ['another question', seal, secret, request.saying({ action: 'scale-out' }), false],
  ['a payload of nothing', undefined, secret, request, false],
  ['a payload of null', null, secret, request, false],
  ['a payload of text', 'seal', secret, request, false],
  ['a payload of another seal', { digest: seal.digest }, secret, request, false],
] as const)
  test(`a seal ${want ? 'matches' : 'does not match'} ${name}`, () => {
    assert.equal(matches(payload, found, asked), want)
  })

test('a seal is bound to object, prompt and attempt', () => {
  const second = anApprovalRequest().pending({ attempt: 2 })
  assert.deepEqual(bindingOf(second, onlyPromptOf(second), 'token'), {
    purpose: 'token',
    uid,
    prompt: 'approver-1',
    attempt: 2,
  })
  assert.deepEqual(bindingOf(second, onlyPromptOf(second), 'handle'), {
    purpose: 'handle',
    uid,
    prompt: 'approver-1',
    attempt: 2,
  })
})

test('a seal holds the token’s fingerprint, not the token', () => {
  assert.equal(JSON.stringify(seal).includes(response.accessToken), false)
})
