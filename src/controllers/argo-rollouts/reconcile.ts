/**
 * Reconciles a Rollout: has it passed a gate that nobody opened, or before its time? It writes no status, only Events and log
 * lines.
 */
import type { Rollout } from '../../api/argo-rollouts.ts'
import type { ApprovalRequest } from '../../api/objects.ts'
import { summaryOf } from '../../core/request/conditions.ts'
import { fingerprint } from '../../api/digest.ts'
import { bindingOf } from '../../core/answer/token-secret.ts'
import { endedBefore, passedGates } from '../../core/gate/argo-rollouts/bypass.ts'
import type { PassedGate } from '../../core/gate/argo-rollouts/bypass.ts'
import { isSealed, notBeforeOf } from '../../core/gate/verdict.ts'
import { timestamp } from '../../core/duration.ts'
import { keyOf } from '../../core/object-key.ts'
import type { ObjectKey } from '../../core/ports/cluster.ts'
import { decidingPromptOf } from '../../core/prompt/prompt.ts'
import type { Result } from '../../runtime/runner.ts'
import type { Dependencies, Told } from './dependencies.ts'
import { runsOf } from './subjects.ts'

const markLength = 16

/**
 * Reports each bypassed gate of a Rollout once.
 * @throws what the API server's client throws
 */
export async function reconcile(dependencies: Dependencies, key: ObjectKey): Promise<Result> {
  const { caches, clock, told } = dependencies
  const rollout = caches.rollouts.get(key)
  const passed = rollout && passedGates(rollout, runsOf(dependencies, rollout), clock.now())
  const ids = remembered(told, key, passed ?? [])
  if (rollout === undefined || passed === undefined) return { kind: 'Done' }
  for (const gate of passed.filter((candidate) => !ids.has(idOf(candidate)))) {
    if (!(await isStillSo(dependencies, key, gate))) return { kind: 'Retry' }
    const request = await dependencies.requests.get({ ...key, name: gate.requestName })
    const why = await objectionTo(dependencies, gate, request)
    if (why !== undefined) await tell(dependencies, { rollout, gate, request, why })
    told.set(textOf(key), ids.add(idOf(gate)))
  }
  return { kind: 'Done' }
}

/** Forgets what is not passed, or not there, any more: a cluster makes runs for as long as it lives. */
function remembered(told: Told, key: ObjectKey, passed: readonly PassedGate[]): Set<string> {
  const before = told.get(textOf(key))
  const ids = new Set(passed.map(idOf).filter((id) => before?.has(id)))
  if (ids.size === 0) told.delete(textOf(key))
  else told.set(textOf(key), ids)
  return ids
}

/** A watch may show that a run has ended before it shows why: a new revision, an abort. */
async function isStillSo(
  { clock, rollouts, runs }: Dependencies,
  key: ObjectKey,
  { run }: PassedGate,
): Promise<boolean> {
  const [rollout, current] = await Promise.all([rollouts.get(key), runs.get(keyOf(run))])
  if (rollout === undefined || current === undefined) return false
  return passedGates(rollout, [current], clock.now()).length > 0
}

/** @returns what speaks against it that the gate was passed by this run, if anything does */
async function objectionTo(
  { clock, sealer }: Dependencies,
  gate: PassedGate,
  request: ApprovalRequest | undefined,
): Promise<string | undefined> {
  if (request === undefined) return 'without an approval: nobody had been asked'
  const { decision, outcome = 'not answered' } = request.status ?? {}
  const proof =
    decision?.seal &&
    (await sealer.open(bindingOf(request, decidingPromptOf(request), 'decision'), decision.seal))
  if (!decision || !proof || !isSealed(request, proof))
    return `without an approval: ApprovalRequest ${gate.requestName} is ${outcome.toLowerCase()}`
  const notBefore = notBeforeOf(decision)
  if (!endedBefore(notBefore, gate, clock.now())) return undefined
  return `too early: ApprovalRequest ${gate.requestName} is approved with a wait until ${timestamp(notBefore)}`
}

type Bypass = {
  readonly rollout: Rollout
  readonly gate: PassedGate
  readonly request: ApprovalRequest | undefined
  readonly why: string
}

/** Once, by whichever process finds it first: the Event says whether another one did. */
async function tell(dependencies: Dependencies, { rollout, gate, request, why }: Bypass): Promise<void> {
  const { events, log, onBypass } = dependencies
  const note = `gate ${gate.gate} was passed by AnalysisRun ${gate.run.metadata.name} ${why}.`
  const event = { type: 'Warning', reason: 'GateBypassed', action: 'Gate', note } as const
  if (!(await events.recordOnce({ ...event, regarding: rollout }, markOf(dependencies, gate)))) return
  // An open request is withdrawn for the same reason, and says so itself.
  const isFinal = request?.status?.outcome !== undefined && summaryOf(request)?.reason !== 'GateBypassed'
  if (isFinal) events.recordEvent({ ...event, regarding: request })
  const { namespace, name } = rollout.metadata
  log.error('gate bypassed', {
    namespace,
    rollout: name,
    gate: gate.gate,
    request: gate.requestName,
    outcome: request?.status?.outcome ?? 'none',
  })
  onBypass()
}

/** The same in each process, and unknown to who has gone past the gate and could write the Event first. */
function markOf({ sealer }: Dependencies, { gate, run }: PassedGate): string {
  const binding = { purpose: 'bypass', uid: run.metadata.uid ?? '', gate } as const
  return fingerprint(sealer.derive(binding, sealer.kid) ?? '').slice(0, markLength)
}

function textOf({ namespace = '', name }: ObjectKey): string {
  return `${namespace}/${name}`
}

function idOf({ gate, run }: PassedGate): string {
  return `${run.metadata.uid ?? ''} ${gate}`
}
