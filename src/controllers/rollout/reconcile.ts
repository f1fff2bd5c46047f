/** One pass over a Rollout: has it gone past a gate that nobody opened? Nothing is written, people are told. */
import type { Rollout } from '../../api/argo-rollouts.ts'
import type { ApprovalRequest } from '../../api/objects.ts'
import { summaryOf } from '../../core/approval/conditions.ts'
import { bindingOf } from '../../core/approval/token-secret.ts'
import { passedGates, type PassedGate } from '../../core/gate/argo-rollouts/bypass.ts'
import { isSealed } from '../../core/gate/verdict.ts'
import { keyOf } from '../../core/object-key.ts'
import type { ObjectKey } from '../../core/ports/cluster.ts'
import type { Result } from '../../runtime/runner.ts'
import type { Dependencies } from './dependencies.ts'
import { runsOf } from './subjects.ts'

export async function reconcile(dependencies: Dependencies, key: ObjectKey): Promise<Result> {
  const { caches, clock, told } = dependencies
  const rollout = caches.rollouts.get(key)
  if (rollout === undefined) return { kind: 'Done' }
  const passed = passedGates(rollout, runsOf(dependencies, rollout), clock.now())
  for (const gate of passed.filter((candidate) => !told.has(idOf(candidate)))) {
    if (!(await isStillSo(dependencies, key, gate))) return { kind: 'Retry' }
    const request = await dependencies.requests.get({ ...key, name: gate.requestName })
    if (!(await isApproved(dependencies, request))) tell(dependencies, { rollout, gate, request })
    told.add(idOf(gate))
  }
  return { kind: 'Done' }
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

async function isApproved({ sealer }: Dependencies, request: ApprovalRequest | undefined): Promise<boolean> {
  const seal = request?.status?.decision?.seal
  if (request === undefined || seal === undefined) return false
  return isSealed(request, await sealer.open(bindingOf(request, 'decision'), seal))
}

type Bypass = {
  readonly rollout: Rollout
  readonly gate: PassedGate
  readonly request: ApprovalRequest | undefined
}

function tell({ events, log, onBypass }: Dependencies, { rollout, gate, request }: Bypass): void {
  const outcome = request?.status?.outcome?.toLowerCase() ?? 'not answered'
  const note =
    `gate ${gate.gate} was passed by AnalysisRun ${gate.run.metadata.name} without an approval: ` +
    (request === undefined ? 'nobody had been asked.' : `ApprovalRequest ${gate.requestName} is ${outcome}.`)
  const event = { type: 'Warning', reason: 'GateBypassed', action: 'Gate', note } as const
  events.recordEvent({ ...event, regarding: rollout })
  // An open request is withdrawn for the same reason, and says so itself.
  const isFinal = request?.status?.outcome !== undefined && summaryOf(request)?.reason !== 'GateBypassed'
  if (isFinal) events.recordEvent({ ...event, regarding: request })
  const { namespace, name } = rollout.metadata
  log.error('gate bypassed', {
    namespace,
    rollout: name,
    gate: gate.gate,
    request: gate.requestName,
    outcome,
  })
  onBypass()
}

function idOf({ gate, run }: PassedGate): string {
  return `${run.metadata.uid ?? ''} ${gate}`
}
