/**
 * From a call to its answer. What the watches show may answer "not yet" and repeat a person's denial; all that lets a Rollout
 * continue, or ends it for another reason, is read from the API server for this very answer.
 */
import type { AnalysisRun, Rollout } from '../../api/argo-rollouts.ts'
import type { ApprovalRequest, Namespace } from '../../api/objects.ts'
import { bindingOf } from '../../core/answer/token-secret.ts'
import { questionNameOf, questionOf } from '../../core/gate/argo-rollouts/question.ts'
import { asHeldBy } from '../../core/gate/argo-rollouts/room.ts'
import { placeOf } from '../../core/gate/argo-rollouts/places.ts'
import { awaitedRuns, isOver } from '../../core/gate/argo-rollouts/run.ts'
import { newestStanding, standingOf } from '../../core/gate/argo-rollouts/standing.ts'
import type { Askers, Gate, Standing } from '../../core/gate/argo-rollouts/standing.ts'
import { waitingOf } from '../../core/gate/argo-rollouts/wait.ts'
import type { Waiter } from '../../core/gate/argo-rollouts/wait.ts'
import { verdictOf } from '../../core/gate/verdict.ts'
import type { Verdict } from '../../core/gate/verdict.ts'
import type { Cache, Index, Resource } from '../../core/ports/cluster.ts'
import type { Sealer, Unsealed } from '../../core/ports/sealing.ts'
import type { Clock } from '../../core/ports/surroundings.ts'
import { decidingPromptOf } from '../../core/prompt/prompt.ts'
import type { Fault } from '../../http/faults.ts'
import type { LiveReads } from '../live-reads.ts'
import type { KnownCaller } from '../server.ts'

/** Where the gate reads: `requests`, `rollouts` and `runs` live from the API server, `caches` and `asking` from the watches. */
export type GateSources = {
  readonly requests: Resource<ApprovalRequest>
  readonly rollouts: Resource<Rollout>
  readonly runs: Resource<AnalysisRun>
  readonly caches: {
    readonly requests: Cache<ApprovalRequest>
    readonly rollouts: Cache<Rollout>
    readonly runs: Cache<AnalysisRun>
    readonly namespaces: Cache<Namespace>
  }
  /** What asks, or has asked, the gate at a place (`placeOf`), as the watches show it. */
  readonly asking: { readonly runs: Index<AnalysisRun>; readonly requests: Index<ApprovalRequest> }
  readonly sealer: Pick<Sealer, 'open'>
  readonly clock: Clock
  readonly reads: LiveReads
}

/** `Ask` creates the request if there is none yet; `Verify` only reads its outcome. */
export type Mode = 'Ask' | 'Verify'

/** One call: who calls, about which gate of which Rollout, and whether a request may be created. */
export type Call = { readonly caller: KnownCaller; readonly gate: Gate; readonly mode: Mode }

/**
 * Decides one call; an approval always comes from a live read of the Rollout, its run and the request.
 * @returns a fault if the answer would have to be read from the API server, and has been too often for this caller
 * @throws what the Kubernetes client throws, and a TypeError while the Namespace is not in the watch yet
 */
export async function answer(sources: GateSources, call: Call): Promise<Verdict | Fault> {
  const { caches } = sources
  const { namespace } = call.caller
  const rollout = caches.rollouts.get({ namespace, name: call.gate.rollout })
  const asked = askedIn(sources, call, rollout)
  const standing = standingIn(call, rollout, asked)
  if (standing.kind === 'Unsettled') return { decision: 'pending', reason: standing.reason }
  if (standing.kind === 'Over') return answerInTurn(sources, call, { runs: asked.runs.map(nameOf) })
  const request = questionNameOf({ ...standing, gate: call.gate.gate })
  const found = caches.requests.get({ namespace, name: request })
  const wanted = wantedBy(sources, call, { ...standing, asked: found })
  if (found !== undefined && wanted.kind === 'Question') {
    const verdict = asHeldBy(standing, await proven(sources, wanted.question, found))
    if (isCertain(verdict)) return verdict
  }
  return answerInTurn(sources, call, { runs: [standing.run.metadata.name], request })
}

function answerInTurn(sources: GateSources, call: Call, names: Names): Verdict | Fault | Promise<Verdict> {
  if (sources.reads.take(call.caller)) return answerLive(sources, call, names)
  const message = `${call.caller.requester.username} asks too often for what has to be read from the API server; ask again`
  return { reason: 'TooMany', message }
}

