/** What is known about a request whose connection did not come about. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PromptRequest } from '../../../src/core/ports/prompting.ts'
import type { ProviderConnection } from '../../../src/core/ports/provider.ts'
import { createOpenIDProviders } from '../../../src/oidc/providers.ts'
import { json } from '../../support/fakes/network/http-answers.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { aSharedSecret, aSpec } from '../../support/builders/identity-provider-spec.ts'
import { startScriptedProvider } from '../../support/fakes/providers/scripted.ts'

const question: PromptRequest = {
  loginHint: 'alice',
  bindingMessage: 'K7Q-3XP',
  scope: 'openid',
  requestedExpirySeconds: 600,
  extraParameters: {},
}

test('each prompt has a connection of its own', async (t) => {
  const provider = await startScriptedProvider()
  t.after(() => provider.close())
  const ports: (number | undefined)[] = []
  provider.routes.set('/backchannel', (response, request) => {
    ports.push(request.socket.remotePort)
    json(400, { error: 'invalid_request' })(response, request)
  })
  const connection = await connect(provider.issuer)
  for (let prompts = 0; prompts < 3; prompts += 1) await connection.requestPrompt(question)
  assert.equal(new Set(ports).size, 3)
})

test('a provider that is gone has prompted nobody', async () => {
  const provider = await startScriptedProvider()
  const connection = await connect(provider.issuer)
  await provider.close()
  const outcome = await connection.requestPrompt(question)
  assert.deepEqual(outcome, {
    kind: 'NotPrompted',
    error: 'temporarily_unavailable',
    description: 'connection refused (ECONNREFUSED)',
    isLocal: true,
    isUnsent: true,
  })
  assert.equal((await connection.requestToken('id')).kind, 'Unreachable')
})

test('a failed TLS handshake has prompted nobody', async (t) => {
  const plain = await startScriptedProvider()
  t.after(() => plain.close())
  const endpoint = plain.issuer.replace('http:', 'https:')
  const provider = await startScriptedProvider({ backchannel_authentication_endpoint: endpoint })
  t.after(() => provider.close())
  const connection = await connect(provider.issuer)
  const outcome = await connection.requestPrompt(question)
  assert.deepEqual(
    [outcome.kind, 'error' in outcome && outcome.error],
    ['NotPrompted', 'temporarily_unavailable'],
  )
})

async function connect(issuer: string): Promise<ProviderConnection> {
  const providers = createOpenIDProviders({ clock: systemClock, limits: { connectSeconds: 1 } })
  const connected = await providers.connect(aSpec(issuer), aSharedSecret)
  if (connected.kind === 'NotReady') throw new Error(connected.message)
  return connected.connection
}
