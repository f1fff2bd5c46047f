/** How the client proves itself at the token and backchannel endpoints (CIBA Core §7.1: the same method at both). */
import { ClientSecretBasic, ClientSecretPost } from 'openid-client'
import type { ClientAuth } from 'openid-client'
import type { AssertionClaims } from '../../core/ports/prompting.ts'
import type { ClientCredential, Connected } from '../../core/ports/provider.ts'
import type { Clock } from '../../core/ports/surroundings.ts'
import { signAssertion } from './assertion.ts'
import type { ClientKey, ClientKeys } from './key.ts'

/** A form for one of the provider's endpoints, before the client is authenticated in it. */
export type UnprovenRequest = {
  readonly issuer: string
  readonly body: URLSearchParams
  readonly headers: Headers
  /** For `private_key_jwt`, if a later sending has to repeat them. */
  readonly assertion?: AssertionClaims | undefined
}

/** Adds the client authentication to headers or body of a form. */
export type Authenticate = (request: UnprovenRequest) => void | Promise<void>

/** How to authenticate, or why the credential cannot be used. */
export type Authentication =
  | {
      readonly kind: 'Known'
      readonly authenticate: Authenticate
      /** Where the client signs. */
      readonly algorithm?: string
    }
  | Extract<Connected, { kind: 'NotReady' }>

type Signing = { readonly clientKeys: ClientKeys; readonly clock: Clock }

/** Prepares a credential for use; the provider is not involved. A key that cannot sign is `NotReady`, with a remedy. */
export async function clientAuthentication(
  credential: ClientCredential,
  { clientKeys, clock }: Signing,
): Promise<Authentication> {
  const { clientID } = credential
  switch (credential.kind) {
    case 'SharedSecret':
      return known(bySecret(clientID, libraries[credential.method](credential.secret)))
    case 'PrivateKey': {
      const key = await clientKeys(credential)
      if (key.kind === 'Imported') return { ...known(byKey(clientID, key, clock)), algorithm: key.algorithm }
      const message = `the private key of client ${clientID} ${key.fault}`
      return { kind: 'NotReady', reason: 'InvalidKey', message, remedy: key.remedy }
    }
  }
}

/** `Basic` form-encodes both parts as RFC 6749 §2.3.1 says, `-` as `%2D` included; a provider that does not decode them answers 401. */
const libraries = { client_secret_basic: ClientSecretBasic, client_secret_post: ClientSecretPost } as const

function known(authenticate: Authenticate): Extract<Authentication, { kind: 'Known' }> {
  return { kind: 'Known', authenticate }
}

function bySecret(clientID: string, library: ClientAuth): Authenticate {
  return ({ issuer, body, headers }) => {
    library({ issuer }, { client_id: clientID }, body, headers)
  }
}

/** Our own and not openid-client's, which has no other clock than the system's. */
function byKey(clientID: string, key: ClientKey, clock: Clock): Authenticate {
  return async ({ issuer, body, assertion: claims }) => {
    const assertion = await signAssertion(key, { clientID, issuer }, { now: clock.now(), claims })
    body.set('client_id', clientID)
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    body.set('client_assertion', assertion)
  }
}
