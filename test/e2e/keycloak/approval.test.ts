/** The whole way with the real Keycloak: its prompts come to the inbox, people log in at it, and it signs what they said. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import { isAsked, isFinal } from '../../../tools/local/agent.ts'
import { pingedClient } from '../../../tools/keycloak/start.ts'
import { answerAs, headingOf } from '../../../tools/local/person.ts'
import type { PersonAnswer } from '../../../tools/local/person.ts'
import type { ApprovalPolicy, ApprovalRequest, IdentityProvider } from '../../../src/api/objects.ts'
import { summaryOf } from '../../../src/core/request/conditions.ts'
import { aClientKey } from '../../support/builders/client-key.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { keySecret, passwords, startKeycloakLab } from '../../support/labs/keycloak-lab.ts'
import type { KeycloakLab } from '../../support/labs/keycloak-lab.ts'
import { wideLimits } from '../../support/builders/limits.ts'

let lab: KeycloakLab

before(async () => {
  lab = await startKeycloakLab()
  await lab.apply(provider())
  const policy = lab.shipped('2-approval-policy.yaml') as ApprovalPolicy
  await lab.apply({ ...policy, spec: { ...policy.spec, limits: wideLimits } })
  await lab.controllers.start()
})

after(() => lab.stop())

test('the realm is found, with CIBA', async () => {
  await eventually(async () => (await readyOf('company')) === 'True Discovered', 'IdentityProvider is Ready')
})

test('an approval ends in a token of Keycloak', async () => {
  await lab.ask('approved')
  assert.equal(await answered('approved', 'approve'), 'You approved')
  const request = await finished('approved', 'Approved')
  const { payload: claims } = await verified(request)
  const [approver] = request.status?.decision?.approvers ?? []
  assert.deepEqual(approver, {
    issuer: lab.issuer,
    subject: claims.sub,
    name: 'alice@company.com',
    acr: '1',
    authTime: new Date(Number(claims.auth_time) * 1000).toISOString().replace('.000', ''),
  })
  const { azp, preferred_username, scope, realm_access } = claims
  assert.deepEqual({ azp, preferred_username }, { azp: 'agent-release-bot', preferred_username: 'alice' })
  assert.deepEqual(String(scope).split(' ').toSorted(), ['openid', 'profile', 'rollouts:promote'])
  // The token is good for what was approved, and for nothing else that alice may do.
  assert.equal(realm_access, undefined)
})

for (const [decision, reason] of [
  ['approve', 'Approved'],
  ['deny', 'AccessDenied'],
] as const)
  test(`by ping, ${decision}: the answer is asked for once, when it is there`, async () => {
    await byPing()
    const before = lab.tokenRequests()
    await lab.ask(`pinged-${decision}`, { action: 'scale-out' })
    await answered(`pinged-${decision}`, decision)
    const { status } = await finished(`pinged-${decision}`, reason)
    assert.ok(status?.prompts?.[0]?.pingedAt !== undefined)
    assert.equal(lab.tokenRequests() - before, 1)
  })

test('a ping that is lost: alice reads that her answer counts, and it is asked for', async () => {
  await byPing()
  lab.pingsAre('Lost')
  await lab.ask('unpinged', { action: 'scale-out' })
  assert.equal(await answered('unpinged', 'approve'), 'You approved')
  const { status } = await finished('unpinged', 'Approved')
  assert.equal(status?.prompts?.[0]?.pingedAt, undefined)
  lab.pingsAre('Brought')
})

test('with parameterized scopes Keycloak signs the action', async () => {
  await lab.apply(provider('company', { actionBinding: 'ParameterizedScopes' }))
  await lab.ask('signed')
  await answered('signed', 'approve')
  const request = await finished('signed', 'Approved')
  const { payload: claims } = await verified(request)
  const { action, target, namespace, kind, revision, environment, digest } = claims
  assert.deepEqual(
    { action, target, namespace, kind, revision, environment, digest },
    {
      ...{ action: ['promote-rollout'], target: ['signed'], namespace: ['demo'], kind: ['Rollout'] },
      ...{ revision: ['7654b4484'], environment: ['prod'], digest: [request.status?.digest] },
    },
  )
  await lab.apply(provider('company', { actionBinding: 'None' }))
})

test('a refusal', async () => {
  await lab.ask('refused')
  assert.equal(await answered('refused', 'deny'), 'You denied')
  await finished('refused', 'AccessDenied')
})

test('a question that nobody answers', async () => {
  await lab.ask('expired', { requestedExpiry: '12s' })
  await lab.until('expired', isAsked)
  await finished('expired', 'RequestExpired')
  await assert.rejects(answerAs(asAlice('expired', 'approve')), /instead of/)
})

test('another person sees no question', async () => {
  await lab.ask('private')
  await lab.until('private', isAsked)
  const bob = { ...asAlice('private', 'approve'), username: 'bob', password: passwords.bob }
  await assert.rejects(answerAs(bob), /answered 404/)
  await answerAs(asAlice('private', 'deny'))
  await finished('private', 'AccessDenied')
})

test('Keycloak and the inbox are away for a while', async () => {
  await lab.ask('patient')
  await lab.until('patient', isAsked)
  const before = lab.turnedAway()
  lab.keycloakIs('Away')
  await lab.restartInbox()
  await eventually(() => lab.turnedAway() > before, 'the answer was asked for in vain')
  lab.keycloakIs('There')
  await answerAs(asAlice('patient', 'approve'))
  await finished('patient', 'Approved')
  assert.equal(lab.promptsFor('patient'), 1)
})

test('a person whom the realm does not have', async () => {
  await lab.apply(policy('rotations', { actions: ['rotate-secret'], hint: 'carol' }))
  await lab.ask('unknown', { action: 'rotate-secret' })
  await finished('unknown', 'UnknownUserId')
})

test('a key that Keycloak does not know, and then the right one', async () => {
  const other = await aClientKey('ES256', { kid: 'agent-1', alg: 'ES256' })
  await lab.apply(keySecret('other', other.secret))
  const [client] = provider().spec.clients
  const authentication = {
    method: 'private_key_jwt',
    secretRef: { name: 'other', key: 'private.jwk' },
  } as const
  assert.ok(client !== undefined)
  await lab.apply(provider('mistaken', { clients: [{ ...client, authentication }] }))
  await lab.apply(policy('drains', { actions: ['drain-node'], identityProvider: 'mistaken' }))
  await lab.ask('mistaken', { action: 'drain-node' })
  await lab.until('mistaken', (request) => summaryOf(request)?.reason === 'IdentityProviderNotReady')
  await eventually(
    async () => (await readyOf('mistaken')) === 'False ClientAuthenticationFailed',
    'IdentityProvider says that its client is refused',
  )
  await lab.apply(keySecret('other', lab.agentKey))
  await answered('mistaken', 'deny')
  await finished('mistaken', 'AccessDenied')
  assert.equal(lab.promptsFor('mistaken'), 1)
})

for (const [failpoint, reason] of [
  ['before:I1', 'Approved'],
  // Keycloak refuses an assertion that it has taken, so the second sending reaches nobody.
  ['after:I1', 'PromptLost'],
] as const)
  test(`killed ${failpoint}: one prompt, ${reason}`, async () => {
    const name = `killed-${failpoint.replace(':', '-').toLowerCase()}`
    await lab.controllers.stop()
    const controller = await lab.controllers.start(`${failpoint}=kill`)
    await lab.ask(name)
    assert.equal(await controller.ends(), sigkill)
    await lab.controllers.start()
    const reached = await lab.until(name, (request) => isAsked(request) || isFinal(request))
    if (!isFinal(reached)) await answerAs(asAlice(name, 'approve'))
    await finished(name, reason)
    assert.equal(lab.promptsFor(name), 1)
  })

const sigkill = 137

function provider(name = 'company', changes: Partial<IdentityProvider['spec']> = {}): IdentityProvider {
  const shipped = lab.shipped('1-identity-provider.yaml') as IdentityProvider
  const spec = { ...shipped.spec, issuer: lab.issuer, allowInsecureHTTP: true, ...changes }
  return { ...shipped, metadata: { name }, spec }
}

/** Scaling out is asked by a client that Keycloak pings. */
async function byPing(): Promise<void> {
  const clients = provider().spec.clients.map((client) => ({ ...client, clientID: pingedClient }))
  await lab.apply(provider('pinging', { delivery: 'Ping', clients }))
  await lab.apply(policy('scaling', { actions: ['scale-out'], identityProvider: 'pinging' }))
}

