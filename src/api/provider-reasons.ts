/** The closed list of reasons that the condition `Ready` of an IdentityProvider may have, beside that of ApprovalRequests. */
import type { ReadyReason } from './ready-reason.ts'

/** Reason → what it means and what to do next. docs/reasons.md is generated from it. */
export const providerReasons = {
  Discovered: {
    ready: 'True',
    meaning: 'The provider describes itself and its keys could be loaded; no client is known to be refused.',
    next: 'Nothing to do.',
  },
  DiscoveryFailed: {
    ready: 'False',
    meaning: 'The provider’s metadata or keys could not be loaded, or are not those of this issuer.',
    next: 'Do what the message says: correct spec.issuer, let the operator reach the provider, or correct the provider. It is tried again automatically.',
  },
  BackchannelNotSupported: {
    ready: 'False',
    meaning:
      'The provider’s metadata does not offer CIBA, or not with the delivery mode that spec.delivery names.',
    next: 'Switch CIBA on at the provider, or name another issuer.',
  },
  PingNotServed: {
    ready: 'False',
    meaning:
      'spec.delivery is Ping, but the operator serves no notification endpoint; answers come late, by polling.',
    next: 'Start the controller with --ping-bind-address (chart: ping.enabled=true), or set spec.delivery to Poll.',
  },
  AlgorithmNotSupported: {
    ready: 'False',
    meaning: 'The provider’s metadata lists no signature algorithm that spec.token.algorithms allows.',
    next: 'Change spec.token.algorithms, or how the provider signs ID tokens. Requests wait and resume automatically.',
  },
  SigningKeyNotFound: {
    ready: 'False',
    meaning: 'The provider publishes no key that could verify an ID token.',
    next: 'Publish the signing key at the provider’s jwks_uri, or change spec.token.algorithms. It is checked again automatically.',
  },
  ClientAuthenticationNotSupported: {
    ready: 'False',
    meaning: 'The provider’s metadata does not list how a client authenticates.',
    next: 'Change the client’s authentication.method or authentication.algorithm to one that the provider lists.',
  },
  AuthorizationDetailsNotSupported: {
    ready: 'False',
    meaning:
      'The provider’s metadata does not list the type of authorization_details that it would be asked for.',
    next: 'Register the type countersign.dev/action at the provider, or set spec.authorizationDetails to Unsupported.',
  },
  SecretNotFound: {
    ready: 'False',
    meaning:
      'The Secret with a client’s credential does not exist in the operator’s namespace, or has no such key, or an empty one.',
    next: 'Create the Secret or the key that the message names, or correct secretRef. It is looked for again automatically.',
  },
  InvalidKey: {
    ready: 'False',
    meaning: 'The credential of a client is no private key that can sign.',
    next: 'Put a private key as a JWK into the Secret that the message names.',
  },
  ClockSkew: {
    ready: 'False',
    meaning:
      'The clocks of operator and provider are more than 30 seconds apart, so that assertions or tokens count as expired.',
    next: 'Correct the clock that is wrong, by NTP for example.',
  },
  ClientAuthenticationFailed: {
    ready: 'False',
    meaning: 'The provider would not let a client in when it was used last.',
    next: 'Compare the client at the provider with spec.clients and its Secret. A new Secret counts automatically.',
  },
  AmbiguousClient: {
    ready: 'False',
    meaning:
      'Several clients name the same requester, or several have no requesters. Requests that would use them wait; all others are asked.',
    next: 'Let exactly one client name each requester, and at most one have no requesters.',
  },
} as const satisfies Readonly<Record<string, ReadyReason>>

/** A reason of the condition `Ready` of an IdentityProvider. */
export type ProviderReason = keyof typeof providerReasons
