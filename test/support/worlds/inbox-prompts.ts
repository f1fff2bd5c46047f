/** Prompts of the inbox in a cluster that is a plain map, and the requests that they are about. */
import type { ApprovalRequest, ConfigMap } from '../../../src/api/objects.ts'
import { digestOf } from '../../../src/api/digest.ts'
import type { LoggedInPerson } from '../../../src/core/ports/login.ts'
import type { NewPrompt } from '../../../src/inbox/prompts/state.ts'
import { createPrompts } from '../../../src/inbox/prompts/store.ts'
import type { Prompts } from '../../../src/inbox/prompts/store.ts'
import { firstPromptId } from '../../../src/core/prompt/prompt.ts'
import { refOf } from '../../../src/core/prompt/reference.ts'
import { sealerWith } from '../../../src/sealing/seals.ts'
import { at, manualClock } from '../fakes/clocks/clock.ts'
import type { ManualClock } from '../fakes/clocks/clock.ts'
import { inMemoryResource } from '../fakes/cluster/in-memory-resource.ts'
import type { InMemoryResource } from '../fakes/cluster/in-memory-resource.ts'
import { aRing, unchanging } from '../builders/key-ring.ts'
import { silentLog } from '../fakes/silent-log.ts'

export type InboxStore = {
  readonly requests: InMemoryResource<ApprovalRequest>
  readonly configMaps: InMemoryResource<ConfigMap>
  readonly prompts: Prompts
  readonly clock: ManualClock
  readonly claimSeconds: number
  readonly log: typeof silentLog
  /** What the sweeper was told of. */
  readonly kept: readonly ConfigMap[]
}

export function anInboxStore(): InboxStore {
  const configMaps = inMemoryResource<ConfigMap>()
  const kept: ConfigMap[] = []
  const prompts = createPrompts({
    ...{ configMaps, namespace: 'countersign-system', claimSeconds: 30 },
    ...{ sealer: sealerWith(unchanging(aRing())), onKept: (entry) => kept.push(entry) },
    onUnreadable: () => undefined,
  })
  const requests = inMemoryResource<ApprovalRequest>()
  return { requests, configMaps, prompts, clock: manualClock(), claimSeconds: 30, log: silentLog, kept }
}

/** Alice was asked, and has ten minutes. */
export function promptAbout(request: ApprovalRequest, changes: Partial<NewPrompt> = {}): NewPrompt {
  const state = { kind: 'Waiting', bearer: 'b' } as const
  const about = {
    ref: refOf(request, firstPromptId),
    digest: digestOf(request),
    subject: 'alice',
    expiresAt: at(600),
  }
  return { ...about, takesChanges: false, state, ...changes }
}

export function personOf(subject: string): LoggedInPerson {
  return { issuer: 'i', subject, name: undefined, preferredUsername: undefined, authTime: undefined }
}
