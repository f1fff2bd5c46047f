/** Which prompts each open request holds: those that its status names, and those that are about to be sent. */
import { keyOfSent } from '../../../core/limits/sent-prompt.ts'
import type { SentPrompt } from '../../../core/limits/sent-prompt.ts'

/** By the uid of the request; prompts by `keyOfSent`. */
export type Holdings = {
  /** What status names now. A prompt that is about to be sent is held on, and is reserved no more once status names it. */
  see(uid: string, prompts: readonly SentPrompt[]): void
  /** @returns those of the prompts that were not held before */
  reserve(uid: string, prompts: readonly SentPrompt[]): readonly SentPrompt[]
  /** Nothing was sent of what is reserved still, of these keys or of all. @returns whether that was all that the request held */
  release(uid: string, keys?: readonly string[]): boolean
  /** Keys of the prompts that may have been sent. */
  sent(uid: string): readonly string[]
  /** The request is finished or gone; its prompts count on by themselves. */
  forget(uid: string): void
}

/** @param update puts a prompt into the index, or takes it out of it */
export function createHoldings(update: (key: string, next: SentPrompt | undefined) => void): Holdings {
  const held = new Map<string, readonly string[]>()
  const reserved = new Map<string, readonly string[]>()
  const heldBy = (uid: string): readonly string[] => held.get(uid) ?? []
  const reservedBy = (uid: string): readonly string[] => reserved.get(uid) ?? []
  return {
    see: (uid, prompts) => {
      const named = prompts.map(keyOfSent)
      const waiting = reservedBy(uid).filter((key) => !named.includes(key))
      const keys = [...named, ...waiting]
      for (const key of heldBy(uid)) if (!keys.includes(key)) update(key, undefined)
      for (const prompt of prompts) update(keyOfSent(prompt), prompt)
      set(reserved, uid, waiting)
      set(held, uid, keys)
    },
    reserve: (uid, prompts) => {
      const before = heldBy(uid)
      const added = prompts.filter((prompt) => !before.includes(keyOfSent(prompt)))
      set(reserved, uid, [...reservedBy(uid), ...added.map(keyOfSent)])
      set(held, uid, [...before, ...added.map(keyOfSent)])
      return added
    },
    release: (uid, given = reservedBy(uid)) => {
      const keys = reservedBy(uid).filter((key) => given.includes(key))
      if (keys.length === 0) return false
      const left = heldBy(uid).filter((key) => !keys.includes(key))
      for (const key of keys) update(key, undefined)
      const waiting = reservedBy(uid).filter((key) => !keys.includes(key))
      set(reserved, uid, waiting)
      set(held, uid, left)
      return left.length === 0
    },
    sent: (uid) => heldBy(uid).filter((key) => !reservedBy(uid).includes(key)),
    forget: (uid) => {
      held.delete(uid)
      reserved.delete(uid)
    },
  }
}

function set(map: Map<string, readonly string[]>, uid: string, keys: readonly string[]): void {
  if (keys.length === 0) map.delete(uid)
  else map.set(uid, keys)
}
