/** The closed list of reasons that the condition `Ready` of an ApprovalPolicy may have: what admission cannot refuse. */
import type { ReadyReason } from './ready-reason.ts'

/** Reason → what it means and what to do next. docs/reasons.md is generated from it. */
export const policyReasons = {
  Accepted: {
    ready: 'True',
    meaning: 'Its approvers are asked about requests that match.',
    next: 'Nothing to do.',
  },
  IdentityProviderNotFound: {
    ready: 'False',
    meaning: 'The IdentityProvider that the policy names does not exist.',
    next: 'Create it, or correct spec.identityProvider.',
  },
  ClientNotFound: {
    ready: 'False',
    meaning: 'The IdentityProvider has no client for a requester that the policy names.',
    next: 'Add a client for the requester to the IdentityProvider, or one without requesters.',
  },
  AmbiguousClient: {
    ready: 'False',
    meaning:
      'The IdentityProvider has several clients for a requester that may ask under the policy. Its requests wait; all others are asked.',
    next: 'Let exactly one client of the IdentityProvider name each requester, and at most one have no requesters.',
  },
  NotEnoughApprovers: {
    ready: 'False',
    meaning:
      'The stages need more different people than the policy names, or a requester that it names would be its own approver.',
    next: 'Name more approvers, require fewer approvals, or leave a requester who approves to another policy.',
  },
  AuthenticationNotSupported: {
    ready: 'False',
    meaning:
      'The provider lists the authentication contexts that it supports (acr_values_supported), and none that the policy requires. Nobody is asked.',
    next: 'Correct spec.require.acrValues, or let the provider support one of them. Requests wait, and resume automatically.',
  },
  ChangeAuthorsNotReadable: {
    ready: 'False',
    meaning:
      'The policy excludes change authors, and matches no kind of target from which the operator can read them. Nobody is asked.',
    next: 'Add Rollout to spec.match.targetKinds, or leave spec.separationOfDuties.changeAuthors out. Until then requests wait in ExcludedPeopleUnknown.',
  },
  AmbiguousPolicy: {
    ready: 'False',
    meaning: 'Another policy matches the same requests with the same priority, so that no approver is asked.',
    next: 'Give one of them a higher priority, or let them match different requests.',
  },
  OverlappingPolicy: {
    ready: 'False',
    meaning:
      'Another policy of the same priority matches some of the same requests. These wait in AmbiguousPolicy; all others are asked.',
    next: 'Give one of them a higher priority, or let them match different requests.',
  },
  GroupNotReady: {
    ready: 'False',
    meaning:
      'An ApproverGroup that the policy names does not exist, is not known yet, or has too few members.',
    next: 'Create the group, or look at its own condition. Requests wait, and resume automatically.',
  },
  GroupStale: {
    ready: 'False',
    meaning:
      'What is known of the members of an ApproverGroup that the policy names is older than its maxAge.',
    next: 'Look at the group’s own condition. Requests wait, and resume automatically.',
  },
  IdentityProviderNotReady: {
    ready: 'False',
    meaning: 'The IdentityProvider is not Ready.',
    next: 'Look at the IdentityProvider’s own condition. Requests wait, and resume automatically.',
  },
} as const satisfies Readonly<Record<string, ReadyReason>>

/** A reason of the condition `Ready` of an ApprovalPolicy. */
export type PolicyReason = keyof typeof policyReasons
