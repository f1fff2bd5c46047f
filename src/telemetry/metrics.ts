/**
 * Every metric: its name, what it says, its labels. Instruments and docs/metrics.md are made of this table. A label has the
 * values listed here and no others, or those that its sentence bounds; never the name of a user or an object.
 */
import { groupReasons } from '../api/group-reasons.ts'
import type { GroupReason } from '../api/group-reasons.ts'
import type { Outcome } from '../api/objects.ts'
import { isWaiting, reasons } from '../api/reasons.ts'
import type { Reason, WaitingReason } from '../api/reasons.ts'

/** `labels` holds the values of each, or a sentence where others have closed the set. */
export type Metric = {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: Readonly<Record<string, readonly string[] | string>>
  readonly buckets?: readonly number[]
}

const controllers = [
  'approvalrequest',
  'approvalpolicy',
  'identityprovider',
  'approvergroup',
  'rollout',
] as const
const watched = [
  'approvalrequests',
  'approvalpolicies',
  'identityproviders',
  'approvergroups',
  'namespaces',
  'rollouts',
  'analysisruns',
] as const

/** Of calls that take milliseconds when all is well. */
const callSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const
/** Of things that take microseconds when all is well. */
const queueSeconds = [0.0001, 0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 10, 30, 60] as const

const personSeconds = [5, 15, 30, 60, 120, 300, 600, 1800, 3600, 14_400, 86_400] as const

const allGroupReasons = Object.keys(groupReasons) as GroupReason[]
const allReasons = Object.keys(reasons) as Reason[]
const finalReasons = allReasons.filter((reason) => reasons[reason].stands !== 'Waiting')
const waitingReasons: readonly WaitingReason[] = allReasons.filter(isWaiting)

