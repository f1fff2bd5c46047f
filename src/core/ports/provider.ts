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
  /**
   * RFC 7009, for tokens that are dropped; does nothing where the provider cannot, and never throws.
   * @returns whether the provider said that it is revoked
   */
  revoke(accessToken: string): Promise<boolean>
}

/** `reason` is one of the reasons that explain an IdentityProvider that cannot be used. */
export type Connected =
  | {
      readonly kind: 'Connected'
      readonly connection: ProviderConnection
      /** `acr_values_supported`; absent where the metadata does not say. */
      readonly acrValues?: readonly string[]
      /** Why nobody may be prompted by it. Answers to earlier prompts can be fetched all the same. */
      readonly mismatch?: Mismatch
    }
  | ({
      readonly kind: 'NotReady'
      readonly reason: 'DiscoveryFailed' | 'BackchannelNotSupported' | 'InvalidKey'
    } & Fault)

/** What is wrong, without a full stop and without advice; and what to do as a sentence, where it is not what the reason says. */
export type Fault = { readonly message: string; readonly remedy?: string }

/** Where an IdentityProvider or its client does not fit what the provider says of itself. */
export type Mismatch = Fault & {
  readonly reason:
    | 'AlgorithmNotSupported'
    | 'SigningKeyNotFound'
    | 'ClientAuthenticationNotSupported'
    | 'AuthorizationDetailsNotSupported'
}

/** A client with what proves that it is the one. */
export type ClientCredential =
  /** Sent with each request (RFC 6749 §2.3.1). */
  | {
      readonly kind: 'SharedSecret'
      readonly clientID: string
      readonly method: 'client_secret_basic' | 'client_secret_post'
      readonly secret: string
    }
  /** Signs an assertion for each request (RFC 7523 §2.2, `private_key_jwt`). */
  | {
      readonly kind: 'PrivateKey'
      readonly clientID: string
      /** The key as text, a JWK (RFC 7517). */
      readonly jwk: string
      /** If the key does not say. */
      readonly algorithm?: SigningAlgorithm
    }

/** What a client's private key may sign with; see also core/provider/algorithms.ts. */
export type SigningAlgorithm = NonNullable<
  IdentityProviderSpec['clients'][number]['authentication']['algorithm']
>

/** `clockSkewSeconds` is how far the provider's clock is ahead of ours; negative if it is behind, undefined if it does not say. */
export type Examined =
  | {
      readonly kind: 'Usable'
      readonly clockSkewSeconds: number | undefined
      readonly mismatch?: Mismatch
      /** `acr_values_supported`; absent where the metadata does not say. */
      readonly acrValues?: readonly string[]
      /** Members of the metadata that would be compared, and that the provider leaves out. */
      readonly unlisted?: readonly string[]
    }
  | Extract<Connected, { kind: 'NotReady' }>

/** The way to every provider. What goes wrong there is a value, not an exception. */
export interface OpenIDProviders {
  /** Discovery and JWKS are loaded before this answers, and kept for later calls. */
  connect(provider: IdentityProviderSpec, credential: ClientCredential): Promise<Connected>
  /** Loads them again, whatever is kept. What is learned serves later connections; a failure takes nothing from them. */
  examine(provider: IdentityProviderSpec): Promise<Examined>
}

/**
 * Called for each HTTP exchange with a provider, for metrics. `Error` is an answer that refuses, `Unreachable` no usable answer,
 * `Pending` a token request before the person has answered.
 */
export type ProviderExchange = {
  readonly endpoint: 'discovery' | 'jwks' | 'backchannel_authentication' | 'token'
  readonly result: 'Ok' | 'Pending' | 'Error' | 'Unreachable'
  readonly seconds: number
}
