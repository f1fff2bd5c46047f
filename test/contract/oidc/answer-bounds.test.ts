/** What is taken of a provider's answer, however much it sends: with the limits that production has. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createBoundedFetch, defaultLimits, NoAnswerError } from '../../../src/oidc/http/bounded-fetch.ts'
import { createOpenIDProviders } from '../../../src/oidc/providers.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { aSpec } from '../../support/builders/identity-provider-spec.ts'
import { text } from '../../support/fakes/network/http-answers.ts'
import type { Handler } from '../../support/fakes/network/http-answers.ts'
import { startScriptedProvider } from '../../support/fakes/providers/scripted.ts'

const path = '/.well-known/openid-configuration'

async function answered(t: TestContext, handler: Handler): Promise<Response> {
  const provider = await startScriptedProvider()
  t.after(() => provider.close())
  provider.routes.set(path, handler)
  const fetch = createBoundedFetch({ caBundle: undefined, limits: defaultLimits, reuse: 'Fresh' })
  return fetch(`${provider.issuer}${path}`, { method: 'GET', headers: {} })
}

test('an answer of 256 KiB is read, and one of a byte more is none', async (t) => {
  const most = 256 * 1024
  assert.equal((await (await answered(t, text(200, 'x'.repeat(most)))).text()).length, most)
  await assert.rejects(answered(t, text(200, 'x'.repeat(most + 1))), NoAnswerError)
})

test('headers of more than 16 KiB are no answer', async (t) => {
  assert.equal((await answered(t, text(200, 'here', { 'x-long': 'x'.repeat(15 * 1024) }))).status, 200)
  await assert.rejects(answered(t, text(200, 'here', { 'x-long': 'x'.repeat(17 * 1024) })), NoAnswerError)
})

test('an answer that comes compressed, though nobody asked for that, stays as it is', async (t) => {
  const packed = gzipSync('{"issuer":"https://elsewhere"}')
  const answer = await answered(t, (response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
  )
  assert.doesNotMatch(await answer.text(), /issuer/)
})

test('of a content type 60 letters are said', async (t) => {
  const provider = await startScriptedProvider()
  t.after(() => provider.close())
  provider.routes.set(path, text(503, '', { 'content-type': `text/${'x'.repeat(300)}\u00e4` }))
  const spec = aSpec(provider.issuer)
  const examined = await createOpenIDProviders({ clock: systemClock }).examine(spec)
  assert.ok(examined.kind === 'NotReady')
  assert.match(examined.message, /HTTP 503, text\/x{55}$/)
})
