/** A Rollout with a gate, alone in its namespace, and what its owner and its approver see and do. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { isAsked } from '../../../tools/local/agent.ts'
import type { EndedProgram } from '../../../tools/program.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { isAborted, isPromotedTo, measurementsOf } from '../builders/argo-objects.ts'
import type { AnalysisRun, Rollout } from '../builders/argo-objects.ts'
import { gatedNamespace } from '../builders/gate-manifests.ts'
import { withField } from '../builders/manifests.ts'
import type { Manifest } from '../builders/manifests.ts'
import { theCanary } from '../builders/rollouts.ts'
import type { Changes, RolloutsWorld } from './rollouts-lab.ts'

export type GatedRollout = {
  readonly namespace: string
  /** Another image, which is another revision. */
  release(version: string): Promise<void>
  /** Until there is a question that nobody has answered, other than those that were waited for before. */
  question(): Promise<ApprovalRequest>
  /** The question that was waited for last. */
  asked(): ApprovalRequest
  /** Until the question is put, and answered. */
  answer(decision: 'approve' | 'deny', changes?: Changes): Promise<ApprovalRequest>
  until(isReached: (rollout: Rollout) => boolean): Promise<Rollout>
  isPromotedTo(version: string): Promise<Rollout>
  isAborted(): Promise<Rollout>
  /** The newest for which `isReached` holds. */
  run(isReached: (run: AnalysisRun) => boolean): Promise<AnalysisRun>
  /** All of them, oldest first. */
  runs(): readonly AnalysisRun[]
  requests(): readonly ApprovalRequest[]
  /** Puts back what the namespace needs to ask. */
  regainAccess(): Promise<void>
  /** As the administrator, with a merge patch, as `kubectl argo rollouts` sends it. */
  patchStatus(status: object): Promise<void>
  tryPatch(object: string, change: object, subresource?: 'status'): Promise<EndedProgram>
}

type Labels = Readonly<Record<string, string>>

/** The shipped canary, as `foo`, whose second revision is there, and about which alice is asked. */
export async function aCanaryAtItsGate(world: RolloutsWorld, labels: Labels = {}): Promise<GatedRollout> {
  const foo = await aGatedRollout(world, [theCanary('foo')], labels)
  await foo.release('v2')
  await foo.question()
  await foo.run((run) => measurementsOf(run).length > 0)
  return foo
}

/** @param labels of its namespace. Returns when its first revision, which no gate is asked about, is there. */
export async function aGatedRollout(
  world: RolloutsWorld,
  objects: readonly Manifest[],
  labels: Labels = {},
): Promise<GatedRollout> {
  const namespace = `test-${randomBytes(4).toString('hex')}`
  await world.kubectl(['apply', '--filename=-'], gatedNamespace(namespace, labels))
  const inside = objects.map((object) => withField(object, 'metadata.namespace', namespace))
  await world.kubectl(['apply', '--filename=-'], inside)
  const rollout = objects.find(({ kind }) => kind === 'Rollout')
  assert.ok(rollout, 'there is a Rollout')
  const gated = rolloutIn(world, namespace, rollout)
  await gated.isPromotedTo('v1')
  return gated
}

function rolloutIn(world: RolloutsWorld, namespace: string, { metadata: { name } }: Manifest): GatedRollout {
  const asked: ApprovalRequest[] = []
  const wasAsked = ({ metadata }: ApprovalRequest): boolean =>
    asked.some((one) => one.metadata.uid === metadata.uid)
  const until: GatedRollout['until'] = (isReached) =>
    world.rollouts.until(namespace, (rollouts) =>
      rollouts.find((one) => one.metadata.name === name && isReached(one)),
    )
  const question: GatedRollout['question'] = async () => {
    const request = await world.requests.until(namespace, (requests) =>
      requests.find((one) => !wasAsked(one) && isAsked(one)),
    )
    asked.push(request)
    return request
  }
  const patch = (object: string, change: object, ...how: readonly string[]): readonly string[] => [
    ...['patch', object, `--namespace=${namespace}`, `--patch=${JSON.stringify(change)}`, ...how],
  ]
  const merge = '--type=merge'
  return {
    namespace,
    release: async (version) => {
      const image = { op: 'replace', path: '/spec/template/spec/containers/0/image', value: `web:${version}` }
      await world.kubectl(patch(`rollout/${name}`, [image], '--type=json'))
    },
    question,
    asked: () => {
      const last = asked.at(-1)
      assert.ok(last, 'somebody waited for a question')
      return last
    },
    answer: async (decision, changes) => {
      const request = await question()
      await world.answer(request, decision, changes)
      return request
    },
    until,
    isPromotedTo: (version) => until(isPromotedTo(version)),
    isAborted: () => until(isAborted),
    run: (isReached) => world.runs.until(namespace, (runs) => runs.filter(isReached).at(-1)),
    runs: () => world.runs.in(namespace),
    requests: () => world.requests.in(namespace),
    regainAccess: async () => {
      await world.kubectl(['apply', '--filename=-'], gatedNamespace(namespace))
    },
    patchStatus: async (status) => {
      await world.kubectl(patch(`rollout/${name}`, { status }, merge, '--subresource=status'))
    },
    tryPatch: (object, change, subresource) => {
      const how = subresource === undefined ? [merge] : [merge, `--subresource=${subresource}`]
      return world.tryKubectl(patch(object, change, ...how))
    },
  }
}
