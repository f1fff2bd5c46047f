/** A provider's habits: the presets of its profile, each of which the IdentityProvider may override. */
import type { IdentityProviderSpec } from '../../api/objects.ts'
import type { BindingMessageRules } from '../approval/rendering.ts'

export type Habits = {
  readonly approverClaim: string
  readonly algorithms: readonly string[]
  readonly ignoredScopes: readonly string[]
  readonly actionBinding: NonNullable<IdentityProviderSpec['actionBinding']>
  readonly bindingMessage: BindingMessageRules
  readonly assertionReplay: NonNullable<IdentityProviderSpec['assertionReplay']>
}

const asymmetric = ['ES256', 'PS256', 'RS256', 'EdDSA'] as const

const presets: Readonly<Record<IdentityProviderSpec['profile'], Habits>> = {
  // `approverClaim` has no preset here: admission makes the IdentityProvider name one.
  Generic: {
    approverClaim: 'sub',
    algorithms: asymmetric,
    ignoredScopes: [],
    actionBinding: 'None',
    bindingMessage: { pattern: 'A-Za-z0-9-', maxLength: 20 },
    assertionReplay: 'Unknown',
  },
  OidcProvider: {
    approverClaim: 'sub',
    algorithms: asymmetric,
    ignoredScopes: [],
    actionBinding: 'ParameterizedScopes',
    bindingMessage: { pattern: 'a-zA-Z0-9._+/!?#-', maxLength: 20 },
    assertionReplay: 'Refused',
  },
}

export function habitsOf(spec: IdentityProviderSpec): Habits {
  const preset = presets[spec.profile]
  return {
    approverClaim: spec.token?.approverClaim ?? preset.approverClaim,
    algorithms: spec.token?.algorithms ?? preset.algorithms,
    ignoredScopes: spec.token?.ignoredScopes ?? preset.ignoredScopes,
    actionBinding: spec.actionBinding ?? preset.actionBinding,
    assertionReplay: spec.assertionReplay ?? preset.assertionReplay,
    bindingMessage: {
      pattern: spec.bindingMessage?.pattern ?? preset.bindingMessage.pattern,
      maxLength: spec.bindingMessage?.maxLength ?? preset.bindingMessage.maxLength,
    },
  }
}
