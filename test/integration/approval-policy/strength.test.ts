/** A policy that requires a strong or recent login: nobody is asked in vain, and no weaker answer counts. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { readyOf } from '../../../src/core/condition.ts'
import { summaryOf } from '../../../src/core/request/conditions.ts'
import { json } from '../../support/fakes/network/http-answers.ts'
import { startCompanyProvider } from '../../support/fakes/providers/company.ts'
import type { CompanyProvider } from '../../support/fakes/providers/company.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { startOperator } from '../../support/scenes/operator.ts'
import type { Operator } from '../../support/scenes/operator.ts'
import { ask, edit, isFinal } from '../../support/clusters/question.ts'

let operator: Operator
before(async () => {
  operator = await startOperator()
})
after(() => operator.stop())

async function aProviderOf(t: TestContext, acrValues: readonly string[]): Promise<CompanyProvider> {
  const provider = await startCompanyProvider({ acr_values_supported: acrValues })
  t.after(() => provider.close())
  return provider
}

const strong = { policy: { require: { acrValues: ['phr', 'phrh'], maxAuthenticationAge: '5m' } } } as const

test('nobody is asked while the provider supports no login that the policy requires', async (t) => {
  const provider = await aProviderOf(t, ['0', '1'])
  provider.tokens(provider.grant({ claims: { acr: 'phrh' } }))
  const question = await ask(operator, provider, strong)
  const waiting = await question.until(
    (request) => summaryOf(request)?.reason === 'AuthenticationNotSupported',
  )
  assert.match(
    summaryOf(waiting)?.message ?? '',
    /requires a login with the acr "phr" or "phrh", and IdentityProvider \S+ supports "0" and "1" \(acr_values_supported\)\. Ask a platform engineer/,
  )
  await policyIs(question.name, 'AuthenticationNotSupported')
  const columns = await kubectl({
    kubeconfig: operator.kubeconfig,
    args: ['get', 'apol', question.name, '-o', 'wide'],
  })
  assert.match(columns, new RegExp(`^${question.name} +False .* AuthenticationNotSupported$`, 'm'))
  assert.deepEqual(provider.visits('/backchannel'), [])

  const metadata = { ...provider.metadata, acr_values_supported: ['phrh', '1'] }
  provider.routes.set('/.well-known/openid-configuration', json(200, metadata))
  await edit(operator.providers, question.name, { kubernetesUsernames: { prefix: 'oidc:', claim: 'sub' } })
  const answered = await question.until(isFinal)
  assert.equal(answered.status?.outcome, 'Approved', question.words())
  assert.equal(answered.status.decision?.approvers[0]?.acr, 'phrh')
  assert.deepEqual(answered.status.effective?.require, {
    acrValues: ['phr', 'phrh'],
    maxAuthenticationAgeSeconds: 300,
  })
  await policyIs(question.name, 'Accepted')
  assert.deepEqual(
    provider.visits('/backchannel').map(({ form }) => form.get('acr_values')),
    ['phr phrh'],
  )
})

for (const [name, claims, words] of [
  ['without acr', {}, /^acr: .* the ID token has no acr\./],
  ['of another acr', { acr: '1' }, /^acr: .* the ID token has the acr "1"\./],
  [
    'of a login of an hour ago',
    { acr: 'phr', auth_time: Math.floor(Date.now() / 1000) - 3600 },
    /^auth_time: .* at most 5m before the answer, and the ID token names a login at \S+, 1h\w* before\./,
  ],
  ['without auth_time', { acr: 'phr', auth_time: undefined }, /^auth_time: .* \(auth_time is absent\)\./],
] as const)
  test(`an answer ${name} is refused, and its token is revoked`, async (t) => {
    const provider = await aProviderOf(t, ['phr'])
    provider.tokens(provider.grant({ claims }))
    const question = await ask(operator, provider, strong)
    const failed = await question.until(isFinal)
    assert.deepEqual([failed.status?.outcome, summaryOf(failed)?.reason], ['Failed', 'AuthenticationTooWeak'])
    assert.match(summaryOf(failed)?.message ?? '', words)
    assert.equal(failed.status?.decision, undefined)
    assert.equal(provider.visits('/backchannel').length, 1)
    await eventually(() => provider.visits('/revoke').length === 1, 'the token is revoked')
  })

async function policyIs(name: string, reason: string): Promise<void> {
  await eventually(async () => {
    const policy = await operator.policies.get({ name })
    return policy !== undefined && readyOf(policy)?.reason === reason
  }, `policy ${name} is ${reason}`)
}
