/** A connection to an OpenID Provider for one client. */
import type { IdentityProviderSpec } from '../../api/objects.ts'
import type { PromptRequest, PromptOutcome } from './prompting.ts'
import type { TokenResponse, TokenOutcome, IdTokenVerification } from './redeeming.ts'

/** One client at one provider, with metadata and keys loaded. */
export interface ProviderConnection {
  /** I1: exactly one HTTP request, never repeated by itself. */
  requestPrompt(request: PromptRequest): Promise<PromptOutcome>
  /** I2: exactly one token request for one `auth_req_id`. */
  requestToken(authReqId: string): Promise<TokenOutcome>
  verifyIdToken(response: TokenResponse, algorithms: readonly string[]): Promise<IdTokenVerification>
  /** RFC 7009, for tokens that are dropped; does nothing where the provider cannot, and never throws. */
  revoke(accessToken: string): Promise<void>
}

/** `reason` is one of the reasons that explain an IdentityProvider that cannot be used. */
export type Connected =
  | { readonly kind: 'Connected'; readonly connection: ProviderConnection }
  | {
      readonly kind: 'NotReady'
      readonly reason: 'DiscoveryFailed' | 'BackchannelNotSupported' | 'InvalidKey'
      readonly message: string
    }

/** `secret` is the client's secret, or for `private_key_jwt` its private key as a JWK (RFC 7517). */
export type ClientCredential = {
  readonly clientID: string
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'
  /** For `private_key_jwt`, if the key does not say. */
  readonly algorithm?: SigningAlgorithm
  readonly secret: string
}

export type SigningAlgorithm = 'ES256' | 'PS256' | 'RS256' | 'EdDSA'

/** `clockSkewSeconds` is how far the provider's clock is ahead of ours; negative if it is behind, undefined if it does not say. */
export type Examined =
  | { readonly kind: 'Usable'; readonly clockSkewSeconds: number | undefined }
  | Extract<Connected, { kind: 'NotReady' }>

export interface OpenIDProviders {
  /** Discovery and JWKS are loaded before this answers, and kept for later calls. */
  connect(provider: IdentityProviderSpec, credential: ClientCredential): Promise<Connected>
  /** Loads them anew, whatever is kept. What is learned serves later connections; a failure takes nothing from them. */
  examine(provider: IdentityProviderSpec): Promise<Examined>
}

/**
 * Told of each HTTP exchange with a provider, for metrics. `Error` is an answer that refuses, `Unreachable` no usable answer,
 * `Pending` a token request before the person has answered.
 */
export type ProviderExchange = {
  readonly endpoint: 'discovery' | 'jwks' | 'backchannel_authentication' | 'token'
  readonly result: 'Ok' | 'Pending' | 'Error' | 'Unreachable'
  readonly seconds: number
}
