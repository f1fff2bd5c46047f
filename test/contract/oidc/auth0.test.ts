/**
 * Auth0 as its documentation describes it, since nobody here can run it: what the profile sends passes the documented checks, and
 * the documented answers are understood.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, suite, test } from 'node:test'
import { bindingMessageOf } from '../../../src/core/action/rendering.ts'
import { promptRequestOf } from '../../../src/core/prompt/backchannel-request.ts'
import { habitsOf } from '../../../src/core/provider/profile.ts'
import type { PromptOutcome } from '../../../src/core/ports/prompting.ts'
import type { ProviderConnection } from '../../../src/core/ports/provider.ts'
import { createOpenIDProviders } from '../../../src/oidc/providers.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { anApprovalRequest, aProvider, theTerms } from '../../support/builders/builders.ts'
import { t } from '../../support/fakes/clocks/clock.ts'
import { json } from '../../support/fakes/network/http-answers.ts'
import { aSpec } from '../../support/builders/identity-provider-spec.ts'
import { startScriptedProvider } from '../../support/fakes/providers/scripted.ts'
import type { ScriptedProvider } from '../../support/fakes/providers/scripted.ts'

const approver = {
  ...{ name: 'alice@company.com', claim: 'sub' },
  ...{ hint: 'auth0|507f1f77bcf86cd799439020', expected: 'auth0|507f1f77bcf86cd799439020' },
}
const acknowledgement = { auth_req_id: 'eyJh', expires_in: 300, interval: 5 }

suite('Auth0 as documented', () => {
  let provider: ScriptedProvider
  let connection: ProviderConnection

  before(async () => {
    provider = await startScriptedProvider()
    const spec = aSpec(provider.issuer, { profile: 'Auth0' })
    const credential = {
      kind: 'SharedSecret',
      clientID: 'bot',
      method: 'client_secret_post',
      secret: 's',
    } as const
    const connected = await createOpenIDProviders({ clock: systemClock }).connect(spec, credential)
    assert.ok(connected.kind === 'Connected')
    connection = connected.connection
  })
  beforeEach(() => {
    provider.received.clear()
    provider.routes.set('/backchannel', (...exchange) => {
      const fault = faultIn(provider.received.get('/backchannel')?.at(-1), provider.issuer)
      const answer =
        fault === undefined
          ? json(200, acknowledgement)
          : json(400, { error: 'invalid_request', error_description: fault })
      answer(...exchange)
    })
  })
  after(() => provider.close())

  for (const target of ['foo-v2', 'registry.company.com/team/foo@sha256:0f3c', 'x'.repeat(200)])
    test(`a prompt about ${target.slice(0, 50)} passes`, async () => {
      assert.equal((await ask(target)).kind, 'Prompted')
      const form = provider.received.get('/backchannel')?.[0]
      assert.equal(form?.get('audience'), 'https://deploy.company.com')
      assert.equal(form.get('resource'), null)
    })

  for (const [name, status, body, headers, want] of [
    ['pending', 400, { error: 'authorization_pending' }, {}, { error: 'authorization_pending' }],
    [
      'too fast',
      400,
      { error: 'slow_down', interval: 10 },
      { 'retry-after': '10' },
      { error: 'slow_down', retryAfterSeconds: 10 },
    ],
    ['refused, or expired', 400, { error: 'access_denied' }, {}, { error: 'access_denied' }],
  ] as const)
    test(`the answer ${name} is understood`, async () => {
      provider.routes.set('/token', json(status, body, headers))
      assert.deepEqual(await connection.requestToken('eyJh'), { kind: 'Error', ...want })
    })

  function ask(target: string): Promise<PromptOutcome> {
    const request = anApprovalRequest()
    const named = request.saying({ target: { ...request.spec.target, name: target } })
    const terms = theTerms({
      ...{ issuer: provider.issuer, approvers: [approver], audience: 'https://deploy.company.com' },
    })
    const asking = {
      ...{ prompt: 'approver-1', terms, deadline: t(300) },
      provider: aProvider({ profile: 'Auth0' }),
    }
    return connection.requestPrompt(promptRequestOf(named, asking, t(0)))
  }
})

test('a message keeps as much of the target as Auth0 shows', () => {
  const { bindingMessage } = habitsOf(aProvider({ profile: 'Auth0' }).spec)
  assert.match(bindingMessageOf(anApprovalRequest(), bindingMessage), /^foo-v2\.[0-9A-Z]{3}-[0-9A-Z]{3}$/)
})

/** The checks that are documented for `POST /bc-authorize`. */
function faultIn(form: URLSearchParams | undefined, issuer: string): string | undefined {
  const value = (name: string): string => form?.get(name) ?? ''
  const hint = JSON.parse(value('login_hint')) as Readonly<Record<string, unknown>>
  if (hint.format !== 'iss_sub' || hint.iss !== issuer || hint.sub !== approver.hint) return 'login_hint'
  if (!/^[A-Za-z0-9+\-_.,:#]{1,64}$/.test(value('binding_message'))) return 'binding_message'
  if (!value('scope').split(' ').includes('openid')) return 'scope'
  // Up to 300 seconds go to the person's phone, more by e-mail.
  const seconds = Number(value('requested_expiry'))
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= 300 ? undefined : 'requested_expiry'
}