/** A person's denial is final, and what is not approved yet costs nothing to be asked again. */
function isCertain({ decision }: Verdict): boolean {
  return ['pending', 'holding', 'denied', 'expired'].includes(decision)
}

/** Reads made for one answer, whoever creates how many runs. */
const mostRuns = 8

/** What Rollout waits for comes first. */
function askedIn({ asking, caches }: GateSources, { caller, gate, mode }: Call, rollout?: Rollout): Askers {
  const { namespace } = caller
  const place = placeOf({ namespace, ...gate })
  if (mode === 'Verify') return { runs: [...asking.runs(place)], requests: [...asking.requests(place)] }
  const awaited = rollout === undefined ? [] : awaitedRuns(rollout)
  const runs = [
    ...awaited.flatMap((name) => caches.runs.get({ namespace, name }) ?? []),
    ...[...asking.runs(place)].filter(({ metadata }) => !awaited.includes(metadata.name)),
  ]
  return { runs: runs.filter((run) => !isOver(run)), requests: [] }
}

type Names = { readonly runs: readonly string[]; readonly request?: string }

/** Three reads: the Rollout, the run, and the request with its seal. */
async function answerLive(sources: GateSources, call: Call, names: Names): Promise<Verdict> {
  const { namespace } = call.caller
  const [rollout, found, ...runs] = await Promise.all([
    sources.rollouts.get({ namespace, name: call.gate.rollout }),
    names.request === undefined ? undefined : sources.requests.get({ namespace, name: names.request }),
    ...names.runs.slice(0, mostRuns).map((name) => sources.runs.get({ namespace, name })),
  ])
  const standing = standingIn(call, rollout, {
    runs: runs.filter((run) => run !== undefined),
    requests: found === undefined ? [] : [found],
  })
  if (standing.kind === 'Over') return { decision: standing.decision, reason: standing.reason }
  if (standing.kind === 'Unsettled') return { decision: 'pending', reason: standing.reason }
  if (questionNameOf({ ...standing, gate: call.gate.gate }) !== names.request)
    return { decision: 'pending', reason: 'the Rollout has just moved on' }
  if (found === undefined && call.mode === 'Verify')
    return { decision: 'failed', reason: `gate ${call.gate.gate} was passed without a request` }
  const wanted = wantedBy(sources, call, { ...standing, asked: found })
  if (wanted.kind === 'Malformed') return { decision: 'failed', reason: wanted.reason }
  if (found === undefined) return ask(sources, wanted.question)
  return asHeldBy(standing, await proven(sources, wanted.question, found))
}

function standingIn({ gate, mode }: Call, rollout: Rollout | undefined, asked: Askers): Standing {
  return mode === 'Ask' ? standingOf(gate, rollout, asked.runs) : newestStanding(gate, rollout, asked)
}

function nameOf({ metadata }: AnalysisRun): string {
  return metadata.name
}

async function ask({ requests }: GateSources, wanted: ApprovalRequest): Promise<Verdict> {
  const { name: request } = wanted.metadata
  const created = await requests.create(wanted)
  const reason =
    created.kind === 'Refused'
      ? `the request cannot be created: ${created.message}`
      : // By another replica perhaps, or by somebody else: the next call reads it.
        'the request is being created'
  return { decision: 'pending', request, reason }
}

async function proven(
  { sealer, clock }: GateSources,
  wanted: ApprovalRequest,
  found: ApprovalRequest,
): Promise<Verdict> {
  const seal = found.status?.decision?.seal
  const proof: Unsealed =
    seal === undefined
      ? { kind: 'Broken' }
      : await sealer.open(bindingOf(found, decidingPromptOf(found), 'decision'), seal)
  return verdictOf({ wanted, found, proof, now: clock.now() })
}

type Wanted =
  | { readonly kind: 'Question'; readonly question: ApprovalRequest }
  | { readonly kind: 'Malformed'; readonly reason: string }

function wantedBy({ caches }: GateSources, { caller, gate }: Call, waiter: Waiter): Wanted {
  const { namespace: name, requester } = caller
  const namespace = caches.namespaces.get({ name })
  if (namespace === undefined) throw new TypeError(`namespace ${name} is not known yet`)
  const waiting = waitingOf(waiter)
  if (waiting.kind === 'Malformed') return waiting
  const { terms } = waiting
  return {
    kind: 'Question',
    question: questionOf({ ...waiter, gate: gate.gate, namespace, requester, terms }),
  }
}
