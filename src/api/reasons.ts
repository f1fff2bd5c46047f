/** The reasons of conditions, Events, metrics and documentation. `stands`: while Complete is False, or once it is True. */
import type { Outcome } from './objects.ts'

type Words = { readonly meaning: string; readonly next: string }
type Row =
  | (Words & { readonly stands: 'Waiting' })
  | (Words & { readonly stands: 'Final' | 'WaitingOrFinal'; readonly outcome: Outcome })

/** How the same is asked again, and something else after a denial: the end of the next steps after which that makes sense. */
export const howToAskAgain = 'kubectl replace --force, or a new ApprovalRequest under another name'
export const howToAskDifferently = 'ask with a summary that says what is different'
const askAgain = `To ask again: ${howToAskAgain}.`
const askAgainOnceFixed = `Once that is fixed, ask again: ${howToAskAgain}.`
const askAdministrator = 'Ask a platform engineer to fix it; the request resumes automatically.'

export const reasons = {
  NoMatchingPolicy: {
    stands: 'Waiting',
    meaning: 'No ApprovalPolicy matches the request.',
    next: 'Ask for what a policy matches, or ask a platform engineer for a policy, or for the label that the Namespace lacks.',
  },
  AmbiguousPolicy: {
    stands: 'Waiting',
    meaning: 'Several ApprovalPolicies of the same priority match.',
    next: 'Ask a platform engineer to give one of them a higher priority.',
  },
  OutsidePolicyLimits: {
    stands: 'Waiting',
    meaning: 'The request asks for a scope, an audience or an expiry that the policy does not grant.',
    next: 'Ask for less, or ask a platform engineer to widen the policy.',
  },
  EnvironmentMismatch: {
    stands: 'Waiting',
    meaning: 'The environment is not the one that the Namespace is labelled with.',
    next: 'Name the environment of the Namespace.',
  },
  NotEnoughApprovers: {
    stands: 'Waiting',
    meaning: 'Nobody is left to ask: the requester cannot approve its own request.',
    next: 'Ask a platform engineer to name another approver.',
  },
  Throttled: {
    stands: 'Waiting',
    meaning: 'A limit of the policy is in the way: the request waits for its turn.',
    next: 'Wait. The message names the limit, its value, and when the approver is asked.',
  },
  IdentityProviderNotReady: {
    stands: 'Waiting',
    meaning: 'The IdentityProvider cannot be asked at the moment, for a prompt or for the answer to one.',
    next: askAdministrator,
  },
  NoClientForRequester: {
    stands: 'Waiting',
    meaning: 'The IdentityProvider has no client that asks for the requester.',
    next: 'Ask a platform engineer to add a client for the requester, or one without requesters.',
  },
  AmbiguousClient: {
    stands: 'Waiting',
    meaning: 'Several clients of the IdentityProvider name the requester.',
    next: 'Ask a platform engineer to let exactly one client name it.',
  },
  DefinitionsOutdated: {
    stands: 'Waiting',
    meaning: 'The CustomResourceDefinitions are older than the operator, and lack a field that it writes.',
    next: 'Ask a platform engineer to update the CustomResourceDefinitions; the request resumes automatically.',
  },
  SecretConflict: {
    stands: 'WaitingOrFinal',
    outcome: 'Failed',
    meaning: "The Secret for the token cannot be created, or one of its name is not the operator's.",
    next: 'Delete the Secret, or choose another name for the request.',
  },
  Prompting: {
    stands: 'Waiting',
    meaning: 'The prompt is being sent to the provider.',
    next: 'Nothing to do.',
  },
  AuthorizationPending: {
    stands: 'Waiting',
    meaning: 'The approver has been asked.',
    next: 'Wait for the answer.',
  },
  Approved: {
    stands: 'Final',
    outcome: 'Approved',
    meaning: 'The approver said yes.',
    next: 'Act before the approval expires.',
  },
  ApprovedWithChanges: {
    stands: 'Final',
    outcome: 'Approved',
    meaning: 'The approver said yes, and changed parameters that the request let her change.',
    next: 'Act with status.decision.parameters before the approval expires.',
  },
  AccessDenied: {
    stands: 'Final',
    outcome: 'Denied',
    meaning: 'The approver said no.',
    next: `A denial is an answer: do not ask for the same again. If something has changed, ${howToAskDifferently}.`,
  },
  RequestExpired: {
    stands: 'Final',
    outcome: 'Expired',
    meaning: 'No answer was known in time: nobody answered or was asked, or the answer was out of reach.',
    next: askAgain,
  },
  Withdrawn: {
    stands: 'Final',
    outcome: 'Withdrawn',
    meaning: 'Nobody waits for it: its Rollout was aborted or deleted, or its AnalysisRun has ended.',
    next: 'To ask again: retry the Rollout.',
  },
  Superseded: {
    stands: 'Final',
    outcome: 'Withdrawn',
    meaning: 'The Rollout has moved on to another revision, which is a request of its own.',
    next: 'Nothing to do: the gate makes a request for the new revision.',
  },
  GateBypassed: {
    stands: 'Final',
    outcome: 'Withdrawn',
    meaning: 'The Rollout went past its gate without an approval.',
    next: 'Find out who did that; deploy/argo-rollouts/admission.yaml closes the ways around the gate.',
  },
  PromptLost: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'A prompt may have been shown, but the operator cannot learn its answer.',
    next: askAgain,
  },
  MalformedResponse: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The provider’s response to the prompt, or with the answer, lacks what CIBA or OAuth requires.',
    next: `Ask a platform engineer to report it to whoever runs the provider: the message names the member. ${askAgainOnceFixed}`,
  },
  TokenLost: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The provider has no answer to give any more, and no token reached its Secret.',
    next: askAgain,
  },
  TokenRejected: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The provider’s answer failed verification.',
    next: `Ask a platform engineer: the message names the check that failed. ${askAgainOnceFixed}`,
  },
  ApproverMismatch: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'Someone other than the approver who was asked, or the requester itself, answered.',
    next: `Ask a platform engineer to compare the policy’s approver with the provider’s user. ${askAgainOnceFixed}`,
  },
  IdentityProviderChanged: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The IdentityProvider’s issuer or client is another one than when the request was made.',
    next: askAgain,
  },
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

export type Reason = keyof typeof reasons
export type WaitingReason = {
  [R in Reason]: (typeof reasons)[R]['stands'] extends 'Waiting' | 'WaitingOrFinal' ? R : never
}[Reason]
export type FinalReason = {
  [R in Reason]: (typeof reasons)[R]['stands'] extends 'Final' | 'WaitingOrFinal' ? R : never
}[Reason]

/** The outcome that a final reason stands for. */
export function outcomeOf(reason: FinalReason): Outcome {
  return reasons[reason].outcome
}

export function isWaiting(reason: Reason): reason is WaitingReason {
  return reasons[reason].stands !== 'Final'
}
