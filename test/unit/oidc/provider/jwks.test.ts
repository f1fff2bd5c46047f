import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jwtVerify } from 'jose'
import { NoAnswerError } from '../../../../src/oidc/http/bounded-fetch.ts'
import { createProviderKeys, KeysUnavailableError } from '../../../../src/oidc/provider/jwks.ts'
import type { ProviderKeys } from '../../../../src/oidc/provider/jwks.ts'
import { manualClock } from '../../../support/fakes/clocks/clock.ts'
import type { ManualClock } from '../../../support/fakes/clocks/clock.ts'
import { aSigningKey } from '../../../support/builders/signing-key.ts'

const known = await aSigningKey('known')
const newer = await aSigningKey('newer')

type Provider = { keys: ProviderKeys; clock: ManualClock; published: object | undefined; loads: number }

function aProvider(published: object | undefined): Provider {
  const clock = manualClock()
  const fetch = (): Promise<Response> => {
    provider.loads += 1
    return provider.published === undefined
      ? Promise.reject(new NoAnswerError('No', undefined))
      : Promise.resolve(Response.json(provider.published))
  }
  const keys = createProviderKeys('https://sso.example/jwks', { fetch, clock, timeoutSeconds: 1 })
  const provider: Provider = { keys, clock, published, loads: 0 }
  return provider
}

const keySet = { keys: [known.publicJwk] }
const verify = async ({ keys }: Provider, kid: string): Promise<unknown> =>
  jwtVerify(await known.sign({}, { kid }), keys.find)

for (const [down, failing] of [
  ['gives no answer', undefined],
  ['answers something else', { keys: 'none' }],
  ['publishes too many keys', { keys: Array.from({ length: 101 }, () => known.publicJwk) }],
] as const) {
  test(`unknown keys cost a provider that ${down} one request in five seconds`, async () => {
    const provider = aProvider(keySet)
    await verify(provider, 'known')
    provider.published = failing
    for (const kid of ['a', 'b', 'c']) await assert.rejects(verify(provider, kid), KeysUnavailableError)
    assert.equal(provider.loads, 2)
    provider.clock.advance(4.9)
    await assert.rejects(verify(provider, 'd'), KeysUnavailableError)
    assert.equal(provider.loads, 2)
    provider.clock.advance(0.1)
    for (const kid of ['e', 'f']) await assert.rejects(verify(provider, kid), KeysUnavailableError)
    assert.equal(provider.loads, 3)
  })

  test(`tokens cost a provider that ${down} from the start one request in five seconds`, async () => {
    const provider = aProvider(failing)
    for (const kid of ['known', 'a', 'b']) await assert.rejects(verify(provider, kid), KeysUnavailableError)
    assert.equal(provider.loads, 1)
    provider.clock.advance(5)
    await assert.rejects(verify(provider, 'known'), KeysUnavailableError)
    assert.equal(provider.loads, 2)
  })
}

test('signatures that do not verify cost a provider without keys one request in five seconds', async () => {
  const provider = aProvider(undefined)
  for (let time = 0; time < 3; time++) await assert.rejects(provider.keys.refresh(), KeysUnavailableError)
  assert.equal(provider.loads, 1)
})

test('tokens by the keys that were loaded are verified while the provider is down', async () => {
  const provider = aProvider(keySet)
  await verify(provider, 'known')
  provider.published = undefined
  await assert.rejects(verify(provider, 'a'), KeysUnavailableError)
  await verify(provider, 'known')
})

test('a new key is found five seconds after the provider was down', async () => {
  const provider = aProvider(keySet)
  await verify(provider, 'known')
  provider.published = undefined
  const token = await newer.sign({})
  await assert.rejects(jwtVerify(token, provider.keys.find), KeysUnavailableError)
  provider.published = { keys: [known.publicJwk, newer.publicJwk] }
  provider.clock.advance(5)
  await jwtVerify(token, provider.keys.find)
})

test('whoever loads the keys on purpose does not wait', async () => {
  const provider = aProvider(undefined)
  await assert.rejects(verify(provider, 'known'), KeysUnavailableError)
  provider.published = keySet
  await provider.keys.load()
  await verify(provider, 'known')
})
