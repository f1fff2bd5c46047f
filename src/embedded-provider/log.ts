/**
 * The provider's own count: one JSON line per prompt that was shown, answer that was taken, ping that was sent, and token
 * that was minted. No secrets, so that tests and the demo may print it.
 */
export type ProviderEvent =
  | { readonly event: 'Ready'; readonly issuer: string }
  | {
      readonly event: 'PromptShown'
      readonly client: string
      readonly loginHint: string
      readonly bindingMessage: string | undefined
      readonly approvalRequest: string | undefined
    }
  | {
      readonly event: 'PromptAnswered'
      readonly status: string
      readonly approvalRequest: string | undefined
    }
  | {
      readonly event: 'TokenMinted'
      readonly client: string
      readonly subject: string
      readonly approvalRequest: string | undefined
    }
  | {
      readonly event: 'PingSent'
      readonly client: string
      readonly approvalRequest: string | undefined
    }
  | {
      readonly event: 'PingFailed'
      readonly client: string
      readonly approvalRequest: string | undefined
      readonly error: string
    }
  | { readonly event: 'DirectoryReloaded' }
  /** The file changed and cannot be used; what it held before stays. */
  | { readonly event: 'DirectoryRejected'; readonly error: string }
  | { readonly event: 'ServerError'; readonly path: string; readonly error: string }

/** Called for each event; never with a secret. */
export type Report = (event: ProviderEvent) => void

/** Writes each event as one JSON line, with the time in `at`. */
export function reportTo(write: (line: string) => void): Report {
  return (event) => {
    write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`)
  }
}
