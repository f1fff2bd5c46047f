/** Login of a person at the provider (OpenID Connect Core §3.1). */

/** What `finish` must get back; plain data, to be kept sealed by whoever began the login. */
export type LoginTransaction = {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** The verified ID token's claims about the person. `authTime` is in seconds since 1970. */
export type LoggedInPerson = {
  readonly issuer: string
  readonly subject: string
  readonly name: string | undefined
  readonly preferredUsername: string | undefined
  readonly authTime: number | undefined
  /** How the provider says that it authenticated the person. */
  readonly acr?: string | undefined
}

/** `error` is an OAuth error code, or the name of the check that failed. */
export type LoginResult =
  | { readonly kind: 'LoggedIn'; readonly person: LoggedInPerson }
  | { readonly kind: 'Failed'; readonly error: string }

/** The authorization code flow for one client: `begin` throws when the provider cannot be reached. */
export interface Login {
  /** @param acrValues how the person shall be authenticated, preferred ones first; the provider need not honour it */
  begin(
    acrValues?: readonly string[],
  ): Promise<{ readonly redirectTo: URL; readonly transaction: LoginTransaction }>
  finish(callback: URL, transaction: LoginTransaction): Promise<LoginResult>
}
