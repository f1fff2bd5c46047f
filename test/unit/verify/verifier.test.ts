/** What `countersign/verify` accepts and why it refuses the rest; imported as a resource server imports it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { refusals, seenInMemory, VerifierOptionsError } from 'countersign/verify'
import type { Refusal } from 'countersign/verify'
import { SignJWT } from 'jose'
import {
  byScopes,
  detail,
  expected,
  good,
  issuer,
  now,
  other,
  reasonOf,
  seconds,
  signed,
  standard,
  target,
  verifierOf,
} from '../../support/builders/approval-token.ts'
import type { Claims } from '../../support/builders/approval-token.ts'

suite('what is approved', () => {
  for (const [name, claims] of [
    ['claims of scopes, as the embedded provider writes them', good],
    [
      'lists of one text, as Keycloak writes them',
      { ...standard, ...Object.fromEntries(Object.entries(byScopes).map(([key, value]) => [key, [value]])) },
    ],
    ['both, where they agree', { ...good, authorization_details: [detail] }],
    ['azp in place of client_id', { ...good, client_id: undefined, azp: 'countersign' }],
    ['several audiences', { ...good, aud: ['account', 'https://git.company.com'] }],
  ] as const)
    test(name, async () => {
      assert.equal(await reasonOf(await signed(claims)), 'Approved')
    })

  test('authorization_details open by the digest, and hand over what the person chose', async () => {
    const token = await signed({ ...standard, authorization_details: [detail] })
    const verdict = await verifierOf().verify(token, { action: expected.action, target, digest: 'sha256:00' })
    assert.ok(verdict.kind === 'Approved')
    assert.deepEqual(verdict.approval, {
      ...{ action: 'merge-pull-request', target, digest: 'sha256:00', parameters: { wait: '5m' } },
      ...{ clientId: 'countersign', approver: { issuer, subject: 'alice' } },
      expiresAt: new Date((seconds + 300) * 1000),
    })
  })

  test("Keycloak's type where it is allowed", async () => {
    const token = await signed({ ...good, typ: 'Bearer' }, { typ: 'JWT' })
    assert.equal(await reasonOf(token, expected, verifierOf({ types: ['JWT'] })), 'Approved')
  })
})

suite('what is refused', () => {
  const rows: readonly (readonly [Refusal, string, Claims])[] = [
    ['IssuerMismatch', 'another issuer', { ...good, iss: 'https://login.company.com/' }],
    ['AudienceMismatch', 'another audience', { ...good, aud: 'https://git.company.com.evil.example' }],
    ['AudienceMismatch', 'no audience', { ...good, aud: undefined }],
    ['ClientMismatch', 'another client', { ...good, client_id: 'shell' }],
    ['ClientMismatch', 'two clients', { ...good, azp: 'shell' }],
    ['ClientMismatch', 'no client', { ...good, client_id: undefined }],
    ['SenderConstrained', 'a token bound to a key', { ...good, cnf: { jkt: 'x' } }],
    ['LifetimeMissing', 'no exp', { ...good, exp: undefined }],
    ['LifetimeMissing', 'no iat', { ...good, iat: undefined }],
    ['Expired', 'an expired one', { ...good, iat: seconds - 400, exp: seconds - 5 }],
    ['NotYetValid', 'nbf in the future', { ...good, nbf: seconds + 60 }],
    ['NotYetValid', 'iat in the future', { ...good, iat: seconds + 60 }],
    ['TooOld', 'an old one that lives on', { ...good, iat: seconds - 606, exp: seconds + 86_400 }],
    ['ActionMissing', 'a token of a login', standard],
    ['ActionMissing', 'details of another type', { ...standard, authorization_details: [{ type: 'x' }] }],
    ['ActionAmbiguous', 'two actions', { ...good, action: ['merge-pull-request', 'drain-node'] }],
    ['ActionAmbiguous', 'a target that is no text', { ...good, target: { name: 'shop/feature' } }],
    ['ActionAmbiguous', 'two elements of ours', { ...standard, authorization_details: [detail, detail] }],
    [
      'ActionAmbiguous',
      'scopes and details that differ',
      { ...good, action: 'x', authorization_details: [detail] },
    ],
    ['ActionMismatch', 'another action', { ...good, action: 'drain-node' }],
    ['TargetMismatch', 'another name', { ...good, target: 'shop/main' }],
    ['TargetMismatch', 'another kind', { ...good, kind: 'Branch' }],
    ['TargetMismatch', 'another namespace', { ...good, namespace: 'prod' }],
    ['RevisionMismatch', 'a branch that moved', { ...good, revision: 'b'.repeat(40) }],
    ['RevisionMissing', 'details, which have no revision', { ...standard, authorization_details: [detail] }],
  ]
  for (const [reason, name, claims] of rows)
    test(`${name}: ${reason}`, async () => {
      assert.equal(await reasonOf(await signed(claims)), reason)
    })

  for (const [name, more] of [
    ['nonce', { nonce: 'x' }],
    ['at_hash', { at_hash: 'x' }],
    ['typ', { typ: 'ID' }],
  ] as const)
    test(`an ID token by its ${name}, where the type JWT is allowed`, async () => {
      const token = await signed({ ...good, ...more }, { typ: 'JWT' })
      assert.equal(await reasonOf(token, expected, verifierOf({ types: ['JWT'] })), 'TypeNotAllowed')
    })

  test('another digest, and none', async () => {
    const wanted = { ...expected, digest: 'sha256:01' }
    assert.equal(await reasonOf(await signed(good), wanted), 'DigestMismatch')
    assert.equal(await reasonOf(await signed({ ...good, digest: undefined }), wanted), 'DigestMissing')
  })
})

for (const [reason, name, token] of [
  ['TokenMalformed', 'no token', ''],
  ['TokenMalformed', 'a text', 'a.b.c'],
  ['TokenMalformed', 'a long one', `${await signed(good)}${'x'.repeat(16 * 1024)}`],
  ['SignatureWrong', 'a forged one', await signed(good, {}, other.privateKey)],
  ['KeyUnknown', 'an unknown key', await signed(good, { kid: 'k2' })],
  ['TypeNotAllowed', 'an ID token', await signed(good, { typ: 'JWT' })],
  [
    'AlgorithmNotAllowed',
    'a shared secret',
    await new SignJWT(good).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32)),
  ],
  [
    'AlgorithmNotAllowed',
    'no signature',
    `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${(await signed(good)).split('.')[1] ?? ''}.`,
  ],
] as const)
  test(`${name}: ${reason}`, async () => {
    assert.equal(await reasonOf(token), reason)
  })

suite('replay', () => {
  test('a token opens once, and a refused one is not used up', async () => {
    const verifier = verifierOf({ seen: seenInMemory({ now: () => now }) })
    const token = await signed(good)
    assert.equal(await reasonOf(token, { ...expected, action: 'x' }, verifier), 'ActionMismatch')
    const both = await Promise.all([reasonOf(token, expected, verifier), reasonOf(token, expected, verifier)])
    assert.deepEqual(both.toSorted(), ['Approved', 'Replayed'])
    assert.equal(
      await reasonOf(await signed({ ...good, jti: undefined }), expected, verifier),
      'TokenIdMissing',
    )
  })

  test('what cannot be noted opens nothing', async () => {
    const full = verifierOf({ seen: seenInMemory({ most: 0 }) })
    const broken = verifierOf({ seen: { note: () => Promise.reject(new Error('unavailable')) } })
    for (const verifier of [full, broken])
      assert.equal(await reasonOf(await signed(good), expected, verifier), 'ReplayStoreUnavailable')
  })

  test('a full memory forgets what expired, and nothing else', () => {
    let time = now
    const seen = seenInMemory({ most: 1, now: () => time })
    const until = new Date(now.getTime() + 1000)
    assert.equal(seen.note('a', until), 'First')
    assert.equal(seen.note('b', until), 'Full')
    assert.equal(seen.note('a', until), 'Again')
    time = until
    assert.equal(seen.note('b', new Date(until.getTime() + 1)), 'First')
  })
})

for (const [name, options] of [
  ['http', { issuer: 'http://login.company.com' }],
  ['no client', { clients: [] }],
  ['no audience', { audience: '' }],
  ['a symmetric algorithm', { algorithms: ['HS256'] }],
  ['no signature', { algorithms: ['none'] }],
  ['no algorithm', { algorithms: [] }],
  ['a tolerance of minutes', { clockToleranceSeconds: 61 }],
  ['no age', { maximumAgeSeconds: 0 }],
] as const)
  test(`a verifier is not created with ${name}`, () => {
    assert.throws(() => verifierOf(options), VerifierOptionsError)
  })

test('docs/verify.md lists each reason with its sentence', () => {
  const page = readFileSync(new URL('../../../docs/verify.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (.+?) +\|/gm)].map(([, name, text]) => [name, text])
  assert.deepEqual(Object.fromEntries(rows), refusals)
})
