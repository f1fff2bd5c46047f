/** A controller with everything around it in memory: cluster, provider, clock. Time passes only when a test says so. */
import { randomBytes } from 'node:crypto'
import type { ApprovalRequest, Secret } from '../../../src/api/objects.ts'
import { createCredentials } from '../../../src/controllers/approval-request/credentials.ts'
import type { Dependencies, Report } from '../../../src/controllers/approval-request/dependencies.ts'
import { createPromptRecords } from '../../../src/controllers/approval-request/limits/prompt-records.ts'
import { slotsOf } from '../../../src/controllers/approval-request/limits/slots.ts'
import { createTurnstile } from '../../../src/controllers/approval-request/limits/turnstile.ts'
import { sharedReads } from '../../../src/kubernetes/client/shared-reads.ts'
import { Places } from '../../../src/runtime/places.ts'
import { createMemory } from '../../../src/controllers/approval-request/memory.ts'
import { reconcile } from '../../../src/controllers/approval-request/reconcile.ts'
import type { Cache } from '../../../src/core/ports/cluster.ts'
import type { Slots } from '../../../src/core/ports/ownership.ts'
import type { Experience } from '../../../src/core/ports/experience.ts'
import type { ComputedFact, Withdrawal } from '../../../src/core/ports/subjects.ts'
import type { FailpointName } from '../../../src/core/ports/surroundings.ts'
import type { Result } from '../../../src/runtime/runner.ts'
import { annotatedAs } from '../fakes/cluster/annotated.ts'
import type { AnnotationsOfTest } from '../fakes/cluster/annotated.ts'
import { sealerWith } from '../../../src/sealing/seals.ts'
import { anApprovalRequest, settings } from '../builders/builders.ts'
import { manualClock } from '../fakes/clocks/clock.ts'
import type { ManualClock } from '../fakes/clocks/clock.ts'
import { accessToken, authReqId, scriptedOpenID } from '../fakes/providers/port.ts'
import type { ScriptedOpenID } from '../fakes/providers/port.ts'
import { assertNothingTakenBack, assertSoundStatus } from '../assertions/sound-status.ts'
import { aCluster } from './cluster-in-memory.ts'
import type { Cluster } from './cluster-in-memory.ts'
import { unchanging } from '../builders/key-ring.ts'

export type World = Cluster & {
  readonly clock: ManualClock
  readonly openid: ScriptedOpenID
  /** A test may let it go, and take it back. */
  readonly lease: { held: boolean; holdUntil: Date | undefined }
  readonly failpoints: { hit(name: FailpointName): Promise<void> }
  /** What a test says about the Rollout that a question is about: by the watches, and by reads. */
  readonly subject: SubjectOfTest
  /** Reasons of Complete as they were reported, in order. */
  readonly reported: readonly string[]
  /** The same changes, as a process passes them on. */
  readonly changes: readonly Change[]
  /** What was told of the provider, and in the name of which client. */
  readonly experienced: readonly (readonly [clientID: string, Experience])[]
  readonly dependencies: Dependencies
  /** One pass, by this process or by one of its own memory. */
  pass(name?: string, process?: Dependencies): Promise<Result>
  /** Passes until there is nothing to do for now. */
  settle(name?: string): Promise<Result>
  /** Lets time pass and settles. */
  after(seconds: number, name?: string): Promise<Result>
  /** Shows a process what has changed since the last time; each pass begins with that. */
  watch(process?: Dependencies): void
  /** Keys of requests that were woken because their turn may have come. */
  readonly woken: readonly string[]
  /** The same cluster and provider, by a process that remembers nothing. */
  anotherProcess(): Dependencies
  request(name?: string): ApprovalRequest
  /** Reason of Complete. */
  said(name?: string): string | undefined
  token(name?: string): Secret | undefined
  /** Writes to ApprovalRequests and Secrets so far. */
  writes(): { readonly status: number; readonly secrets: number }
}

type Change = Parameters<Report>[0]

type SubjectOfTest = AnnotationsOfTest & {
  watched?: Withdrawal | undefined
  live?: Withdrawal | undefined
  measured?: readonly ComputedFact[]
  /** Until when it waits for an answer. */
  end?: Date
}

const defaultName = 'foo-v2'

