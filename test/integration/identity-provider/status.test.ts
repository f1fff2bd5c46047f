/** What the controller says about providers that are ready, go, come back, or are set up wrongly, and that requests go on. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import type { Condition, KubernetesObject } from '../../../src/api/objects.ts'
import { readyOf } from '../../../src/core/condition.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import { rotateSecret, startCompanyProvider } from '../../support/fakes/providers/company.ts'
import type { CompanyProvider } from '../../support/fakes/providers/company.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { json, text } from '../../support/fakes/network/http-answers.ts'
import { startOperator } from '../../support/scenes/operator.ts'
import type { Operator } from '../../support/scenes/operator.ts'
import { aSigningKey } from '../../support/builders/signing-key.ts'
import { ask, edit, isFinal, storeCredential } from '../../support/clusters/question.ts'
import type { Asking, Question } from '../../support/clusters/question.ts'

/** So seldom that nothing which a test waits for comes from the next look alone. */
const checkSeconds = 3600

/** Nobody is asked, so that nobody but the controller of providers looks. */
const neverMatching = { namespaceSelector: {}, actions: ['nothing-that-anyone-asks'] }

let operator: Operator
before(async () => {
  operator = await startOperator(
    ...['--provider-check-seconds', String(checkSeconds)],
    ...['--refused-client-seconds', '5'],
  )
})
after(() => operator.stop())

test('a provider that can be used is Ready, which is said once', async (t) => {
  const { question } = await asked(t)
  await until(question, 'Discovered')
  await question.until(isFinal)
  const provider = await operator.providers.get({ name: question.name })
  assert.equal(readyOf(provider ?? question.provider)?.observedGeneration, 1)
  const columns = await kubectl({ kubeconfig: operator.kubeconfig, args: ['get', 'idp', question.name] })
  assert.match(columns, /^NAME +READY +PROFILE +ISSUER +DELIVERY +AGE$/m)
  assert.match(
    columns,
    new RegExp(`^${question.name} +True +Generic +http://127.0.0.1:\\d+ +Poll +\\S+$`, 'm'),
  )
  await eventually(async () => (await events(question)).join() === 'Normal Discovered', 'one Event')
})

test('a provider that is looked at again and again is written once', async (t) => {
  const { question, provider } = await asked(t, undefined, { policy: { match: neverMatching } })
  await until(question, 'Discovered')
  const path = '/.well-known/openid-configuration'
  provider.routes.set(path, text(500, 'out of order'))
  await edit(operator.providers, question.name, { assertionReplay: 'Unknown' })
  const ready = await until(question, 'DiscoveryFailed')
  assert.match(ready.message, /HTTP 500/)
  const looks = (): number => provider.received.get(path)?.length ?? 0
  const [seen, version] = [looks(), await versionOf(question)]
  await eventually(() => looks() >= seen + 3, 'three more looks')
  assert.equal(await versionOf(question), version)
})

test('a provider that is down, then up: the request goes on', async (t) => {
  const provider = await startCompanyProvider()
  t.after(() => provider.close())
  await provider.goAway()
  const { question } = await asked(t, provider)
  const ready = await until(question, 'DiscoveryFailed')
  assert.match(
    ready.message,
    /openid-configuration.+ECONNREFUSED\)\. Let the operator reach it: .+tried again automatically\.$/,
  )
  await question.until(({ status }) => status?.conditions?.[0]?.reason === 'IdentityProviderNotReady')
  await provider.comeBack()
  await until(question, 'Discovered')
  const from = performance.now()
  await question.until(isFinal)
  assert.ok(performance.now() - from < 5000, 'it goes on at once, not when its backoff ends')
  assert.equal(question.story().split(' ').at(-1), 'Approved')
})

