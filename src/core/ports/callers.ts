/** Who calls, by the API server's word. */

/** A user as a TokenReview names it, and as a SubjectAccessReview takes it. */
export type User = {
  readonly username: string
  readonly uid?: string
  readonly groups?: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** Asks the API server who calls and what the caller may do. Each throws if the API server does not answer. */
export interface CallerReviews {
  /** The issuer of ServiceAccount tokens; undefined where the API server does not tell. */
  issuer(): Promise<string | undefined>
  /**
   * TokenReview. Without an audience, the token must be one for the API server itself.
   * @returns undefined for a token that is none
   */
  authenticate(token: string, audience: string | undefined): Promise<User | undefined>
  /** SubjectAccessReview: may it ask the gate in this namespace? (`create` on `approvalrequests/gate`) */
  mayAsk(user: User, namespace: string): Promise<boolean>
}
