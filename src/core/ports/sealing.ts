/** What is sealed with the operator's keys. */

/** What a seal belongs to; opening it for anything else fails. */
export type SealBinding = AttemptBinding | InboxBinding

/** A seal of one attempt to prompt one approver: `prompt` is the prompt's id, `attempt` counts from 1. */
export type AttemptBinding = {
  readonly purpose: 'handle' | 'answer' | 'decision' | 'token' | 'assertion' | 'notification'
  readonly uid: string
  readonly prompt: string
  readonly attempt: number
}

/** What something derived belongs to: an attempt, or what is told of a run that went past its gate. */
export type DerivedBinding =
  AttemptBinding | { readonly purpose: 'bypass'; readonly uid: string; readonly gate: string }

/** What the inbox keeps about one prompt of an ApprovalRequest; without `prompt` as the version before sealed the first one. */
export type InboxBinding = {
  readonly purpose: 'inbox-prompt'
  readonly uid: string
  readonly prompt?: string
}

/** `UnknownKey`: sealed with a key that the Secret does not hold. `Broken`: forged, or sealed for something else. */
export type Unsealed =
  | { readonly kind: 'Opened'; readonly payload: unknown }
  | { readonly kind: 'UnknownKey' }
  | { readonly kind: 'Broken' }

/** Seals, opens and derives with the operator's keys. */
export interface Sealer {
  /** The key that seals now. */
  readonly kid: string
  /** @throws if what is sealed from now on could not be opened after a restart: ask nobody until it passes */
  ready(): Promise<void>
  /**
   * Looks for a key that another process may have begun to use; what is derived with it can be made and proved afterwards.
   * @throws while that cannot be learned: a key counts as gone only if it is
   */
  meet(kid: string): Promise<void>
  /** Unguessable to anyone else, and the same each time; undefined if the key is gone. */
  derive(binding: DerivedBinding, kid: string): string | undefined
  /** Whether it is what was derived; takes as long for what is nearly right as for what is wrong. */
  proves(proof: string, binding: DerivedBinding, kid: string): boolean
  seal(binding: SealBinding, payload: unknown): Promise<string>
  /** @throws while the key cannot be looked for */
  open(binding: SealBinding, seal: string): Promise<Unsealed>
}

/** Cookies that only the inbox can read or make, each replica of it. `purpose` keeps one kind from passing for another. */
export interface CookieSealer {
  seal(purpose: string, payload: unknown, lifeSeconds: number): Promise<string>
  /** Undefined for whatever is not ours, has another purpose or has expired. */
  open(purpose: string, sealed: string): Promise<unknown>
}