/** Every metric: its type, help, labels and buckets. docs/metrics.md is generated from it. */
export const metrics = {
  countersign_decisions_total: {
    type: 'counter',
    help: 'Requests that are final, by outcome and reason. What was lost is `PromptLost` and `TokenLost`.',
    labels: {
      outcome: ['Approved', 'Denied', 'Expired', 'Withdrawn', 'Failed'] satisfies Outcome[],
      reason: finalReasons,
    },
  },
  countersign_decision_seconds: {
    type: 'histogram',
    help: "From a request's creation until the answer that decided it was written.",
    labels: { outcome: ['Approved', 'Denied'] },
    buckets: personSeconds,
  },
  countersign_pending_requests: {
    type: 'gauge',
    help: 'Requests that are not final, by what they wait for; `New` has not been looked at.',
    labels: { reason: ['New' as const, ...waitingReasons] },
  },
  countersign_oldest_pending_request_seconds: {
    type: 'gauge',
    help: 'The age of the oldest request that is not final; 0 if there is none.',
    labels: {},
  },
  countersign_outstanding_tokens: {
    type: 'gauge',
    help: 'Tokens that have been handed out in a Secret and have not expired.',
    labels: {},
  },
  countersign_keys_at_risk: {
    type: 'gauge',
    help: '1 while the Secret countersign-keys is gone or spoilt and this process cannot write it back: nobody new is asked.',
    labels: {},
  },
  countersign_approver_groups: {
    type: 'gauge',
    help: 'ApproverGroups by the reason of `Ready`; `New` has not been looked at. Requests wait for each that is not `Resolved` once its members are too old, or if it has none.',
    labels: { reason: ['New' as const, ...allGroupReasons] },
  },
  countersign_approver_group_age_ratio: {
    type: 'gauge',
    help: "The highest age of what is known of a group's members, as part of its `maxAge`; from 1 on its requests wait (`GroupStale`). Lists have no age.",
    labels: {},
  },
  countersign_approver_group_reads_total: {
    type: 'counter',
    help: 'Readings of Keycloak and of calendars, by what they came to: each that is not `Resolved` failed, or named nobody who can be asked.',
    labels: { source: ['Keycloak', 'Calendar'], reason: allGroupReasons },
  },
  countersign_prompts_total: {
    type: 'counter',
    help: 'Backchannel authentication requests by what is known of them: a person was asked, nobody was, or it is unknown.',
    labels: { outcome: ['prompted', 'not_prompted', 'unknown'] },
  },
  countersign_prompt_ends_total: {
    type: 'counter',
    help: 'Prompts of requests that are final, by how each ended. Where several people decide a request, each of them has one; `NotNeeded` ended before its answer.',
    labels: { end: ['Approved', 'Denied', 'Expired', 'Failed', 'NotNeeded'] },
  },
  countersign_provider_request_seconds: {
    type: 'histogram',
    help: 'Requests to OpenID Providers. `error` is an answer that refuses, `unreachable` no usable answer, `pending` a token request before the person has answered.',
    labels: {
      endpoint: ['discovery', 'jwks', 'backchannel_authentication', 'token'],
      result: ['ok', 'pending', 'error', 'unreachable'],
    },
    buckets: callSeconds,
  },
  controller_runtime_reconcile_total: {
    type: 'counter',
    help: 'Reconciles by how they ended.',
    labels: { controller: controllers, result: ['success', 'requeue', 'requeue_after', 'error'] },
  },
  controller_runtime_reconcile_time_seconds: {
    type: 'histogram',
    help: 'How long a reconcile takes, calls to the provider included.',
    labels: { controller: controllers },
    buckets: callSeconds,
  },
  controller_runtime_active_workers: {
    type: 'gauge',
    help: 'Reconciles that run now.',
    labels: { controller: controllers },
  },
  controller_runtime_max_concurrent_reconciles: {
    type: 'gauge',
    help: 'How many reconciles may run at once (--workers).',
    labels: { controller: controllers },
  },
  workqueue_depth: {
    type: 'gauge',
    help: 'Objects that wait for a worker.',
    labels: { name: controllers },
  },
  workqueue_adds_total: {
    type: 'counter',
    help: 'Objects that were queued, each once however often it was asked for until its reconcile.',
    labels: { name: controllers },
  },
  workqueue_queue_duration_seconds: {
    type: 'histogram',
    help: 'How long an object waits for a worker.',
    labels: { name: controllers },
    buckets: queueSeconds,
  },
  workqueue_work_duration_seconds: {
    type: 'histogram',
    help: 'How long a worker is busy with an object.',
    labels: { name: controllers },
    buckets: callSeconds,
  },
  workqueue_retries_total: {
    type: 'counter',
    help: 'Reconciles that are repeated after a growing pause, since they failed or encountered a conflict.',
    labels: { name: controllers },
  },
  rest_client_requests_total: {
    type: 'counter',
    help: 'Requests to the API server.',
    labels: {
      code: 'The HTTP status, or `<error>` if no answer came.',
      method: ['GET', 'POST', 'PUT', 'DELETE'],
    },
  },
  leader_election_master_status: {
    type: 'gauge',
    help: '1 if this replica holds the Lease and reconciles, else 0.',
    labels: { name: 'The name of the Lease, always `countersign-controller`.' },
  },
  countersign_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels say what runs.',
    labels: { version: 'The version of Countersign.', node: 'The version of Node.js.' },
  },
  countersign_watch_restarts_total: {
    type: 'counter',
    help: 'Watches that ended by a fault and were resumed. The end that the API server sets to each watch is no fault.',
    labels: { kind: watched },
  },
  countersign_watched_objects: {
    type: 'gauge',
    help: 'Objects in the cache.',
    labels: { kind: watched },
  },
  countersign_watch_silence_seconds: {
    type: 'gauge',
    help: 'Since when a watch has given no sign of life; in good health at most a minute or so.',
    labels: { kind: watched },
  },
  countersign_gate_answers_total: {
    type: 'counter',
    help: 'Answers of the gate: a verdict, or the reason of an error.',
    labels: {
      answer: [
        ...['pending', 'holding', 'approved', 'denied', 'expired', 'failed', 'cancelled'],
        ...['Unauthorized', 'Forbidden', 'TooMany', 'BadRequest', 'TooLarge', 'UnsupportedMediaType'],
        ...['NotFound', 'MethodNotAllowed', 'NotReady', 'Unavailable'],
      ],
    },
  },
  countersign_pings_total: {
    type: 'counter',
    help: 'Pings of OpenID Providers: `Recorded`, `Recovered` with an id that had been lost, `Known` or too late, `Unwritten` so that polling finds the answer, or the reason of an error.',
    labels: {
      answer: [
        ...['Recorded', 'Recovered', 'Known', 'Unwritten', 'Unauthorized', 'BadRequest', 'TooLarge'],
        ...['UnsupportedMediaType', 'NotFound', 'MethodNotAllowed', 'TooMany', 'Unavailable'],
      ],
    },
  },
  countersign_missed_pings_total: {
    type: 'counter',
    help: 'Answers that polling found although a ping was to tell of them.',
    labels: {},
  },
  countersign_gate_bypassed_total: {
    type: 'counter',
    help: 'Gates that a Rollout went past without an approval. Each is an Event on the Rollout too.',
    labels: { tool: ['argo-rollouts'] },
  },
} as const satisfies Readonly<Record<string, Metric>>
