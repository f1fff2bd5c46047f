/** What is said about an ApprovalPolicy. */
import type { ApprovalPolicy, ApprovalPolicyStatus, IdentityProvider, Namespace } from '../../api/objects.ts'
import { policyReasons } from '../../api/policy-reasons.ts'
import { conditionOf, readyOf } from '../condition.ts'
import { rivalry } from './rivalry.ts'
import { clientsFor } from './selection.ts'
import { isRequester } from './requester.ts'
import { usernameOf } from './subject.ts'
import type { Verdict } from './verdict.ts'

/** What else there is that a policy depends on. */
export type PolicySurroundings = {
  readonly provider: IdentityProvider | undefined
  readonly policies: readonly ApprovalPolicy[]
  readonly namespaces: readonly Namespace[]
}

/** @returns undefined as long as nobody has looked at its provider, which is a moment */
export function statusOf(
  policy: ApprovalPolicy,
  around: PolicySurroundings,
  now: Date,
): ApprovalPolicyStatus | undefined {
  const verdict = verdictOf(policy, around)
  if (verdict === undefined) return undefined
  const { reason, message } = verdict
  const { ready, next } = policyReasons[reason]
  const said = { type: 'Ready', status: ready, reason, message: `${message} ${next}` } as const
  return { conditions: [conditionOf(policy, ready === 'True' ? { ...said, message } : said, now)] }
}

/** The first that holds: what is wrong with the text comes before what may pass by itself. */
function verdictOf(
  policy: ApprovalPolicy,
  { provider, policies, namespaces }: PolicySurroundings,
): Verdict | undefined {
  const { identityProvider } = policy.spec
  if (provider === undefined)
    return {
      reason: 'IdentityProviderNotFound',
      message: `IdentityProvider ${identityProvider} does not exist.`,
    }
  return (
    clientFault(policy, provider) ??
    ownApprover(policy, provider) ??
    rivalry(policy, policies, namespaces) ??
    readiness(provider)
  )
}

/** Requesters that the policy does not name cannot be foreseen: their questions say it. */
function clientFault({ spec }: ApprovalPolicy, provider: IdentityProvider): Verdict | undefined {
  for (const username of spec.match.requesters?.map(usernameOf) ?? []) {
    const [client, another] = clientsFor(provider, { username })
    const where = `IdentityProvider ${provider.metadata.name}`
    if (client === undefined)
      return { reason: 'ClientNotFound', message: `${where} has no client for requester ${username}.` }
    if (another !== undefined)
      return {
        reason: 'AmbiguousClient',
        message: `${where} has two clients for requester ${username}: ${client.clientID} and ${another.clientID}.`,
      }
  }
  return undefined
}

function ownApprover({ spec }: ApprovalPolicy, provider: IdentityProvider): Verdict | undefined {
  const approvers = spec.stages.flatMap((stage) => stage.approvers)
  const names = approvers.flatMap(({ name, hint, subject }) => [name, subject ?? hint, hint])
  const usernames = provider.spec.kubernetesUsernames
  const requesters = spec.match.requesters?.map(usernameOf)
  const username = requesters?.find((each) => isRequester({ username: each, usernames }, names))
  if (username === undefined) return undefined
  return { reason: 'NotEnoughApprovers', message: `Requester ${username} would be the approver as well.` }
}

/** Neither CIBA nor OpenID Connect has a look-up of hints that would disturb nobody. */
const hintsUnknown = 'Whether the provider knows the approver’s hint shows at the first request.'

function readiness(provider: IdentityProvider): Verdict | undefined {
  const { name } = provider.metadata
  const ready = readyOf(provider)
  if (ready === undefined) return undefined
  if (ready.status === 'True')
    return { reason: 'Accepted', message: `Requests that match are asked through ${name}. ${hintsUnknown}` }
  return {
    reason: 'IdentityProviderNotReady',
    message: `IdentityProvider ${name} is not ready: ${ready.reason}.`,
  }
}
