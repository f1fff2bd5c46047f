/** What is said about an ApprovalPolicy. */
import type {
  ApprovalPolicy,
  ApprovalPolicyStatus,
  ApproverGroup,
  IdentityProvider,
  Namespace,
} from '../../api/objects.ts'
import { policyReasons } from '../../api/policy-reasons.ts'
import { conditionOf, readyOf } from '../condition.ts'
import { ambiguitiesOf, ambiguityInWords, canBeAsked } from '../identity-provider/ambiguity.ts'
import type { Ambiguity } from '../identity-provider/ambiguity.ts'
import { abbreviated, capitalized, inWords } from '../words.ts'
import { groupFault } from './approvers.ts'
import { unreadableAuthors, unreadableTargets } from './change-authors.ts'
import { approversInShort } from './approvers-in-short.ts'
import type { Groups } from './group-use.ts'
import { lateStages } from './late-stages.ts'
import { labelsWanted, selectsNamespace } from './match.ts'
import { rivalry } from './rivalry.ts'
import { clientsFor } from './selection.ts'
import { isUnknown, unsupportedBy } from './requirements.ts'
import { usernameOf } from './subject.ts'
import { tooFewApprovers } from './too-few.ts'
import type { Verdict } from './verdict.ts'

/** What else there is that a policy depends on. */
export type PolicySurroundings = {
  readonly provider: IdentityProvider | undefined
  readonly policies: readonly ApprovalPolicy[]
  readonly namespaces: readonly Namespace[]
  readonly groups: readonly ApproverGroup[]
}

/** @returns undefined as long as nobody has looked at its provider, which is a moment */
export function statusOf(
  policy: ApprovalPolicy,
  around: PolicySurroundings,
  now: Date,
): ApprovalPolicyStatus | undefined {
  const verdict = verdictOf(policy, around, now)
  if (verdict === undefined) return undefined
  const { reason, message } = verdict
  const { ready, next } = policyReasons[reason]
  const said = { type: 'Ready', status: ready, reason, message: `${message} ${next}` } as const
  return {
    conditions: [conditionOf(policy, ready === 'True' ? { ...said, message } : said, now)],
    approvers: approversInShort(policy),
  }
}

/** The first that holds: what is wrong with the text comes before what may pass by itself. */
function verdictOf(
  policy: ApprovalPolicy,
  { provider, policies, namespaces, groups }: PolicySurroundings,
  now: Date,
): Verdict | undefined {
  const { identityProvider } = policy.spec
  if (provider === undefined)
    return {
      reason: 'IdentityProviderNotFound',
      message: `IdentityProvider ${identityProvider} does not exist.`,
    }
  return (
    clientFault(policy, provider) ??
    tooFewApprovers(policy, provider, { groups, now }) ??
    weakProvider(policy, provider) ??
    unreadableAuthors(policy) ??
    rivalry(policy, policies, namespaces) ??
    groupsVerdict(policy, { groups, now }) ??
    readiness(policy, provider, reachOf(policy, namespaces))
  )
}

function clientFault({ spec }: ApprovalPolicy, provider: IdentityProvider): Verdict | undefined {
  const { requesters } = spec.match
  return requesters === undefined
    ? ambiguousFor(provider, ambiguitiesOf(provider)[0])
    : faultOfNamed(provider, requesters.map(usernameOf))
}

/** Whether a requester that the policy does not name has no client at all cannot be foreseen: its requests say it. */
function faultOfNamed(provider: IdentityProvider, usernames: readonly string[]): Verdict | undefined {
  for (const username of usernames) {
    const clients = clientsFor(provider, { username })
    if (clients.length === 0)
      return {
        reason: 'ClientNotFound',
        message: `IdentityProvider ${provider.metadata.name} has no client for requester ${username}.`,
      }
    if (clients.length > 1) {
      const isNamed = clients.every(({ requesters }) => requesters !== undefined)
      const clientIDs = clients.map(({ clientID }) => clientID)
      return ambiguousFor(provider, { clientIDs, ...(isNamed && { requester: username }) })
    }
  }
  return undefined
}

function ambiguousFor(provider: IdentityProvider, ambiguity: Ambiguity | undefined): Verdict | undefined {
  if (ambiguity === undefined) return undefined
  return {
    reason: 'AmbiguousClient',
    message: `In IdentityProvider ${provider.metadata.name}, ${ambiguityInWords(ambiguity)}.`,
  }
}

/** People are not asked for what their provider cannot give. */
function weakProvider(policy: ApprovalPolicy, provider: IdentityProvider): Verdict | undefined {
  const fault = unsupportedBy(provider, policy)
  if (fault === undefined) return undefined
  return { reason: 'AuthenticationNotSupported', message: `${capitalized(fault)}.` }
}

function groupsVerdict(policy: ApprovalPolicy, around: Groups): Verdict | undefined {
  const fault = groupFault(policy, around)
  if (fault === undefined) return undefined
  const { message, reason } = fault
  const isOneOfMany = policy.spec.stages.some(({ groupFrom }) => groupFrom !== undefined)
  const others = isOneOfMany ? ' Requests of Namespaces that name other groups are asked.' : ''
  return { reason, message: `${capitalized(message)}.${others}` }
}

/** Neither CIBA nor OpenID Connect has a look-up of hints that would disturb nobody. */
const hintsUnknown = 'Whether the provider knows the approver’s hint shows at the first request.'

/** That no Namespace is selected is no fault of the policy's: one may come, or get its label. It is said, since nothing else shows it. */
function reachOf({ spec }: ApprovalPolicy, namespaces: readonly Namespace[]): string {
  if (namespaces.some((namespace) => selectsNamespace(spec.match, namespace)))
    return 'Requests that match are asked'
  const labels = labelsWanted(spec.match)
  const which = labels.length === 0 ? '' : `: it wants ${abbreviated(inWords(labels), longestLabels)}`
  return `No Namespace that the operator watches has the labels that the policy selects now${which}. Once one has them, requests that match are asked`
}

/** What to do stands after it, and must find room in a condition. */
const longestLabels = 500

/** A provider need not list its authentication contexts. */
const contextsUnknown =
  ' The provider’s metadata does not say whether it supports spec.require.acrValues: an answer without one of them is refused.'

function readiness(policy: ApprovalPolicy, provider: IdentityProvider, reach: string): Verdict | undefined {
  const { name } = provider.metadata
  const ready = readyOf(provider)
  if (ready === undefined) return undefined
  if (canBeAsked(provider))
    return {
      reason: 'Accepted',
      message: `${reach} through ${name}.${lateStages(policy)} ${hintsUnknown}${isUnknown(policy, provider) ? contextsUnknown : ''}${unreadableTargets(policy)}`,
    }
  return {
    reason: 'IdentityProviderNotReady',
    message: `IdentityProvider ${name} is not ready: ${ready.reason}.`,
  }
}
