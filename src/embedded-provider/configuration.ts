/** How oidc-provider is set up. What it would only warn about is set too: its notices go to stdout, which is ours. */
import type { AdapterFactory, ClientMetadata, Configuration, FindAccount } from 'oidc-provider'
import {
  actionDetailType,
  approvalDigestParameter,
  approvalRequestParameter,
  cibaGrant,
} from '../api/names.ts'
import { claimsOf } from './action-scopes.ts'
import type { Backchannel } from './backchannel.ts'
import { credentialMetadata } from './client-credential.ts'
import { featuresFor } from './features.ts'
import { algorithm } from './keys.ts'
import type { SigningKey } from './keys.ts'
import { loginErrorPage } from './login-page.ts'
import { anyLogin, twoFactors } from './passwords.ts'
import type { Client, Directory, Person } from './people.ts'
import { pingsTo, registeredEndpoint } from './ping.ts'

/** The backchannel authentication endpoint; its callback is below it, as at Keycloak. */
export const backchannelPath = '/ext/ciba/auth'
/** The path of the login form, followed by the uid of the interaction. */
export const interactionPath = '/interaction'

/** What stays the same when people and clients change. */
export type Kept = {
  readonly key: SigningKey
  readonly cookieKey: Buffer
  readonly memory: AdapterFactory
  readonly backchannel: Backchannel
}

const longestPromptSeconds = 3600
const defaultPromptSeconds = 600
const sessionSeconds = 3600

/** Builds oidc-provider's configuration for the people and clients of a file. */
export function configurationFor(
  directory: Directory,
  { key, cookieKey, memory, backchannel }: Kept,
): Configuration {
  return {
    adapter: memory,
    clients: directory.clients.map(clientMetadata),
    clientDefaults: { id_token_signed_response_alg: algorithm },
    jwks: { keys: [key.jwk] },
    cookies: {
      names: { session: 'provider-session', interaction: 'provider-interaction', resume: 'provider-resume' },
      keys: [cookieKey],
    },
    routes: { backchannel_authentication: backchannelPath },
    interactions: { url: (_ctx, interaction) => `${interactionPath}/${interaction.uid}` },
    findAccount: accountsOf(directory.people),
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
    },
    // The inbox learns the name from the ID token and needs no further request.
    conformIdTokenClaims: false,
    acrValues: [anyLogin, twoFactors],
    extraParams: [approvalRequestParameter, approvalDigestParameter],
    extraTokenClaims: tokenClaims(directory.people),
    loadExistingGrant: firstPartyGrant,
    pkce: { required: () => true },
    clientBasedCORS: () => false,
    fetch: pingsTo(directory.clients),
    renderError: loginErrorPage,
    ttl: lifetimes(directory),
    features: featuresFor(directory, backchannel),
  }
}

function clientMetadata(client: Client): ClientMetadata {
  const common = { client_id: client.clientId, ...credentialMetadata(client.credential) }
  switch (client.kind) {
    case 'Ciba':
      return {
        ...common,
        grant_types: [cibaGrant],
        response_types: [],
        redirect_uris: [],
        ...deliveryOf(client.notificationEndpoint),
        authorization_details_types: [actionDetailType],
      }
    case 'Login':
      return {
        ...common,
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [...client.redirectUris],
      }
  }
}

function deliveryOf(notificationEndpoint: string | undefined): Partial<ClientMetadata> {
  if (notificationEndpoint === undefined) return { backchannel_token_delivery_mode: 'poll' }
  return {
    backchannel_token_delivery_mode: 'ping',
    backchannel_client_notification_endpoint: registeredEndpoint(notificationEndpoint),
  }
}

function accountsOf(people: readonly Person[]): FindAccount {
  return (_ctx, sub) => {
    const person = people.find(({ username }) => username === sub)
    if (person === undefined) return undefined
    const { username, name, email } = person
    const claims = { sub: username, name, preferred_username: username, email, email_verified: true }
    return { accountId: username, claims: () => claims }
  }
}

/** What resource servers may rely on: who approved, how, and exactly what. */
function tokenClaims(people: readonly Person[]): NonNullable<Configuration['extraTokenClaims']> {
  return (ctx, token) => {
    const request = ctx.oidc.entities.BackchannelAuthenticationRequest
    if (request === undefined) return undefined
    const approver = people.find(({ username }) => username === request.accountId)
    const granted = token.scope?.split(' ') ?? []
    const { acr, amr, authTime } = request
    return { acr, amr, auth_time: authTime, ...claimsOf(granted), approved_by: approver?.email }
  }
}

/** The clients are ours, so nobody is asked for consent to log in. */
const firstPartyGrant: NonNullable<Configuration['loadExistingGrant']> = async (ctx) => {
  const { client, session, provider, account } = ctx.oidc
  if (client === undefined || account === undefined) return undefined
  const existing = session?.grantIdFor(client.clientId)
  if (existing !== undefined) return provider.Grant.find(existing)
  const grant = new provider.Grant({ clientId: client.clientId, accountId: account.accountId })
  grant.addOIDCScope('openid profile email')
  await grant.save()
  return grant
}

function lifetimes({ tokenLifetimeSeconds }: Directory): NonNullable<Configuration['ttl']> {
  return {
    AccessToken: tokenLifetimeSeconds,
    AuthorizationCode: 60,
    BackchannelAuthenticationRequest: (ctx) => {
      const asked = Number(ctx.oidc.params?.requested_expiry ?? defaultPromptSeconds)
      return Math.min(asked, longestPromptSeconds)
    },
    Grant: sessionSeconds + longestPromptSeconds,
    IdToken: tokenLifetimeSeconds,
    Interaction: 600,
    Session: sessionSeconds,
  }
}
