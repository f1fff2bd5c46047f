import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Adjustable, ApprovalRequest, ApprovalRequestSpec } from '../../../src/api/objects.ts'
import { codeOf, digestOf, fingerprint } from '../../../src/api/digest.ts'
import { anApprovalRequest } from '../../support/builders/builders.ts'

const uid = '5f0c4a3e-9d0b-4b7e-8a3f-2f6f1f1f0001'

const wait: Adjustable = { name: 'wait', type: 'Duration', minimum: '1m', maximum: '1h' }

const minimal = question({
  requester: { username: 'release-bot@company.com' },
  action: 'promote-rollout',
  target: { kind: 'Rollout', name: 'foo-v2' },
  environment: 'prod',
  summary: 'not part of the digest',
})

const full = question({
  requester: { username: 'system:serviceaccount:demo:release-bot', uid: 'not part of it either' },
  action: 'promote-rollout',
  target: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'foo-v2', revision: '7654b4484' },
  environment: 'prod',
  summary: 'nor this',
  reason: 'nor this',
  evidence: [{ name: 'nor', value: 'this' }],
  parameters: { waitInterval: '5m', note: 'übergroß "\\€ 😀', Batch: '' },
  requestedExpiry: '10m',
  token: {
    scopes: ['rollouts:promote', 'rollouts:abort'],
    audience: 'https://deploy.company.com/',
    delivery: 'None',
  },
  ttlAfterFinished: '1h',
})

function question(spec: ApprovalRequestSpec): ApprovalRequest {
  const { metadata, ...rest } = anApprovalRequest()
  return { ...rest, metadata: { ...metadata, namespace: 'demo', uid }, spec }
}

// Computed once with Python's json.dumps(sort_keys, compact separators) and hashlib.
for (const [name, request, digest, code] of [
  [
    'the least that can be asked',
    minimal,
    'sha256:41045b898c3a42997eb5008460bf3e95da26642fb7554d9f3e8b4f74f960ae8e',
    'ZX1-0DN',
  ],
  ['every field', full, 'sha256:3dc8530f0725bfb0363ebfde745bb225fea14e0b0fecadc2787d0afcffeb9806', 'KB4-FZQ'],
  [
    'an empty token, which is not the same as none',
    { ...minimal, spec: { ...minimal.spec, token: { delivery: 'Secret' } } },
    'sha256:fc66422fae982f2f6739b2a250dfbe5f9111a056d1df0ee6791f0362a649de00',
    '02H-GT3',
  ],
  [
    'empty parameters, which are not the same as none',
    { ...minimal, spec: { ...minimal.spec, parameters: {} } },
    'sha256:0952b065862290e16cfe7643d2fbde7dadc4fe3a2bbe43338f07e02bba042fac',
    '038-Z2B',
  ],
  [
    'what the approver may change',
    { ...minimal, spec: { ...minimal.spec, parameters: { wait: '5m' }, adjustable: [wait] } },
    'sha256:c02a6c73f44b70da9e7f19f6c250539d38bd3fab97ed3d20f5f9fb6852fc37aa',
    '0QR-TXX',
  ],
] as const)
  test(`digest and code of ${name}`, () => {
    assert.equal(digestOf(request), digest)
    assert.equal(codeOf(request), code)
  })

test('the order of keys changes nothing', () => {
  const reversed = JSON.parse(
    JSON.stringify(full, (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toReversed())
        : value,
    ),
  ) as ApprovalRequest
  assert.equal(digestOf(reversed), digestOf(full))
})

const { spec, metadata } = full
for (const [what, other] of [
  ['namespace', { ...full, metadata: { ...metadata, namespace: 'dem' } }],
  ['requester', withSpec({ requester: { username: 'someone' } })],
  ['action', withSpec({ action: 'scale-out' })],
  ['target apiVersion', withSpec({ target: { ...spec.target, apiVersion: 'v1' } })],
  ['target kind', withSpec({ target: { ...spec.target, kind: 'Deployment' } })],
  ['target name', withSpec({ target: { ...spec.target, name: 'foo-v3' } })],
  ['target revision', withSpec({ target: { ...spec.target, revision: 'other' } })],
  ['environment', withSpec({ environment: 'staging' })],
  ['one parameter', withSpec({ parameters: { ...spec.parameters, waitInterval: '15m' } })],
  ['adjustable parameter', withSpec({ adjustable: [wait] })],
  ['scopes', withSpec({ token: { delivery: 'None', ...spec.token, scopes: ['rollouts:promote'] } })],
  [
    'order of scopes',
    withSpec({ token: { delivery: 'None', ...spec.token, scopes: ['rollouts:abort', 'rollouts:promote'] } }),
  ],
  ['audience', withSpec({ token: { delivery: 'None', ...spec.token, audience: 'https://other' } })],
] as const)
  test(`another ${what} is another digest and code`, () => {
    assert.notEqual(digestOf(other), digestOf(full))
    assert.notEqual(codeOf(other), codeOf(full))
  })

function withSpec(changes: Partial<ApprovalRequestSpec>): ApprovalRequest {
  return { ...full, spec: { ...spec, ...changes } }
}

test('another object with the same question has another code', () => {
  const again = { ...full, metadata: { ...metadata, uid: '5f0c4a3e-9d0b-4b7e-8a3f-2f6f1f1f0002' } }
  assert.equal(digestOf(again), digestOf(full))
  assert.notEqual(codeOf(again), codeOf(full))
})

test('a code has six characters that cannot be misread', () => {
  for (let number = 0; number < 200; number++) {
    const code = codeOf({ ...full, metadata: { ...metadata, uid: `uid-${number}` } })
    assert.match(code, /^[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}$/)
  }
})

test('a fingerprint is SHA-256 in hex', () => {
  assert.equal(fingerprint('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
