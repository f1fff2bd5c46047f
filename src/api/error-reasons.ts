/** The reasons that an error code of the provider ends a request with (CIBA Core §11 and §13, RFC 8707 §2, RFC 9396 §5). */
import { askAgain, askAgainOnceFixed } from './reason-words.ts'
import type { Row } from './reason-words.ts'

/** A part of `reasons`, at the end of it. */
export const errorReasons = {
  PromptRefused: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The provider refused to ask the approver (access_denied at the backchannel endpoint).',
    next: `Ask a platform engineer to look at the provider’s rules for this client and approver. ${askAgainOnceFixed}`,
  },
  InvalidRequest: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The provider answered invalid_request.',
    next: `Ask a platform engineer to compare the approver’s hint and the IdentityProvider’s profile with the provider. ${askAgainOnceFixed}`,
  },
  InvalidScope: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The provider answered invalid_scope.',
    next: `Ask a platform engineer to allow the scopes for the client at the provider, or ask for others. ${askAgainOnceFixed}`,
  },
  InvalidTarget: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The provider answered invalid_target: it does not know the audience (RFC 8707).',
    next: `Ask a platform engineer to make the audience known at the provider, or ask for another one. ${askAgainOnceFixed}`,
  },
  InvalidAuthorizationDetails: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The provider answered invalid_authorization_details (RFC 9396).',
    next: `Ask a platform engineer to allow the type countersign.dev/action at the provider, or to set authorizationDetails: Unsupported. ${askAgainOnceFixed}`,
  },
  UnknownUserId: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The provider does not know the approver’s hint.',
    next: `Ask a platform engineer to correct the approver’s hint in the policy. ${askAgainOnceFixed}`,
  },
  InvalidBindingMessage: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The provider refused the binding message.',
    next: `Ask a platform engineer to set spec.bindingMessage of the IdentityProvider. ${askAgainOnceFixed}`,
  },
  ExpiredLoginHintToken: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The provider answered expired_login_hint_token.',
    next: askAgain,
  },
  MissingUserCode: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The provider wants a user code, which a machine cannot have.',
    next: `Ask a platform engineer to use a client without user codes. ${askAgainOnceFixed}`,
  },
  InvalidUserCode: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The provider answered invalid_user_code.',
    next: `Ask a platform engineer to use a client without user codes. ${askAgainOnceFixed}`,
  },
  UnauthorizedClient: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The client may not use this grant at the token endpoint.',
    next: `Ask a platform engineer to allow CIBA in poll or ping mode for the client. ${askAgainOnceFixed}`,
  },
  ProviderError: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The provider answered with an error that CIBA does not name.',
    next: `Ask a platform engineer: the message quotes the error. ${askAgainOnceFixed}`,
  },
} as const satisfies Record<string, Row>
