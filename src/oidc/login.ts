/** A person's login by authorization code with PKCE (OpenID Connect Core §3.1, RFC 7636), through openid-client. */
import * as openid from 'openid-client'
import type { LoggedInPerson, Login, LoginResult } from '../core/ports/login.ts'
import { createBoundedFetch, defaultLimits, NoAnswerError } from './http/bounded-fetch.ts'
import { discover } from './provider/discovery.ts'

/** The client that logs people in, as it is registered at the provider. */
export type LoginClient = {
  readonly issuer: string
  readonly clientID: string
  readonly clientSecret: string
  readonly redirectUri: string
  readonly allowInsecureHTTP: boolean
  readonly caBundle?: string
}

/** The provider cannot be reached, or says of itself what cannot be used. Trying again later may help. */
class LoginUnavailableError extends Error {
  override readonly name = 'LoginUnavailableError'
  readonly code = 'ERR_LOGIN_UNAVAILABLE'
}

/** The person authenticates for this login, not for an earlier one; some time passes on consent pages. */
const maxAuthenticationAgeSeconds = 120

/** Logins by this client. The provider's metadata is read at the first login, and again after a failure. */
export function createLogin(client: LoginClient): Login {
  let pending: Promise<openid.Configuration> | undefined
  async function configuration(): Promise<openid.Configuration> {
    pending ??= configure(client)
    try {
      return await pending
    } catch (error) {
      pending = undefined
      throw error
    }
  }
  return {
    async begin(acrValues = []) {
      const config = await configuration()
      const transaction = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        codeVerifier: openid.randomPKCECodeVerifier(),
      }
      const redirectTo = openid.buildAuthorizationUrl(config, {
        redirect_uri: client.redirectUri,
        scope: 'openid profile',
        state: transaction.state,
        nonce: transaction.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(transaction.codeVerifier),
        code_challenge_method: 'S256',
        prompt: 'login',
        max_age: String(maxAuthenticationAgeSeconds),
        ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
      })
      return { redirectTo, transaction }
    },
    async finish(callback, transaction): Promise<LoginResult> {
      // Behind a proxy the callback may have come under another name than the provider knows.
      const answer = new URL(client.redirectUri)
      answer.search = callback.search
      try {
        const tokens = await openid.authorizationCodeGrant(await configuration(), answer, {
          expectedState: transaction.state,
          expectedNonce: transaction.nonce,
          pkceCodeVerifier: transaction.codeVerifier,
          maxAge: maxAuthenticationAgeSeconds,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        return claims === undefined ? failed('id_token') : { kind: 'LoggedIn', person: personIn(claims) }
      } catch (error) {
        return failed(nameOf(error))
      }
    },
  }
}

async function configure(client: LoginClient): Promise<openid.Configuration> {
  const { clientID, clientSecret, caBundle } = client
  const fetch = createBoundedFetch({ caBundle, limits: defaultLimits, reuse: 'Kept' })
  const found = await discover(client, fetch)
  if (found.kind === 'NotReady') throw new LoginUnavailableError(found.message)
  const authentication = openid.ClientSecretBasic(clientSecret)
  const config = new openid.Configuration(found.metadata, clientID, undefined, authentication)
  config[openid.customFetch] = fetch
  config.timeout = defaultLimits.metadataSeconds
  // Plain http is a matter of discovery, which has let none through that was not allowed.
  if (client.allowInsecureHTTP) openid.allowInsecureRequests(config)
  // Without this the library trusts TLS and does not look at the ID token's signature.
  openid.enableNonRepudiationChecks(config)
  return config
}

function personIn(claims: openid.IDToken): LoggedInPerson {
  const { iss, sub, name, acr, preferred_username: preferredUsername, auth_time: authTime } = claims
  return {
    issuer: iss,
    subject: sub,
    name: text(name),
    preferredUsername: text(preferredUsername),
    authTime,
    ...(typeof acr === 'string' && { acr: acr.slice(0, 255) }),
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 255) : undefined
}

/** OAuth's word where there is one, else the library's or our code; never a description. */
function nameOf(error: unknown): string {
  if (error instanceof openid.AuthorizationResponseError || error instanceof openid.ResponseBodyError)
    return /^[\w.-]{1,64}$/.test(error.error) ? error.error : 'invalid_error'
  if (error instanceof openid.WWWAuthenticateChallengeError) return 'invalid_client'
  if (error instanceof LoginUnavailableError) return 'temporarily_unavailable'
  if (!(error instanceof openid.ClientError)) return 'invalid_response'
  return error.cause instanceof NoAnswerError ? 'temporarily_unavailable' : (error.code ?? 'invalid_response')
}

function failed(error: string): LoginResult {
  return { kind: 'Failed', error }
}
