/** The ApprovalRequest that stands for one run of a gate. What it says is made of typed facts only. */
import type { AnalysisRun, Rollout } from '../../../api/argo-rollouts.ts'
import { argoApiVersion } from '../../../api/argo-rollouts.ts'
import { apiVersion, environmentLabel, noEnvironment } from '../../../api/names.ts'
import type { ApprovalRequest, ApprovalRequestSpec, Namespace } from '../../../api/objects.ts'
import { fingerprint } from '../../../api/digest.ts'
import { waitParameter } from '../verdict.ts'

const longestName = 63
const hashLength = 16
const longestSummary = 140

/** Each of these is another request: a run that is retried, another gate, another revision, a Rollout created again. */
export type GateKey = {
  readonly rolloutUid: string
  readonly podTemplateHash: string
  readonly gate: string
  readonly runUid: string
}

/** What the request says of a wait; nothing where there is none. */
export type WaitTerms = {
  readonly wait?: string
  readonly adjustable?: NonNullable<ApprovalRequestSpec['adjustable']>
}

/** What a gate's request is made of. */
export type Asking = {
  readonly rollout: Rollout
  readonly run: AnalysisRun
  readonly gate: string
  readonly namespace: Namespace
  readonly requester: ApprovalRequestSpec['requester']
  readonly terms: WaitTerms
}

/** As it is created, and as one that exists must be to count. */
export function questionOf({ rollout, run, gate, namespace, requester, terms }: Asking): ApprovalRequest {
  const { name } = rollout.metadata
  const { rolloutUid, podTemplateHash: revision, runUid } = keyOf({ rollout, run, gate })
  const label = namespace.metadata.labels?.[environmentLabel] ?? ''
  return {
    apiVersion,
    kind: 'ApprovalRequest',
    metadata: { namespace: namespace.metadata.name, name: questionNameOf({ rollout, run, gate }) },
    spec: {
      requester,
      action: 'promote-rollout',
      target: { apiVersion: argoApiVersion, kind: 'Rollout', name, revision },
      environment: label === '' ? noEnvironment : label,
      summary: `Promote Rollout ${name} to revision ${revision}`.slice(0, longestSummary),
      parameters: {
        ...{ gate, analysisRun: run.metadata.name, analysisRunUID: runUid, rolloutUID: rolloutUid },
        ...(terms.wait !== undefined && { [waitParameter]: terms.wait }),
      },
      ...(terms.adjustable !== undefined && { adjustable: terms.adjustable }),
    },
  }
}

/** What tells one request of a gate from another. */
export type Asked = Pick<Asking, 'rollout' | 'run' | 'gate'>

/** What the request of this run about its Rollout's current revision is called. */
export function questionNameOf(asked: Asked): string {
  return requestNameOf(asked.rollout.metadata.name, keyOf(asked))
}

function keyOf({ rollout, run, gate }: Asked): GateKey {
  return {
    rolloutUid: rollout.metadata.uid ?? '',
    podTemplateHash: rollout.status?.currentPodHash ?? '',
    gate,
    runUid: run.metadata.uid ?? '',
  }
}

/** The key of a request that this operator made for a gate; undefined for every other request. */
export function gateKeyOf({ metadata, spec }: ApprovalRequest): GateKey | undefined {
  const { gate, analysisRun, rolloutUID, analysisRunUID } = spec.parameters ?? {}
  const { kind, name, revision } = spec.target
  // A gate has no use for a token, so none has to be taken back.
  if (spec.token !== undefined) return undefined
  if (gate === undefined || analysisRun === undefined) return undefined
  if (rolloutUID === undefined || analysisRunUID === undefined) return undefined
  if (kind !== 'Rollout' || revision === undefined) return undefined
  const key = { rolloutUid: rolloutUID, podTemplateHash: revision, gate, runUid: analysisRunUID }
  return metadata.name === requestNameOf(name, key) ? key : undefined
}

/** The name of the run that asked. */
export function runNameOf({ spec }: ApprovalRequest): string {
  return spec.parameters?.analysisRun ?? ''
}

/** The same for the same key, whichever replica is asked. */
export function requestNameOf(rollout: string, key: GateKey): string {
  const { rolloutUid, podTemplateHash, gate, runUid } = key
  const hash = fingerprint(JSON.stringify([rolloutUid, podTemplateHash, gate, runUid])).slice(0, hashLength)
  const stem = rollout.slice(0, longestName - hashLength - 1).replace(/[-.]+$/, '')
  return `${stem}-${hash}`
}
