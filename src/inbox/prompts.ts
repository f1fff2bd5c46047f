/**
 * The prompts that the provider brought and that wait for a person. They live in memory: after a restart of the inbox an
 * open prompt cannot be answered here any more and runs into its deadline (a later release keeps them).
 */
import type { Clock } from '../core/ports/surroundings.ts'

/** Which object, as `approval_request` names it. */
export type RequestRef = { readonly namespace: string; readonly name: string; readonly uid: string }

export type PendingPrompt = {
  readonly ref: RequestRef
  /** The digest of the question as the operator asked it. */
  readonly digest: string
  readonly loginHint: string
  /** Whoever has it can answer: it never leaves this process but towards the provider. */
  readonly bearer: string
  readonly expiresAt: Date
}

export type Decision = 'approve' | 'deny'

/**
 * ```
 * Waiting ──claim──▶ Answering ──settle──▶ Answered | Refused
 *    ▲                   └──settle(Waiting): the provider gave no clear answer
 *    └──────────────────────┘
 * ```
 */
export type PromptState =
  | { readonly kind: 'Waiting' }
  | { readonly kind: 'Answering' }
  | { readonly kind: 'Answered'; readonly decision: Decision; readonly at: Date }
  | { readonly kind: 'Refused' }

export type TrackedPrompt = PendingPrompt & { readonly state: PromptState }

export type Prompts = {
  /** A newer prompt for the same object replaces the older one. `Full`: nothing that is still open is thrown away for it. */
  add(prompt: PendingPrompt): 'Added' | 'Full'
  find(ref: RequestRef): TrackedPrompt | undefined
  /** Everything that has not lapsed, oldest first. */
  list(): readonly TrackedPrompt[]
  /** True for exactly one caller, which then must call `settle`. */
  claim(prompt: PendingPrompt): boolean
  settle(prompt: PendingPrompt, state: PromptState): void
}

export function createPrompts({ clock, limit }: { readonly clock: Clock; readonly limit: number }): Prompts {
  const prompts = new Map<string, TrackedPrompt>()

  function forgetLapsed(): void {
    const now = clock.now()
    for (const [key, { expiresAt }] of prompts) if (expiresAt <= now) prompts.delete(key)
  }

  function find(ref: RequestRef): TrackedPrompt | undefined {
    forgetLapsed()
    return prompts.get(keyOf(ref))
  }

  function settle(prompt: PendingPrompt, state: PromptState): void {
    if (find(prompt.ref)?.bearer === prompt.bearer) prompts.set(keyOf(prompt.ref), { ...prompt, state })
  }

  return {
    add(prompt) {
      forgetLapsed()
      const key = keyOf(prompt.ref)
      if (prompts.size >= limit && !prompts.has(key)) return 'Full'
      prompts.set(key, { ...prompt, state: { kind: 'Waiting' } })
      return 'Added'
    },
    find,
    list() {
      forgetLapsed()
      return [...prompts.values()]
    },
    claim(prompt) {
      const current = find(prompt.ref)
      if (current?.bearer !== prompt.bearer || current.state.kind !== 'Waiting') return false
      settle(prompt, { kind: 'Answering' })
      return true
    },
    settle,
  }
}

function keyOf({ namespace, name, uid }: RequestRef): string {
  return `${namespace}/${name}/${uid}`
}
