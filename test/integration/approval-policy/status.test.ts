/** What the controller says about policies, as other objects come and go. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { readyOf } from '../../../src/core/condition.ts'
import { startCompanyProvider } from '../../support/fakes/providers/company.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { startOperator } from '../../support/scenes/operator.ts'
import type { Operator } from '../../support/scenes/operator.ts'
import { ask, create, edit } from '../../support/clusters/question.ts'

/** Nobody is asked. */
const neverMatching = { namespaceSelector: {}, actions: ['nothing-that-anyone-asks'] }

let operator: Operator
before(async () => {
  operator = await startOperator()
})
after(() => operator.stop())

test('a policy follows its provider, and is written for each change once', async (t) => {
  const provider = await startCompanyProvider()
  t.after(() => provider.close())
  const { name, provider: identityProvider } = await ask(operator, provider, {
    policy: { match: neverMatching },
  })
  await until(name, 'Accepted')
  const columns = await kubectl({ kubeconfig: operator.kubeconfig, args: ['get', 'apol', name] })
  assert.match(columns, /^NAME +READY +PROVIDER +APPROVERS +PRIORITY +AGE$/m)
  assert.match(columns, new RegExp(`^${name} +True +${name} +alice@company\\.com +`, 'm'))

  await edit(operator.providers, name, { issuer: 'http://127.0.0.1:1' })
  await until(name, 'IdentityProviderNotReady')
  const present = await operator.providers.get({ name })
  await operator.providers.delete({ name }, { uid: present?.metadata.uid ?? '' })
  await until(name, 'IdentityProviderNotFound')
  await operator.providers.create(identityProvider)
  await until(name, 'Accepted')

  await edit(operator.policies, name, {
    match: { ...neverMatching, requesters: [{ kind: 'User', name: 'alice' }] },
  })
  await until(name, 'NotEnoughApprovers')
  const policy = await operator.policies.get({ name })
  assert.equal(policy && readyOf(policy)?.observedGeneration, policy?.metadata.generation)
})

test('two policies that overlap in a Namespace say so, until they do not', async (t) => {
  const provider = await startCompanyProvider()
  t.after(() => provider.close())
  const { name } = await ask(operator, provider)
  const policy = await operator.policies.get({ name })
  assert.ok(policy !== undefined)
  const wide = { ...policy.spec, match: { namespaceSelector: {}, actions: [`${name.slice(0, -1)}*`] } }
  await create(operator.policies, { ...policy, metadata: { name: `${name}-wide` }, spec: wide })
  await until(name, 'OverlappingPolicy')
  await until(`${name}-wide`, 'OverlappingPolicy')
  const columns = await kubectl({ kubeconfig: operator.kubeconfig, args: ['get', 'apol', name] })
  assert.match(columns, new RegExp(`^${name} +False `, 'm'))
  await edit(operator.policies, `${name}-wide`, { priority: 1 })
  await until(name, 'Accepted')
  await until(`${name}-wide`, 'Accepted')
})

test('a policy says that no Namespace is labelled for it, until one is', async (t) => {
  const provider = await startCompanyProvider()
  t.after(() => provider.close())
  const tier = `tier-${randomBytes(4).toString('hex')}`
  const { name } = await ask(operator, provider, {
    policy: { match: { namespaceSelector: { matchLabels: { tier } }, actions: ['nothing-for-tiers'] } },
  })
  await untilSaying(name, `it wants a namespace labelled tier=${tier}.`)
  const namespace = await operatorNamespaceOf(tier)
  await untilSaying(name, 'Requests that match are asked through')
  await kubectl({
    kubeconfig: operator.kubeconfig,
    args: ['label', 'namespace', namespace, 'tier=another', '--overwrite'],
  })
  await untilSaying(name, `it wants a namespace labelled tier=${tier}.`)
})

async function operatorNamespaceOf(tier: string): Promise<string> {
  const { kubeconfig } = operator
  await kubectl({ kubeconfig, args: ['create', 'namespace', tier] })
  await kubectl({ kubeconfig, args: ['label', 'namespace', tier, `tier=${tier}`] })
  return tier
}

async function untilSaying(name: string, words: string): Promise<void> {
  await eventually(async () => {
    const policy = await operator.policies.get({ name })
    return (
      policy !== undefined &&
      readyOf(policy)?.status === 'True' &&
      readyOf(policy)?.message.includes(words) === true
    )
  }, `${name} says "${words}"`)
}

test('two clients for the same requesters show on the provider and its policies before anybody asks', async (t) => {
  const provider = await startCompanyProvider()
  t.after(() => provider.close())
  const { name, provider: identityProvider } = await ask(operator, provider, {
    policy: { match: { ...neverMatching, actions: ['nothing-of-two-clients'] } },
  })
  await until(name, 'Accepted')
  const [client] = identityProvider.spec.clients
  assert.ok(client !== undefined)
  const twin = { ...client, clientID: 'agent-twin-bot' }
  await edit(operator.providers, name, { clients: [client, twin] })
  await until(name, 'AmbiguousClient')
  const said = /^Clients \S+ and agent-twin-bot both have no requesters, so requests of everyone else wait\./
  await eventually(async () => {
    const ready = readyOf((await operator.providers.get({ name })) ?? identityProvider)
    return ready?.reason === 'AmbiguousClient' && said.test(ready.message)
  }, 'the provider says which clients they are')

  const requesters = [{ kind: 'User', name: 'carol' } as const]
  await edit(operator.providers, name, { clients: [client, { ...twin, requesters }] })
  await until(name, 'Accepted')
})

async function until(name: string, reason: string): Promise<void> {
  await eventually(async () => {
    const policy = await operator.policies.get({ name })
    return policy !== undefined && readyOf(policy)?.reason === reason
  }, `${name} is said to be ${reason}`)
}
