/** What happens while a question is open: time passes, providers come and go, people change what was set up. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { decodeJwt } from 'jose'
import { aClientKey } from '../../support/builders/client-key.ts'
import { clientID, rotateSecret } from '../../support/fakes/providers/company.ts'
import { assertSeconds, eventually, pausesBetween } from '../../support/assertions/elapsed.ts'
import { approved, asked, assertEnds, countsOf, openQuestion, play } from '../../support/scenes/fault-row.ts'
import { startFaultScene } from '../../support/scenes/fault-scene.ts'
import type { FaultScene } from '../../support/scenes/fault-scene.ts'
import { json, late, oddities, text } from '../../support/fakes/network/http-answers.ts'
import { assertNothingShown } from '../../support/assertions/leaks.ts'
import { ask, edit, isFinal, remove, storeCredential } from '../../support/clusters/question.ts'
import { aSigningKey } from '../../support/builders/signing-key.ts'

let scene: FaultScene
before(async () => {
  scene = await startFaultScene()
})
after(() => scene.close())

const notReady = 'IdentityProviderNotReady'
const afterRetries = `Prompting ${notReady} AuthorizationPending Approved`
const pending = json(400, { error: 'authorization_pending' })
const slowDown = json(400, { error: 'slow_down' })

suite('an open question', { concurrency: true }, () => {
  for (const [name, answers, pauses] of [
    // CIBA Core §11: five seconds more, for all later requests too.
    ['slow_down lengthens every later interval', [slowDown, pending], [6, 6]],
    ['a second slow_down lengthens it again', [slowDown, slowDown], [6, 11]],
    // Auth0 says the new interval.
    ['slow_down may say more', [json(400, { error: 'slow_down', interval: 9 })], [9]],
    // CIBA Core §10.1.1.
    ['503 says when to come back', [text(503, '', { 'retry-after': '4' })], [4]],
    ['429 says when to come back', [text(429, '', { 'retry-after': '4' })], [4]],
  ] as const)
    test(name, async () => {
      const seen = [1, answers.length + 1, 0] as const
      const { visits } = await play(scene, { tokens: answers, story: approved, words: /approved at/, seen })
      assertSeconds(pausesBetween(visits('/token')), pauses)
    })

  test('Retry-After counts for prompts too', async () => {
    const { visits } = await play(scene, {
      prompts: [json(429, { error: 'too_many_requests' }, { 'retry-after': '4' })],
      story: afterRetries,
      words: /temporarily_unavailable/,
      seen: [2, 1, 0],
    })
    assertSeconds(pausesBetween(visits('/backchannel')), [4])
  })

  test('while a provider keeps a token request, no other is sent', async () => {
    const provider = await scene.openProvider()
    // CIBA Core §10.1.1, long polling.
    const tokens = [late(2000, pending), late(2000, pending), late(2000, provider.grant())]
    await play(scene, { provider, tokens, story: approved, words: /approved at/, seen: [1, 3, 0] })
    assertSeconds(pausesBetween(provider.visits('/token')), [1, 1])
  })

  test('a prompt that lapses is asked about once more', async () => {
    const provider = await scene.openProvider()
    provider.isAnswered = false
    provider.prompts(json(200, { auth_req_id: 'a-short-one', expires_in: 9, interval: 3 }))
    await assertEnds(await ask(scene.operator, provider), `${asked} RequestExpired`)
    assert.deepEqual(countsOf(provider), [1, 2, 0])
  })

  test('a dozen providers that keep their requests hold nobody up', async () => {
    const keepers = await Promise.all(Array.from({ length: 12 }, () => scene.openProvider()))
    for (const { tokens, grant } of keepers) tokens(late(10_000, grant()))
    const questions = await Promise.all(keepers.map((keeper) => ask(scene.operator, keeper)))
    const kept = (): number => keepers.filter(({ visits }) => visits('/token').length > 0).length
    await eventually(() => kept() >= 8, 'token requests are kept')
    await assertEnds(await ask(scene.operator, await scene.openProvider()), approved, 5)
    await Promise.all(questions.map((question) => assertEnds(question, approved)))
  })

  test('a prompt to a provider that is away is sent when it is back', async () => {
    const provider = await scene.openProvider()
    await assertEnds(await ask(scene.operator, provider), approved)
    await provider.goAway()
    const question = await ask(scene.operator, provider)
    await eventually(() => question.story().includes(notReady), 'it is not ready')
    await provider.comeBack()
    await assertEnds(question, afterRetries)
    assert.match(question.words(), /connection refused/)
    assert.equal(provider.visits('/backchannel').length, 2)
  })

  test('keys that are away when the token comes are waited for', async () => {
    const rotated = await aSigningKey('rotated')
    const provider = await scene.openProvider()
    const keys = provider.routes.get('/jwks') ?? text(404, '')
    const looks = (): number => provider.received.get('/jwks')?.length ?? 0
    let looksBefore = Infinity
    provider.tokens((...exchange) => {
      looksBefore = looks()
      provider.routes.set('/jwks', text(503, ''))
      provider.grant({ sign: (claims) => rotated.sign(claims) })(...exchange)
    })
    const question = await ask(scene.operator, provider)
    await eventually(() => looks() > looksBefore + 1, 'the keys are looked for twice')
    provider.publish(rotated, 'Add')
    provider.routes.set('/jwks', keys)
    await assertEnds(question, approved)
    assert.deepEqual(countsOf(provider), [1, 1, 0])
  })

  const elsewhere = text(302, '', { location: '/elsewhere' })
  const wellKnown = '/.well-known/openid-configuration'
  for (const [name, path, answer, words] of [
    ['no CIBA', wellKnown, { backchannel_authentication_endpoint: undefined }, /names no backchannel_auth/],
    ['push alone', wellKnown, { backchannel_token_delivery_modes_supported: ['push'] }, /neither poll nor/],
    ['metadata of another issuer', wellKnown, { issuer: 'https://elsewhere.example' }, /states the issuer/],
    ['metadata elsewhere', wellKnown, elsewhere, /HTTP 302/],
    ['50 MB of metadata', wellKnown, oddities.hugeBody, /too large/],
    ['keys that are none', '/jwks', json(200, { keys: 'none' }), /is not a JSON Web Key Set/],
    ['a page for keys', '/jwks', text(200, '<html>'), /is not a JSON Web Key Set/],
    ['keys elsewhere', '/jwks', elsewhere, /keys from \S+ failed: HTTP 302/],
    ['50 MB of keys', '/jwks', oddities.hugeBody, /too large/],
  ] as const)
    test(`a provider with ${name} disturbs nobody and can be mended`, async () => {
      const provider = await scene.openProvider()
      const proper = provider.routes.get(path) ?? text(404, '')
      const faulty = typeof answer === 'function' ? answer : json(200, { ...provider.metadata, ...answer })
      provider.routes.set(path, faulty)
      const question = await ask(scene.operator, provider)
      await eventually(() => question.story() === notReady, 'it is not ready')
      assert.match(question.words(), words)
      assert.deepEqual(countsOf(provider), [0, 0, 0])
      provider.routes.set(path, proper)
      await assertEnds(question, `${notReady} ${approved}`)
    })

  // A wrong secret may be tried again before it is mended: the provider knows how often it refused.
  for (const [name, credential, words, story] of [
    ['wrong', 'a-wrong-one', /answered invalid_client/, afterRetries],
    ['missing', undefined, /countersign-system\/.* does not exist\. Ask/, `${notReady} ${approved}`],
  ] as const)
    test(`a ${name} client secret waits, and goes on once it is mended`, async () => {
      const provider = await scene.openProvider()
      const question = await ask(scene.operator, provider, { credential })
      await eventually(() => question.story().includes(notReady), 'it is not ready')
      assert.match(question.words(), words)
      await storeCredential(scene.operator, question.name, provider.clientSecret)
      await question.until(isFinal, 10)
      await assertEnds(question, story)
    })

  test('a client secret that is rotated while a question is open counts at once', async () => {
    const { provider, question } = await openQuestion(scene)
    await storeCredential(scene.operator, question.name, rotateSecret(provider))
    provider.isAnswered = true
    await assertEnds(question, approved, 10)
    assert.equal(provider.visits('/backchannel').length, 1)
  })

  test('another issuer ends the question and is asked nothing', async () => {
    const { provider, question } = await openQuestion(scene)
    const another = await scene.openProvider()
    await edit(scene.operator.providers, question.name, { issuer: another.issuer })
    await assertEnds(question, `${asked} IdentityProviderChanged`)
    assert.deepEqual([...another.visits('/backchannel'), ...another.visits('/token')], [])
    assert.equal(provider.visits('/backchannel').length, 1)
  })

  test('another client ends the question', async () => {
    const { provider, question } = await openQuestion(scene)
    const clients = question.provider.spec.clients.map((client) => ({ ...client, clientID: 'another' }))
    await edit(scene.operator.providers, question.name, { clients })
    await assertEnds(question, `${asked} IdentityProviderChanged`)
    assert.equal(provider.visits('/backchannel').length, 1)
  })

  test('a policy that is changed leaves the open question as it was', async () => {
    const { provider, question } = await openQuestion(scene)
    const token = { scopes: [], maxLifetime: '1s' }
    await edit(scene.operator.policies, question.name, { identityProvider: 'no-such-provider', token })
    provider.isAnswered = true
    await assertEnds(question, approved)
  })

  test('a policy that is deleted leaves the open question as it was', async () => {
    const { provider, question } = await openQuestion(scene)
    await remove(scene.operator.policies, question.name)
    provider.isAnswered = true
    await assertEnds(question, approved)
  })

  const reused = json(401, { error: 'invalid_client', error_description: 'Token reuse detected' })
  for (const [name, answers, story] of [
    ['asks again by the same assertion', [oddities.reset], approved],
    // Keycloak.
    ['learns that its prompt was taken', [oddities.reset, reused], 'Prompting PromptLost'],
  ] as const)
    test(`a client with a key ${name}`, async () => {
      const provider = await scene.openProvider()
      provider.prompts(...answers)
      const { secret: credential } = await aClientKey('ES256')
      const authentication = { method: 'private_key_jwt' } as const
      const question = await ask(scene.operator, provider, {
        credential,
        authentication,
        provider: { assertionReplay: 'Refused' },
      })
      await assertEnds(question, story)
      const assertions = provider
        .visits('/backchannel')
        .map(({ form }) => decodeJwt(form.get('client_assertion') ?? ''))
      assert.equal(assertions.length, 2)
      assert.equal(assertions[0]?.jti, assertions[1]?.jti)
      assert.equal(assertions[0]?.iss, clientID)
    })
})

test('a provider without faults was asked all the while', async () => {
  const seconds = await scene.endHealthy()
  assert.ok(Math.max(...seconds) < 10, `${seconds.length} questions took ${seconds.join(', ')} s`)
})

test('no pass failed', () => {
  assert.doesNotMatch(scene.operator.log(), /pass failed|"level":"error"/)
})

test('no secret was shown', () => assertNothingShown(scene.operator, scene.secrets()))