test('a provider that dies while someone is asked is told of, and told of again', async (t) => {
  const { question, provider } = await asked(t, undefined, { isAnswered: false })
  await question.until(({ status }) => status?.conditions?.[0]?.reason === 'AuthorizationPending')
  await until(question, 'Discovered')
  await provider.goAway()
  await until(question, 'DiscoveryFailed')
  provider.isAnswered = true
  await provider.comeBack()
  await until(question, 'Discovered')
  await question.until(isFinal)
  assert.equal(question.story(), 'Prompting AuthorizationPending Approved')
})

test('a wrong client secret, then the right one', async (t) => {
  const { question, provider } = await asked(t, undefined, { credential: 'not-the-secret' })
  const ready = await until(question, 'ClientAuthenticationFailed')
  assert.match(ready.message, /^The provider answered invalid_client \("Invalid client or .*"\) to client/)
  const stored = await operator.providers.get({ name: question.name })
  assert.equal(stored?.status?.refusedClients?.[0]?.error, 'invalid_client')
  assert.ok(!JSON.stringify(stored).includes('not-the-secret'))
  await storeCredential(operator, question.name, provider.clientSecret)
  await until(question, 'Discovered')
  await question.until(isFinal)
  assert.equal(question.story().split(' ').at(-1), 'Approved')
})

test('a secret that is mended at the provider is noticed by use', async (t) => {
  const { question, provider } = await asked(t)
  await question.until(isFinal)
  const right = provider.clientSecret
  rotateSecret(provider)
  const again = await ask(operator, provider, { credential: right })
  await until(again, 'ClientAuthenticationFailed')
  provider.clientSecret = right
  await until(again, 'Discovered')
  await again.until(isFinal)
})

test('a missing Secret, then created', async (t) => {
  const { question, provider } = await asked(t, undefined, { credential: undefined })
  const ready = await until(question, 'SecretNotFound')
  assert.match(ready.message, new RegExp(`Secret countersign-system/${question.name} does not exist`))
  await storeCredential(operator, question.name, provider.clientSecret)
  await until(question, 'Discovered')
  await question.until(isFinal)
  assert.equal(question.story(), 'IdentityProviderNotReady Prompting AuthorizationPending Approved')
})

test('a clock that is wrong, then right', async (t) => {
  const provider = await startCompanyProvider()
  t.after(() => provider.close())
  const path = '/.well-known/openid-configuration'
  const wrong = (): string => new Date(Date.now() - 400_000).toUTCString()
  provider.routes.set(path, (...exchange) => {
    json(200, provider.metadata, { date: wrong() })(...exchange)
  })
  const { question } = await asked(t, provider)
  const ready = await until(question, 'ClockSkew')
  assert.match(ready.message, /^The provider's clock is more than 5 minutes behind the operator's\. Correct/)
  provider.routes.set(path, json(200, provider.metadata))
  await until(question, 'Discovered')
})

test('a provider without CIBA, and a key that is none', async (t) => {
  const plain = await startCompanyProvider({ backchannel_authentication_endpoint: undefined })
  t.after(() => plain.close())
  await until((await asked(t, plain)).question, 'BackchannelNotSupported')
  const { question } = await asked(t, undefined, { authentication: { method: 'private_key_jwt' } })
  const ready = await until(question, 'InvalidKey')
  assert.match(ready.message, new RegExp(`\\(Secret countersign-system/${question.name}\\)`))
})

const listed = 'id_token_signing_alg_values_supported'

test('a provider that signs otherwise than is allowed prompts nobody, until that is changed', async (t) => {
  const provider = await startCompanyProvider({ [listed]: ['ES256'] })
  t.after(() => provider.close())
  const token = { approverClaim: 'sub', algorithms: ['PS256'] } as const
  const { question } = await asked(t, provider, { provider: { token } })
  const ready = await until(question, 'AlgorithmNotSupported')
  assert.match(ready.message, /allows PS256\. Add ES256 to spec\.token\.algorithms, or change/)
  await question.until(({ status }) => status?.conditions?.[0]?.reason === 'IdentityProviderNotReady')
  assert.match(question.words(), /is not ready: the provider signs .*\. Ask a .* fix it; .* Retried until/)
  assert.deepEqual(provider.visits('/backchannel'), [])
  await edit(operator.providers, question.name, { token: { ...token, algorithms: ['ES256'] } })
  await until(question, 'Discovered')
  await question.until(isFinal)
  assert.equal(question.story(), 'IdentityProviderNotReady Prompting AuthorizationPending Approved')
})

