/** A provider's habits: the presets of its profile, each of which the IdentityProvider may override. */
import type { IdentityProviderSpec } from '../../api/objects.ts'
import type { BindingMessageRules } from '../action/rendering.ts'
import { signatureAlgorithms } from './algorithms.ts'
import { comparisonOf } from './names.ts'
import type { Comparison } from './names.ts'

/** How a provider behaves, as far as that differs between providers. */
export type Habits = {
  readonly hintType: NonNullable<NonNullable<IdentityProviderSpec['hint']>['type']>
  readonly approverClaim: string
  /** How this claim is compared with what is expected; see names.ts. */
  readonly approverClaimComparison: Comparison
  readonly algorithms: readonly string[]
  readonly ignoredScopes: readonly string[]
  readonly actionBinding: NonNullable<IdentityProviderSpec['actionBinding']>
  readonly authorizationDetails: NonNullable<IdentityProviderSpec['authorizationDetails']>
  readonly bindingMessage: BindingMessageRules
  readonly assertionReplay: NonNullable<IdentityProviderSpec['assertionReplay']>
} & Dialect

/** What is the provider's own way, and nobody's to choose. */
type Dialect = {
  /** The parameter that names for whom the token is: RFC 8707's, or one of the provider. */
  readonly audienceParameter: 'resource' | 'audience'
  /** What `access_denied` says at the token endpoint; in CIBA Core §11 that a person refused, and nothing else. */
  readonly accessDenied: 'Refused' | 'RefusedOrExpired'
  /** Errors of the backchannel authentication endpoint that mean something else than CIBA Core §13 says. */
  readonly promptErrors: readonly PromptError[]
}

/** An error, by its code and the form of its description, and the code of CIBA Core §13 that it stands for. */
type PromptError = { readonly error: string; readonly description: RegExp; readonly means: string }

const byTheBook: Dialect = { audienceParameter: 'resource', accessDenied: 'Refused', promptErrors: [] }

/** How a claim is compared follows from the claim. */
type Preset = Omit<Habits, 'approverClaimComparison'>

const presets: Readonly<Record<IdentityProviderSpec['profile'], Preset>> = {
  // `approverClaim` has no preset here: admission makes the IdentityProvider name one.
  Generic: {
    ...byTheBook,
    hintType: 'Plain',
    approverClaim: 'sub',
    algorithms: signatureAlgorithms,
    ignoredScopes: [],
    actionBinding: 'None',
    authorizationDetails: 'Unsupported',
    bindingMessage: { pattern: 'A-Za-z0-9-', maxLength: 20 },
    assertionReplay: 'Unknown',
  },
  // Measured on 26.7.5. Ignored are the scopes that a client has by default and that carry no right; `roles`, which puts the
  // approver's roles into the token, is not one of them.
  Keycloak: {
    ...byTheBook,
    // Only the description tells this from a request that is malformed; older ones wrote `invalid user`.
    promptErrors: [{ error: 'invalid_request', description: /^invalid[ _]user$/, means: 'unknown_user_id' }],
    hintType: 'Plain',
    approverClaim: 'preferred_username',
    algorithms: signatureAlgorithms,
    ignoredScopes: ['acr', 'basic', 'email', 'profile', 'web-origins'],
    // Its parameterized scopes are an experimental feature.
    actionBinding: 'None',
    // And its authentication channel brings back a yes or a no, nothing else.
    authorizationDetails: 'Unsupported',
    bindingMessage: { pattern: 'a-zA-Z0-9._+/!?#-', maxLength: 50 },
    assertionReplay: 'Refused',
  },
  // As its documentation says; nobody has run it. The hint is the `sub`, so `sub` is what has to come back.
  Auth0: {
    ...byTheBook,
    audienceParameter: 'audience',
    accessDenied: 'RefusedOrExpired',
    hintType: 'IssSub',
    approverClaim: 'sub',
    algorithms: signatureAlgorithms,
    ignoredScopes: [],
    actionBinding: 'None',
    // It has them, for types that its administrator registers.
    authorizationDetails: 'Unsupported',
    bindingMessage: { pattern: 'A-Za-z0-9+_.,:#-', maxLength: 64 },
    assertionReplay: 'Refused',
  },
  OidcProvider: {
    ...byTheBook,
    hintType: 'Plain',
    approverClaim: 'sub',
    algorithms: signatureAlgorithms,
    ignoredScopes: [],
    actionBinding: 'ParameterizedScopes',
    authorizationDetails: 'Supported',
    bindingMessage: { pattern: 'a-zA-Z0-9._+/!?#-', maxLength: 20 },
    assertionReplay: 'Refused',
  },
}

/** The preset of the profile with what the IdentityProvider says instead. */
export function habitsOf(spec: IdentityProviderSpec): Habits {
  const preset = presets[spec.profile]
  const approverClaim = spec.token?.approverClaim ?? preset.approverClaim
  return {
    ...preset,
    hintType: spec.hint?.type ?? preset.hintType,
    approverClaim,
    approverClaimComparison: spec.token?.approverClaimComparison ?? comparisonOf(approverClaim),
    algorithms: spec.token?.algorithms ?? preset.algorithms,
    ignoredScopes: spec.token?.ignoredScopes ?? preset.ignoredScopes,
    actionBinding: spec.actionBinding ?? preset.actionBinding,
    authorizationDetails: spec.authorizationDetails ?? preset.authorizationDetails,
    assertionReplay: spec.assertionReplay ?? preset.assertionReplay,
    bindingMessage: {
      pattern: spec.bindingMessage?.pattern ?? preset.bindingMessage.pattern,
      maxLength: spec.bindingMessage?.maxLength ?? preset.bindingMessage.maxLength,
    },
  }
}
