/** Which policy decides about a request, and which client asks for it. Nothing found never means that no approval is needed. */
import { environmentLabel } from '../../api/names.ts'
import type { ApprovalPolicy, IdentityProvider, IdentityProviderSpec } from '../../api/objects.ts'
import type { WaitingReason } from '../../api/reasons.ts'
import { inWords } from '../words.ts'
import { matchOf } from './match.ts'
import type { Question } from './match.ts'
import { noMatchMessage } from './nearest.ts'
import { isAskedByGate } from '../sentences/next-step.ts'
import { isSubject } from './subject.ts'
import type { Requester } from './subject.ts'

/** Why a request cannot be asked now. It waits, since that may change before its deadline. */
export type Blocked = {
  readonly kind: 'Blocked'
  readonly reason: WaitingReason
  readonly message: string
  /** Until when the request stands, where a policy has matched and says so. */
  readonly deadline?: Date
  /** Where it waits for its turn: in which queues, and when to look again at the latest. */
  readonly waitsFor?: { readonly queues: readonly string[]; readonly retryAt?: Date }
}
/** What was found, or why nothing was. */
export type Selected<T> = { readonly kind: 'Selected'; readonly value: T } | Blocked
/** An entry of `spec.clients` of an IdentityProvider. */
export type Client = IdentityProviderSpec['clients'][number]

/** The matching policy of the highest priority. */
export function selectPolicy(
  policies: readonly ApprovalPolicy[],
  question: Question,
): Selected<ApprovalPolicy> {
  const mismatch = environmentMismatch(question)
  if (mismatch !== undefined) return mismatch
  const matches = policies.map((policy) => matchOf(policy, question))
  const fitting = matches.filter(({ unmet }) => unmet.length === 0).map(({ policy }) => policy)
  const highest = Math.max(...fitting.map(({ spec }) => spec.priority))
  const [first, ...others] = fitting.filter(({ spec }) => spec.priority === highest)
  if (first === undefined) return blocked('NoMatchingPolicy', noMatchMessage(matches, question))
  if (others.length === 0) return { kind: 'Selected', value: first }
  const names = namesInWords([first, ...others])
  const all = others.length === 1 ? 'both' : 'all'
  return blocked(
    'AmbiguousPolicy',
    `the policies ${names} ${all} match with priority ${highest}. Ask a platform engineer to give one of them a higher priority.`,
  )
}

/** The names of policies in a sentence, by name, and so many that it stays one. */
export function namesInWords(policies: readonly ApprovalPolicy[]): string {
  return inWords(policies.map(({ metadata }) => metadata.name).toSorted(), 'and', { most: mostPolicies })
}

const mostPolicies = 8

/** The clients whose requesters name the requester, else those without requesters. */
export function clientsFor({ spec }: IdentityProvider, requester: Requester): readonly Client[] {
  const own = spec.clients.filter(({ requesters }) =>
    requesters?.some((subject) => isSubject(requester, subject)),
  )
  return own.length > 0 ? own : spec.clients.filter(({ requesters }) => requesters === undefined)
}

/** The one client that asks for the requester. */
export function selectClient(provider: IdentityProvider, { request }: Question): Selected<Client> {
  const [client, ...others] = clientsFor(provider, request.spec.requester)
  const where = `IdentityProvider ${provider.metadata.name}`
  if (client !== undefined && others.length > 0) {
    const names = inWords([client, ...others].map(({ clientID }) => clientID))
    return blocked(
      'AmbiguousClient',
      `${where} has ${others.length + 1} clients for this requester: ${names}. Ask a platform engineer to let exactly one name it.`,
    )
  }
  if (client === undefined) {
    return blocked(
      'NoClientForRequester',
      `${where} has no client for requester ${request.spec.requester.username}. Ask a platform engineer to add one, or one without requesters.`,
    )
  }
  return { kind: 'Selected', value: client }
}

/** A request that waits for something other than its turn. */
export function blocked(reason: WaitingReason, message: string): Blocked {
  return { kind: 'Blocked', reason, message }
}

function environmentMismatch({ request, namespace }: Question): Blocked | undefined {
  const label = namespace.metadata.labels?.[environmentLabel]
  const { environment } = request.spec
  if (label === undefined || label === environment) return undefined
  const where = `namespace ${namespace.metadata.name}`
  if (label === '')
    return blocked(
      'EnvironmentMismatch',
      `the label ${environmentLabel} of ${where} is empty, so no environment matches it. Ask a platform engineer to give it a value, such as prod, or to remove it.`,
    )
  const next = isAskedByGate(request) ? 'Retry the Rollout' : `Ask with environment: ${label}`
  return blocked(
    'EnvironmentMismatch',
    `${where} belongs to environment ${label} (label ${environmentLabel}), not ${environment}. ${next}, or ask a platform engineer to correct the label.`,
  )
}