/** Alice's policy, her provider and its client's secret are there, and whatever requests the test puts. */
export function aWorld(...requests: readonly ApprovalRequest[]): World {
  const cluster = aCluster(requests)
  const surroundings = {
    ...cluster,
    clock: manualClock(),
    openid: scriptedOpenID(),
    lease: { held: true, holdUntil: undefined },
    failpoints: { hit: () => Promise.resolve() },
    subject: {},
  }
  const reported: string[] = []
  const changes: Change[] = []
  const experienced: World['experienced'][number][] = []
  const woken: string[] = []
  const newProcess = processesIn(surroundings, { reported, changes, experienced, woken })
  const watch = watchesOf(cluster.requests.cache)
  const dependencies = newProcess()
  const world: World = {
    ...surroundings,
    ...{ reported, changes, experienced, dependencies },
    pass: (name = defaultName, process = dependencies) => {
      watch(process)
      return reconcile(process, { namespace: 'demo', name })
    },
    watch: (process = dependencies) => {
      watch(process)
    },
    woken,
    settle: (name) => settle(world, name),
    after: (seconds, name) => {
      world.clock.advance(seconds)
      return settle(world, name)
    },
    anotherProcess: newProcess,
    request: (name = defaultName) => cluster.requests.held(name) ?? anApprovalRequest().named('gone'),
    said: (name) => world.request(name).status?.conditions?.[0]?.reason,
    token: (name = defaultName) => cluster.secrets.held(`${name}.countersign`),
    writes: () => ({
      status: cluster.requests.calls.filter(({ verb }) => verb === 'replaceStatus').length,
      secrets: cluster.secrets.calls.filter(({ verb }) => verb === 'create').length,
    }),
  }
  return world
}

type Surroundings = Pick<World, keyof Cluster | 'clock' | 'openid' | 'lease' | 'failpoints' | 'subject'>

/** Every status that is written is checked, whatever the test is about. */
type Told = {
  readonly woken: string[]
  readonly reported: string[]
  readonly changes: Change[]
  readonly experienced: World['experienced'][number][]
}

function processesIn(
  around: Surroundings,
  { reported, changes, experienced, woken }: Told,
): () => Dependencies {
  const {
    requests,
    policies,
    providers,
    groups,
    namespaces,
    secrets,
    clock,
    openid,
    lease,
    failpoints,
    subject,
  } = around
  const sealer = sealerWith(unchanging({ newest: 'k1', keys: new Map([['k1', randomBytes(32)]]) }))
  return () => ({
    requests: {
      ...requests,
      replaceStatus: (object) => {
        assertSoundStatus(object, [authReqId, accessToken, 'an-id-token', 'a-client-secret'])
        const before = requests.held(object.metadata.name)
        if (before?.metadata.resourceVersion === object.metadata.resourceVersion && before !== undefined)
          assertNothingTakenBack(before, object)
        return requests.replaceStatus(object)
      },
    },
    ...{ namespaces, secrets, clock, openid, sealer, settings },
    policies: sharedReads(policies),
    providers: sharedReads(providers),
    groups: sharedReads(groups),
    caches: {
      requests: requests.cache,
      policies: policies.cache,
      providers: providers.cache,
      groups: groups.cache,
      namespaces: namespaces.cache,
    },
    failpoints: { hit: (name) => failpoints.hit(name) },
    ownership: { owns: () => lease.held, silentUntil: () => lease.holdUntil },
    subjects: {
      withdrawalOf: () => subject.watched,
      endOf: () => subject.end,
      confirmWithdrawal: () => Promise.resolve(subject.live),
      measure: () => Promise.resolve(subject.measured ?? []),
    },
    annotated: annotatedAs(subject),
    memory: createMemory(),
    places: new Places({ workers: 4, newPerNamespace: 8, clock, call: (key) => woken.push(key) }),
    slots: slotsIn(around, woken),
    credentials: createCredentials(secrets, {
      clock,
      namespace: 'countersign-system',
      refusedClientSeconds: 60,
    }),
    tellExperience: (_, clientID, experience) => experienced.push([clientID, experience]),
    report: (change) => {
      changes.push(change)
      reported.push(change.after.status?.conditions?.[0]?.reason ?? '')
    },
  })
}

/** As a process has them. */
function slotsIn({ clock, configMaps, requests }: Surroundings, woken: string[]): Slots {
  const turnstile = createTurnstile({
    wake: (key) => woken.push(key),
    onAbandoned: (prompt) => {
      promptRecords.add(prompt)
    },
  })
  const promptRecords = createPromptRecords({
    ...{ configMaps, clock, namespace: 'countersign-system', prompts: turnstile.prompts },
    isThere: ({ uid }) => requests.cache.list().some(({ metadata }) => metadata.uid === uid),
    log: { warn: () => undefined },
  })
  return slotsOf(turnstile, promptRecords)
}

/** Tells a process of changes by comparing with what it was shown last. */
function watchesOf(cache: Cache<ApprovalRequest>): (process: Dependencies) => void {
  const shown = new Map<Dependencies, ReadonlyMap<string, ApprovalRequest>>()
  return (process) => {
    const before = shown.get(process) ?? new Map<string, ApprovalRequest>()
    const now = new Map(cache.list().map((request) => [request.metadata.uid ?? '', request]))
    shown.set(process, now)
    for (const [uid, request] of before)
      if (!now.has(uid)) process.slots.gone(process.memory.written(uid) ?? request)
    for (const [uid, request] of now) if (before.get(uid) !== request) process.slots.seen(request)
  }
}

async function settle(world: World, name?: string): Promise<Result> {
  for (let passes = 0; passes < 20; passes++) {
    const result = await world.pass(name)
    if (result.kind !== 'RequeueAt' || result.at > world.clock.now()) return result
  }
  throw new Error(`${name ?? defaultName} does not come to rest, ${world.said(name) ?? 'nothing said'}`)
}
