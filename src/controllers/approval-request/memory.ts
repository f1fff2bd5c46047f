/** What this process remembers between reconciles; a restart may lose all of it. */
import type { ApprovalRequest } from '../../api/objects.ts'
import type { ActionOutcome } from '../../core/request/outcome.ts'
import type { Progress } from '../../core/request/observed.ts'
import type { Unasked } from '../../core/limits/throttle.ts'
import type { ProviderConnection } from '../../core/ports/provider.ts'

/** One prompt of one request. By uid, so that a new object of an old name starts with nothing. */
export type PromptKey = { readonly uid: string; readonly prompt: string }

/** What is remembered of one prompt; a member that is undefined is forgotten. */
export type Remembered = {
  readonly progress?: Progress | undefined
  /** See `Observed`. Kept until an attempt is about to be sent: no progress since then says that one of these was. */
  readonly unsentAttempts?: readonly number[] | undefined
  /** The token of an approval that did not decide was revoked. */
  readonly isRevoked?: true | undefined
  /** Of the request itself (`allPrompts`): who is due and is not asked yet because of a limit. */
  readonly unasked?: readonly Unasked[] | undefined
  /** Of the request itself: the queues in which it waits for who was left once it was read who is excluded. */
  readonly line?: readonly string[] | undefined
  /** By which a token was redeemed that is not stored yet. */
  readonly connection?: ProviderConnection | undefined
  /** The outcome of something that cannot be repeated, until it is written. */
  readonly unwritten?: ActionOutcome | undefined
}

/** Remembers by uid, so that nothing of a deleted object counts for the next of its name. */
export type Memory = {
  /** Of a prompt. */
  recall(key: PromptKey): Remembered
  remember(key: PromptKey, change: Remembered): void
  /** Ids of the request's prompts of which something is remembered. */
  promptsOf(uid: string): readonly string[]
  /** Our own last write of the request, or a newer version that we read, until the watch has caught up with it. */
  written(uid: string): ApprovalRequest | undefined
  rememberWritten(uid: string, written: ApprovalRequest | undefined): void
  /** The API server replaced `replaced` by `written`: it and all versions before it are outdated. */
  rememberReplaced(replaced: ApprovalRequest, written: ApprovalRequest): void
  /** Somebody else may have written since: what is read of the request next is read from the API server. */
  readAgain(uid: string): void
  /** Whether our last write, or one before it, has replaced this version: a watch that shows it lags behind. */
  isReplaced(request: ApprovalRequest): boolean
  /** Forgets the request and its prompts. */
  forget(uid: string): void
  /** Something around the request has changed: check again without waiting for the backoff to end, unless the provider named it. */
  retryNow(uid: string): void
}

type Entry = {
  readonly written?: ApprovalRequest | undefined
  /** Versions before it, of which a watch may still show one. */
  readonly replaced?: readonly string[]
  readonly prompts: ReadonlyMap<string, Remembered>
}

const nothing: Entry = { prompts: new Map() }

/** Of a watch that lags further behind the request is read. */
const mostReplaced = 8

/** An empty memory. */
export function createMemory(): Memory {
  const entries = new Map<string, Entry>()
  const entryOf = (uid: string): Entry => entries.get(uid) ?? nothing
  const keep = (uid: string, entry: Entry): void => {
    // Of most requests there is nothing to remember most of the time.
    if (entry.written === undefined && entry.prompts.size === 0) entries.delete(uid)
    else entries.set(uid, entry)
  }
  const recall: Memory['recall'] = ({ uid, prompt }) => entryOf(uid).prompts.get(prompt) ?? {}
  const remember: Memory['remember'] = (key, change) => {
    const entry = entryOf(key.uid)
    const all = Object.entries({ ...recall(key), ...change }).filter(([, value]) => value !== undefined)
    const prompts = new Map(entry.prompts)
    if (all.length === 0) prompts.delete(key.prompt)
    else prompts.set(key.prompt, Object.fromEntries(all))
    keep(key.uid, { ...entry, prompts })
  }
  const promptsOf: Memory['promptsOf'] = (uid) => [...entryOf(uid).prompts.keys()]
  return {
    recall,
    remember,
    promptsOf,
    written: (uid) => entryOf(uid).written,
    rememberWritten: (uid, written) => {
      keep(uid, { written, prompts: entryOf(uid).prompts })
    },
    rememberReplaced: ({ metadata: { uid = '', resourceVersion = '' } }, written) => {
      const { prompts, replaced = [], written: before } = entryOf(uid)
      const older = [...replaced, before?.metadata.resourceVersion ?? '', resourceVersion]
      keep(uid, { written, prompts, replaced: older.slice(-mostReplaced) })
    },
    readAgain: (uid) => {
      const { prompts, written } = entryOf(uid)
      keep(uid, { written, prompts })
    },
    isReplaced: ({ metadata: { uid = '', resourceVersion = '' } }) =>
      resourceVersion !== '' && entryOf(uid).replaced?.includes(resourceVersion) === true,
    forget: (uid) => {
      entries.delete(uid)
    },
    retryNow: (uid) => {
      for (const prompt of promptsOf(uid)) {
        const { progress } = recall({ uid, prompt })
        if (progress?.kind === 'Backoff' && progress.isOrdered !== true)
          remember({ uid, prompt }, { progress: undefined })
      }
    },
  }
}
