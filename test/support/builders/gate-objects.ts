/** Rollouts and AnalysisRuns that hold together: a canary at its gate, in the namespace and by the requester of `builders.ts`. */
import type { AnalysisRun, Metric, Rollout } from '../../../src/api/argo-rollouts.ts'
import { argoApiVersion, podTemplateHashLabel, stepIndexLabel } from '../../../src/api/argo-rollouts.ts'
import { argoRolloutsGatePath } from '../../../src/api/names.ts'
import type { ApprovalRequest, ObjectMeta } from '../../../src/api/objects.ts'
import { questionOf } from '../../../src/core/gate/argo-rollouts/question.ts'
import type { WaitTerms } from '../../../src/core/gate/argo-rollouts/question.ts'
import type { Gate } from '../../../src/core/gate/argo-rollouts/standing.ts'
import { anApprovalRequest, aNamespace } from './builders.ts'
import { at } from '../fakes/clocks/clock.ts'

export const hash = '7654b4484'
export const theGate: Gate = { rollout: 'foo-v2', gate: 'promote' }
export const theRequester = { username: 'system:serviceaccount:demo:countersign-gate', uid: 'uid-of-gate' }

type RolloutStatus = NonNullable<Rollout['status']>

/** Of five steps it waits at the third, the gate. */
export function aRollout(status: RolloutStatus = {}, metadata: Partial<ObjectMeta> = {}): Rollout {
  return {
    apiVersion: argoApiVersion,
    kind: 'Rollout',
    metadata: { namespace: 'demo', name: 'foo-v2', uid: 'uid-of-foo-v2', generation: 3, ...metadata },
    spec: {
      template: { spec: { containers: [{ name: 'foo', image: 'foo:v2' }] } },
      strategy: { canary: { steps: [{ setWeight: 10 }, { setWeight: 25 }, {}, {}, { setWeight: 100 }] } },
    },
    status: {
      observedGeneration: '3',
      currentPodHash: hash,
      stableRS: '5d4f',
      currentStepIndex: 2,
      canary: { currentStepAnalysisRunStatus: { name: 'foo-v2-7654b4484-2-2', status: 'Running' } },
      ...status,
    },
  }
}

/** Before it switches over. */
export function aBlueGreen(status: RolloutStatus = {}): Rollout {
  const blueGreen = {
    activeSelector: '5d4f',
    prePromotionAnalysisRunStatus: { name: 'foo-v2-7654b4484-2-2', status: 'Running' },
  }
  return { ...aRollout({ canary: {}, blueGreen, ...status }), spec: {} }
}

/** Asks for a day. */
export function gateMetric(path = argoRolloutsGatePath): Metric {
  return {
    ...{ name: 'approval', interval: '10s', count: 8641, inconclusiveLimit: 8641 },
    provider: {
      web: {
        url: `http://countersign-gate.countersign-system.svc${path}`,
        jsonBody: { rollout: '{{args.rollout}}', gate: '{{ args.gate }}' },
      },
    },
  }
}

type RunParts = {
  readonly name?: string
  readonly phase?: string
  readonly gate?: string
  /** Further arguments. */
  readonly args?: Readonly<Record<string, string>>
  readonly step?: string
  readonly metrics?: readonly Metric[]
  readonly spec?: AnalysisRun['spec']
  readonly status?: AnalysisRun['status']
  readonly metadata?: Partial<ObjectMeta>
}

/** The run of the gate, as Argo Rollouts makes it. */
export function aRun(parts: RunParts = {}): AnalysisRun {
  const { name = 'foo-v2-7654b4484-2-2', gate = 'promote', step = '2', metrics = [gateMetric()] } = parts
  const labels = { [podTemplateHashLabel]: hash, ...(step !== '' && { [stepIndexLabel]: step }) }
  const owner = { apiVersion: argoApiVersion, kind: 'Rollout', name: 'foo-v2', uid: 'uid-of-foo-v2' }
  const args = [
    { name: 'rollout', value: 'foo-v2' },
    { name: 'gate', value: gate },
    { name: 'token' },
    ...Object.entries(parts.args ?? {}).map(([name, value]) => ({ name, value })),
  ]
  return {
    apiVersion: argoApiVersion,
    kind: 'AnalysisRun',
    metadata: {
      ...{ namespace: 'demo', name, uid: `uid-of-${name}`, creationTimestamp: at(0), labels },
      ownerReferences: [{ ...owner, controller: true }],
      ...parts.metadata,
    },
    spec: { args, metrics, ...parts.spec },
    status: { phase: parts.phase ?? 'Running', ...parts.status },
  }
}

/** What is asked for that run, as the API server has it once it is created. */
export function theQuestion(rollout = aRollout(), run = aRun()): ReturnType<typeof anApprovalRequest> {
  const asked = questionAsWanted(rollout, run)
  return anApprovalRequest().named(asked.metadata.name).replacing(asked.spec)
}

export function questionAsWanted(rollout = aRollout(), run = aRun(), terms: WaitTerms = {}): ApprovalRequest {
  const { gate } = theGate
  return questionOf({ rollout, run, gate, namespace: aNamespace({}), requester: theRequester, terms })
}
