/** What the real Keycloak makes of `acr_values` in CIBA, and what its tokens say of a login: docs/how-to/keycloak.md says the same. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAsked, isFinal } from '../../../tools/local/agent.ts'
import type { Realm } from '../../../tools/keycloak/start.ts'
import { createBrowser, formOn, headingOf } from '../../../tools/local/person.ts'
import type { Browser, Page } from '../../../tools/local/person.ts'
import { codeOf, stepAt } from '../../../src/embedded-provider/totp.ts'
import type {
  ApprovalPolicy,
  ApprovalPolicySpec,
  ApprovalRequest,
  IdentityProvider,
} from '../../../src/api/objects.ts'
import { summaryOf } from '../../../src/core/request/conditions.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { wideLimits } from '../../support/builders/limits.ts'
import { passwords, startKeycloakLab } from '../../support/labs/keycloak-lab.ts'
import type { KeycloakLab } from '../../support/labs/keycloak-lab.ts'

let lab: KeycloakLab

/** Base32, of alice’s authenticator app. */
const totp = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

before(async () => {
  lab = await startKeycloakLab(withLevels)
  const shipped = lab.shipped('1-identity-provider.yaml') as IdentityProvider
  const spec = { ...shipped.spec, issuer: lab.issuer, allowInsecureHTTP: true }
  await lab.apply({ ...shipped, metadata: { name: 'company' }, spec })
  await lab.controllers.start()
})

after(() => lab.stop())

test('the levels of the realm are what the IdentityProvider supports', async () => {
  await eventually(async () => {
    const { status } = (await lab.providers.get({ name: 'company' })) ?? {}
    return status?.acrValuesSupported?.join() === 'silver,gold,0,1,2'
  }, 'the IdentityProvider names the levels')
})

test('a level that the realm does not have: nobody is asked', async () => {
  await requireOf('one', { acrValues: ['platinum'] })
  await lab.ask('unsupported', { action: 'one' })
  const waiting = await lab.until(
    'unsupported',
    (request) => summaryOf(request)?.reason === 'AuthenticationNotSupported',
  )
  assert.match(
    summaryOf(waiting)?.message ?? '',
    /requires a login with the acr "platinum", and IdentityProvider company supports "silver", "gold", "0", "1" and "2"/,
  )
  assert.equal(lab.promptsFor('unsupported'), 0)
})

test('a token by CIBA has level 1, by the name that the agent’s client has for it', async () => {
  await requireOf('two', { acrValues: ['silver'] })
  const { page, status, message } = await answered('silver', 'two')
  assert.equal(headingOf(page), 'You approved')
  assert.equal(status?.outcome, 'Failed')
  assert.match(message, /requires a login with the acr "silver", and the ID token has the acr "gold"\./)
})

test('the inbox has alice log in by two factors, and so does what the token says', async () => {
  await requireOf('three', { acrValues: ['gold'] })
  const { page, status, message, factors } = await answered('gold', 'three')
  assert.equal(headingOf(page), 'You approved')
  assert.equal(status?.outcome, 'Approved', message)
  assert.equal(status.decision?.approvers[0]?.acr, 'gold')
  assert.deepEqual(factors, ['password', 'password', 'otp'])
})

test('auth_time is when the token was issued, not when she logged in', async () => {
  await requireOf('four', { maxAuthenticationAge: '1m' })
  const readSeconds = 10
  const { status, loggedInAt } = await answered('recent', 'four', readSeconds)
  assert.equal(status?.outcome, 'Approved')
  const authTime = new Date(status.decision?.approvers[0]?.authTime ?? 0).getTime()
  assert.ok(authTime >= loggedInAt + (readSeconds - 1) * 1000, `${authTime} follows ${loggedInAt}`)
})

/** Of whoever asks for this action. */
async function requireOf(
  action: string,
  required: NonNullable<ApprovalPolicySpec['require']>,
): Promise<void> {
  const shipped = lab.shipped('2-approval-policy.yaml') as ApprovalPolicy
  const match = { ...shipped.spec.match, actions: [action] }
  const spec = { ...shipped.spec, match, limits: wideLimits, require: required }
  await lab.apply({ ...shipped, metadata: { name: action }, spec })
}

type Answered = {
  readonly page: Page
  readonly factors: readonly string[]
  readonly status: ApprovalRequest['status']
  readonly message: string
  readonly loggedInAt: number
}

