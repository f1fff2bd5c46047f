/** What an OAuth error code means for a request (CIBA Core §11 and §13, RFC 8707 §2, RFC 9396 §5). */
import type { FinalReason } from '../../api/reasons.ts'

/** `Retry`: nobody was disturbed and it may go better later. `Misconfigured`: someone must fix the client first. */
export type ErrorMeaning =
  | { readonly kind: 'Retry' }
  | { readonly kind: 'Misconfigured' }
  | { readonly kind: 'Final'; readonly reason: FinalReason }

const retry = { kind: 'Retry' } as const
const misconfigured = { kind: 'Misconfigured' } as const
const final = (reason: FinalReason): ErrorMeaning => ({ kind: 'Final', reason })

const shared: Readonly<Record<string, ErrorMeaning>> = {
  server_error: retry,
  temporarily_unavailable: retry,
  invalid_client: misconfigured,
  invalid_request: final('InvalidRequest'),
  invalid_scope: final('InvalidScope'),
  invalid_target: final('InvalidTarget'),
  invalid_authorization_details: final('InvalidAuthorizationDetails'),
}

const atBackchannel: Readonly<Record<string, ErrorMeaning>> = {
  ...shared,
  unauthorized_client: misconfigured,
  unknown_user_id: final('UnknownUserId'),
  invalid_binding_message: final('InvalidBindingMessage'),
  expired_login_hint_token: final('ExpiredLoginHintToken'),
  missing_user_code: final('MissingUserCode'),
  invalid_user_code: final('InvalidUserCode'),
  // Not a person's answer: only the token endpoint can say that the approver denied the request.
  access_denied: final('PromptRefused'),
}

/** How a request ends that the provider refused to prompt anyone about. */
export const refusalReasons: ReadonlySet<FinalReason> = new Set([
  ...Object.values(atBackchannel).flatMap((meaning) => (meaning.kind === 'Final' ? [meaning.reason] : [])),
  'ProviderError',
])

const atToken: Readonly<Record<string, ErrorMeaning>> = {
  ...shared,
  unauthorized_client: final('UnauthorizedClient'),
  access_denied: final('AccessDenied'),
  expired_token: final('RequestExpired'),
}

/** What the token endpoint says besides, which is no end yet (RFC 6749 §5.2, CIBA Core §11). */
const others = ['authorization_pending', 'slow_down', 'invalid_grant', 'unsupported_grant_type']

/** Whether a specification names this error; any other is a provider's own, or of something that stands before it. */
export function isNamedError(error: string): boolean {
  return Object.hasOwn(atBackchannel, error) || Object.hasOwn(atToken, error) || others.includes(error)
}

/** For an error of the backchannel authentication endpoint. */
export function meaningAtBackchannel(error: string): ErrorMeaning {
  return lookUp(atBackchannel, error)
}

/** For an error of the token endpoint, pending, slow_down and invalid_grant aside. */
export function meaningAtToken(error: string): ErrorMeaning {
  return lookUp(atToken, error)
}

function lookUp(table: Readonly<Record<string, ErrorMeaning>>, error: string): ErrorMeaning {
  return (Object.hasOwn(table, error) ? table[error] : undefined) ?? final('ProviderError')
}

/** Ends after which the approver is done with the prompt, whether or not the answer counts. */
export const answeredReasons: ReadonlySet<string> = new Set<FinalReason>([
  'Approved',
  'ApprovedWithChanges',
  'TokenLost',
  'TokenRejected',
  'ApproverMismatch',
  'AuthenticationTooWeak',
  'SecretConflict',
])
