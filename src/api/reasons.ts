/** The reasons of conditions, Events, metrics and documentation. `stands`: while Complete is False, or once it is True. */
import { errorReasons } from './error-reasons.ts'
import type { Outcome } from './objects.ts'
import { askAdministrator, askAgain, askAgainOnceFixed, howToAskDifferently } from './reason-words.ts'
import type { Row } from './reason-words.ts'

/** Reason → when it stands, what it means, what to do next, and the outcome of a final one. docs/reasons.md is generated from it. */
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
    meaning:
      'Too few people are left to ask: the requester, and those whom the policy excludes, cannot approve, and a person counts once.',
    next: 'Ask a platform engineer to name more approvers.',
  },
  AuthenticationNotSupported: {
    stands: 'Waiting',
    meaning: 'The provider supports none of the authentication contexts (acr) that the policy requires.',
    next: 'Ask a platform engineer to correct the policy or the provider; the request resumes automatically.',
  },
  ExcludedPeopleUnknown: {
    stands: 'Waiting',
    meaning:
      'The policy excludes people as approvers who are named by annotations, and these cannot be read.',
    next: 'Ask a platform engineer to fix that; the request resumes automatically.',
  },
  GroupNotReady: {
    stands: 'Waiting',
    meaning:
      'An ApproverGroup that the policy asks does not exist, is not known yet, or has too few members.',
    next: 'Ask a platform engineer to look at the group’s own condition; the request resumes automatically.',
  },
  GroupStale: {
    stands: 'Waiting',
    meaning: 'What is known of the members of an ApproverGroup is older than its maxAge.',
    next: 'Ask a platform engineer to look at the group’s source; the request resumes automatically.',
  },
  GroupLabelMissing: {
    stands: 'Waiting',
    meaning: 'The Namespace lacks the label by which the policy finds its group of approvers.',
    next: 'Ask a platform engineer to label the Namespace.',
  },
  GroupNotAllowed: {
    stands: 'Waiting',
    meaning: 'The Namespace names a group of approvers that the policy does not allow.',
    next: 'Ask a platform engineer to correct the label, or to allow the group in the policy.',
  },
  TooManyApprovers: {
    stands: 'Waiting',
    meaning: 'The policy and its groups name more than 16 people.',
    next: 'Ask a platform engineer to name smaller groups.',
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
    meaning: 'The approvers have been asked, and an answer that decides has not come.',
    next: 'Wait. Where several people decide, the message says what is still needed.',
  },
  Approved: {
    stands: 'Final',
    outcome: 'Approved',
    meaning: 'Everyone whose approval is needed said yes.',
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
    meaning: 'An approver said no. One denial ends a request, even if others have approved.',
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
    meaning:
      'Someone other than the approver who was asked, the requester itself, or someone whom the policy excludes, answered.',
    next: `Ask a platform engineer to compare the policy’s approver with the provider’s user. ${askAgainOnceFixed}`,
  },
  AuthenticationTooWeak: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The approver did not log in as the policy requires, or the provider does not say how and when.',
    next: `Ask a platform engineer to compare the policy’s spec.require with how the provider logs people in. ${askAgainOnceFixed}`,
  },
  IdentityProviderChanged: {
    stands: 'Final',
    outcome: 'Failed',
    meaning: 'The IdentityProvider’s issuer or client is another one than when the request was made.',
    next: askAgain,
  },
  ...errorReasons,
} as const satisfies Record<string, Row>

/** A reason of the condition `Complete` of an ApprovalRequest. */
export type Reason = keyof typeof reasons
/** A reason that a request may wait for. */
export type WaitingReason = {
  [R in Reason]: (typeof reasons)[R]['stands'] extends 'Waiting' | 'WaitingOrFinal' ? R : never
}[Reason]
/** A reason that a request may end with. */
export type FinalReason = {
  [R in Reason]: (typeof reasons)[R]['stands'] extends 'Final' | 'WaitingOrFinal' ? R : never
}[Reason]

/** The outcome that a final reason stands for. */
export function outcomeOf(reason: FinalReason): Outcome {
  return reasons[reason].outcome
}

/** Can a request wait for this reason? Some reasons stand for both, waiting and the end. */
export function isWaiting(reason: Reason): reason is WaitingReason {
  return reasons[reason].stands !== 'Final'
}