/** Alice logs in, reads for so long, and approves. */
async function answered(name: string, action: string, readSeconds = 0): Promise<Answered> {
  await lab.ask(name, { action })
  await lab.until(name, isAsked)
  const browser = createBrowser()
  const { page: question, factors } = await loggedIn(
    browser,
    await browser.open(`${lab.inboxUrl}/requests/demo/${name}`),
  )
  const loggedInAt = Date.now()
  await sleep(readSeconds * 1000)
  const page = await browser.send(question, { decision: 'approve' })
  const { status } = await lab.until(name, isFinal)
  return { page, factors, status, message: status?.conditions?.[0]?.message ?? '', loggedInAt }
}

/** Answers whatever Keycloak asks for. */
async function loggedIn(browser: Browser, page: Page): Promise<Pick<Answered, 'page' | 'factors'>> {
  const factors: string[] = []
  let next = page
  for (;;) {
    const { fields = {} } = formOn(next) ?? {}
    const factor = ['password', 'otp'].find((name) => Object.hasOwn(fields, name))
    if (factor === undefined || factors.length > 4) return { page: next, factors }
    factors.push(factor)
    const filled: Readonly<Record<string, string>> =
      factor === 'otp'
        ? { otp: codeOf(totp, stepAt(new Date())) }
        : { username: 'alice', password: passwords.alice }
    next = await browser.send(next, filled)
  }
}

type User = { readonly username: string; readonly credentials: readonly object[] }
type WithUsers = Omit<Realm, 'users'> & { readonly users: readonly User[] }

/**
 * Level 1 by password, called silver, and level 2 by an authenticator app, called gold. For the agent’s client level 1 is called gold:
 * Keycloak’s tokens by CIBA have no other, and only the inbox sees to it that people log in by two factors.
 */
function withLevels(realm: Realm): Realm {
  const { users } = realm as WithUsers
  const map = (levels: object): object => ({ 'acr.loa.map': JSON.stringify(levels) })
  return {
    ...realm,
    attributes: { ...realm.attributes, ...map({ silver: 1, gold: 2 }) },
    clients: realm.clients.map((client) =>
      client.clientId === 'agent-release-bot'
        ? { ...client, attributes: { ...client.attributes, ...map({ gold: 1 }) } }
        : client,
    ),
    users: users.map((user) =>
      user.username === 'alice' ? { ...user, credentials: [...user.credentials, otpCredential] } : user,
    ),
    ...flows,
  } as Realm
}

const otpCredential = {
  type: 'otp',
  userLabel: 'app',
  secretData: JSON.stringify({ value: totp }),
  credentialData: JSON.stringify({
    subType: 'totp',
    digits: 6,
    counter: 0,
    period: 30,
    algorithm: 'HmacSHA1',
    secretEncoding: 'BASE32',
  }),
}

const flows = {
  browserFlow: 'levels',
  authenticationFlows: [
    flow('levels', 'Top', [step('auth-cookie', 'ALTERNATIVE'), part('forms', 'ALTERNATIVE')]),
    flow('forms', 'Part', [part('level 1', 'CONDITIONAL'), part('level 2', 'CONDITIONAL')]),
    flow('level 1', 'Part', [
      { ...step('conditional-level-of-authentication', 'REQUIRED'), authenticatorConfig: 'level 1' },
      step('auth-username-password-form', 'REQUIRED'),
    ]),
    flow('level 2', 'Part', [
      { ...step('conditional-level-of-authentication', 'REQUIRED'), authenticatorConfig: 'level 2' },
      step('auth-otp-form', 'REQUIRED'),
    ]),
  ],
  authenticatorConfig: [
    { alias: 'level 1', config: { 'loa-condition-level': '1', 'loa-max-age': '36000' } },
    { alias: 'level 2', config: { 'loa-condition-level': '2', 'loa-max-age': '0' } },
  ],
}

function flow(alias: string, where: 'Top' | 'Part', executions: readonly object[]): object {
  return {
    ...{ alias, providerId: 'basic-flow', topLevel: where === 'Top', builtIn: false },
    authenticationExecutions: executions.map((execution, index) => ({
      ...execution,
      priority: 10 * (index + 1),
    })),
  }
}

function step(authenticator: string, requirement: string): object {
  return { authenticator, authenticatorFlow: false, requirement }
}

function part(flowAlias: string, requirement: string): object {
  return { flowAlias, authenticatorFlow: true, requirement }
}
