/** Why a token opens nothing. One reason per refusal; docs/verify.md lists them, and a test holds the two together. */

/** Each reason with what it means, for logs and answers. None of these sentences repeats anything of the token. */
export const refusals = {
  TokenMalformed: 'the token is not a signed JWT that can be read, or is longer than 16 KiB',
  AlgorithmNotAllowed: 'the token is not signed with one of the allowed algorithms',
  TypeNotAllowed: 'the token is not an access token of an allowed type',
  KeysUnavailable: "the provider's metadata or keys cannot be loaded; try again later",
  KeyUnknown: "the token's key is not among the provider's keys",
  SignatureWrong: "the token's signature is wrong",
  IssuerMismatch: 'another issuer made the token',
  AudienceMismatch: 'the token is for another resource server',
  ClientMismatch: 'the token names no client, two clients, or one that is not allowed',
  SenderConstrained: 'the token needs proof of possession of a key, which is not supported',
  LifetimeMissing: 'the token lacks exp or iat, or has one that is no time',
  Expired: 'the token expired',
  NotYetValid: 'the token is not valid yet, or was issued in the future',
  TooOld: 'the token was issued longer ago than is allowed',
  ActionMissing: 'the token does not say which action on which target was approved',
  ActionAmbiguous: 'the token names two actions or targets, or has one that cannot be read',
  ActionMismatch: 'another action was approved',
  TargetMismatch: 'the action was approved for another target',
  RevisionMissing: 'the token does not say which revision was approved',
  RevisionMismatch: 'another revision was approved',
  DigestMissing: 'the token has no digest of the request that was approved',
  DigestMismatch: 'another request was approved',
  TokenIdMissing: 'the token has no jti, so that its second use could not be recognized',
  Replayed: 'the token was used before',
  ReplayStoreUnavailable: 'whether the token was used before is unknown; try again later',
} as const

/** The name of one refusal. */
export type Refusal = keyof typeof refusals
