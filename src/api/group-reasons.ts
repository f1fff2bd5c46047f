/** The closed list of reasons that the condition `Ready` of an ApproverGroup may have. */
import type { ReadyReason } from './ready-reason.ts'

/** Reason → what it means and what to do next. docs/reasons.md is generated from it. */
export const groupReasons = {
  Resolved: {
    ready: 'True',
    meaning: 'The members are known, and there is at least one.',
    next: 'Nothing to do.',
  },
  Empty: {
    ready: 'False',
    meaning: 'The Keycloak group exists, and no user who is enabled is in it.',
    next: 'Add a user to the group in Keycloak. Requests wait and resume automatically.',
  },
  GroupNotFound: {
    ready: 'False',
    meaning: 'Keycloak has no group of this path. Nobody is a member any more.',
    next: 'Create the group in Keycloak, or correct spec.keycloak.group. It is looked for again automatically.',
  },
  TooManyMembers: {
    ready: 'False',
    meaning: 'The source names more people than can be asked about one request.',
    next: 'Name a smaller group: 16 people can be asked about a request.',
  },
  NobodyOnCall: {
    ready: 'False',
    meaning: 'The calendar could be read, and no event of it covers this moment.',
    next: 'Close the gap in the calendar, or let a stage of the policy name a stand-in. Requests wait and resume automatically.',
  },
  UnknownPerson: {
    ready: 'False',
    meaning: 'The calendar says that somebody is on call who is not in spec.calendar.people.',
    next: 'Add that person to spec.calendar.people, with the match that the calendar uses, or correct the calendar.',
  },
  CredentialsMissing: {
    ready: 'False',
    meaning:
      'The Secret that secretRef names does not exist in the operator’s namespace, or has no such key, or an empty one.',
    next: 'Create the Secret or the key that the message names, or correct secretRef. It is looked for again automatically.',
  },
  InvalidURL: {
    ready: 'False',
    meaning:
      'The Secret holds no https URL. Plain http is for a loopback address, with allowInsecureHTTP: true.',
    next: 'Put the https URL of the feed into the Secret, and nothing else. It is read again automatically.',
  },
  Unauthorized: {
    ready: 'False',
    meaning: 'The source refuses the credential, or the credential may not read this.',
    next: 'Do what the message says. The members stay as they were until maxAge.',
  },
  SourceUnreachable: {
    ready: 'False',
    meaning: 'The source gave no usable answer. The members stay as they were until maxAge.',
    next: 'Let the operator reach the source, or repair it. It is tried again automatically.',
  },
  UnexpectedResponse: {
    ready: 'False',
    meaning: 'What Keycloak answered is not what its Admin API describes.',
    next: 'Compare the IdentityProvider’s issuer with the address of Keycloak. It is tried again automatically.',
  },
  FeedInvalid: {
    ready: 'False',
    meaning: 'What the URL returns is not an iCalendar feed that can be read (RFC 5545).',
    next: 'Correct the calendar, or the URL in the Secret. It is tried again automatically.',
  },
  FeedTooLarge: {
    ready: 'False',
    meaning: 'The feed is larger than 1 MiB.',
    next: 'Export a shorter time, such as the next four weeks. It is tried again automatically.',
  },
  IdentityProviderNotFound: {
    ready: 'False',
    meaning: 'The IdentityProvider that the group names does not exist.',
    next: 'Create it, or correct spec.keycloak.identityProvider.',
  },
  NotKeycloak: {
    ready: 'False',
    meaning: 'The IdentityProvider’s issuer is not the address of a Keycloak realm.',
    next: 'Name an IdentityProvider whose issuer ends in /realms/ and the name of the realm, or use another source.',
  },
} as const satisfies Readonly<Record<string, ReadyReason>>

/** A reason of the condition `Ready` of an ApproverGroup. */
export type GroupReason = keyof typeof groupReasons