test('a provider that signs with ES512 only needs no configuration', async (t) => {
  const provider = await startCompanyProvider({ [listed]: ['ES512'] })
  t.after(() => provider.close())
  const key = await aSigningKey('es512', 'ES512')
  provider.publish(key, 'Replace')
  provider.tokens(provider.grant({ sign: (claims) => key.sign({ ...claims, at_hash: undefined }) }))
  const { question } = await asked(t, provider)
  await until(question, 'Discovered')
  await question.until(isFinal)
  assert.equal(question.story().split(' ').at(-1), 'Approved', question.words())
})

test('an ID token that is signed with what the provider does not list is rejected', async (t) => {
  const provider = await startCompanyProvider({ [listed]: ['PS256'] })
  t.after(() => provider.close())
  const [ps256, rs256] = [await aSigningKey('ps', 'PS256'), await aSigningKey('rs', 'RS256')]
  provider.publish(ps256, 'Replace')
  provider.publish(rs256, 'Add')
  provider.tokens(provider.grant({ sign: (claims) => rs256.sign(claims) }))
  const { question } = await asked(t, provider)
  await question.until(isFinal)
  assert.equal(question.story().split(' ').at(-1), 'TokenRejected')
  assert.match(
    question.words(),
    /alg: the ID token's alg is not one that the IdentityProvider allows and the provider lists/,
  )
  assert.equal(provider.visits('/revoke').length, 1)
})

test('another issuer is looked at, at once', async (t) => {
  const { question } = await asked(t)
  await until(question, 'Discovered')
  await edit(operator.providers, question.name, { issuer: 'http://127.0.0.1:1' })
  const ready = await until(question, 'DiscoveryFailed')
  assert.equal(ready.observedGeneration, 2)
})

async function asked(
  t: TestContext,
  at?: CompanyProvider,
  { isAnswered = true, ...asking }: Asking & { readonly isAnswered?: boolean } = {},
): Promise<{ readonly question: Question; readonly provider: CompanyProvider }> {
  const provider = at ?? (await startCompanyProvider())
  if (at === undefined) t.after(() => provider.close())
  provider.isAnswered = isAnswered
  return { question: await ask(operator, provider, asking), provider }
}

/** Returns `Ready` once it has this reason. */
async function until({ name }: Question, reason: string): Promise<Condition> {
  let ready: Condition | undefined
  await eventually(async () => {
    const provider = await operator.providers.get({ name })
    ready = provider && readyOf(provider)
    return ready?.reason === reason
  }, `${name} is ${reason}`)
  assert.ok(ready !== undefined)
  assert.equal(ready.status, reason === 'Discovered' ? 'True' : 'False')
  return ready
}

async function versionOf({ name }: Question): Promise<string | undefined> {
  return (await operator.providers.get({ name }))?.metadata.resourceVersion
}

type Event = KubernetesObject & {
  readonly type: string
  readonly reason: string
  readonly regarding: { readonly kind: string; readonly name: string }
}

async function events({ name }: Question): Promise<readonly string[]> {
  const kind = { apiVersion: 'events.k8s.io/v1', plural: 'events', namespaced: true }
  const { items } = await resource<Event>(operator.admin, kind).list({ namespace: 'default' })
  return items
    .filter(({ regarding }) => regarding.kind === 'IdentityProvider' && regarding.name === name)
    .map(({ type, reason }) => `${type} ${reason}`)
}