type Changes = {
  readonly actions: readonly string[]
  readonly hint?: string
  readonly identityProvider?: string
}

function policy(name: string, { actions, hint = 'alice', identityProvider = 'company' }: Changes): object {
  const shipped = lab.shipped('2-approval-policy.yaml') as ApprovalPolicy
  const stages = [{ name: 'sre', approvers: [{ name: `${hint}@company.com`, hint }] }]
  const match = { ...shipped.spec.match, actions }
  return { ...shipped, metadata: { name }, spec: { ...shipped.spec, match, identityProvider, stages } }
}

async function readyOf(name: string): Promise<string> {
  const found = await lab.providers.get({ name })
  const ready = found?.status?.conditions?.find(({ type }) => type === 'Ready')
  return `${ready?.status ?? ''} ${ready?.reason ?? ''}`
}

/** @returns the heading of the page that she sees then */
async function answered(name: string, decision: 'approve' | 'deny'): Promise<string> {
  await lab.until(name, isAsked)
  return headingOf(await answerAs(asAlice(name, decision)))
}

function asAlice(name: string, decision: 'approve' | 'deny'): PersonAnswer {
  const { inboxUrl } = lab
  const request = { namespace: 'demo', name }
  return { inboxUrl, request, username: 'alice', password: passwords.alice, decision }
}

async function finished(name: string, reason: string): Promise<ApprovalRequest> {
  const request = await lab.until(name, isFinal)
  const summary = summaryOf(request)
  assert.equal(summary?.reason, reason, summary?.message)
  return request
}

/** As a resource server does it. */
async function verified({ status }: ApprovalRequest): Promise<{ readonly payload: JWTPayload }> {
  const secret = await lab.secrets.get({ namespace: 'demo', name: status?.secretName ?? '' })
  const token = Buffer.from(secret?.data?.access_token ?? '', 'base64').toString()
  const keys = createRemoteJWKSet(new URL(`${lab.issuer}/protocol/openid-connect/certs`))
  return jwtVerify(token, keys, { issuer: lab.issuer, audience: 'https://rollouts.company.com' })
}
