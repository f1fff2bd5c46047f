/** The terms under which a request would be asked now, or the reason why it cannot be asked. */
import type {
  ApprovalPolicy,
  ApprovalRequest,
  ApproverGroup,
  EffectiveTerms,
  IdentityProvider,
  Namespace,
} from '../../api/objects.ts'
import { reasons } from '../../api/reasons.ts'
import { secondsOf, timestamp } from '../duration.ts'
import { limitsOf } from '../limits/policy-limits.ts'
import { askable, tooFew } from './askable.ts'
import { peopleOf } from './stages.ts'
import { turnTooLate } from '../limits/messages.ts'
import { resolve } from '../policy/approvers.ts'
import type { ResolvedStage } from '../policy/approvers.ts'
import type { Question } from '../policy/match.ts'
import { blocked, selectClient, selectPolicy } from '../policy/selection.ts'
import type { Blocked, Client } from '../policy/selection.ts'
import type { Withdrawal } from '../ports/subjects.ts'
import { isRequester } from '../policy/requester.ts'
import { requirementsOf } from '../policy/requirements.ts'
import { habitsOf } from '../provider/profile.ts'
import { actionScopesOf } from '../action/action-scopes.ts'
import { deadlineUnasked, deadlineWhenAsked, expiryOf, isTooLate } from './expiry.ts'
import type { Expiry } from './expiry.ts'
import { firstTurns, waitOf } from './turns.ts'
import type { Limited, WaitForTurn } from './turns.ts'
import type { Unasked } from '../limits/throttle.ts'

/** What the API server holds around a request, as it was when somebody looked. */
export type Surroundings = {
  readonly namespace: Namespace
  readonly policies: readonly ApprovalPolicy[]
  readonly providers: readonly IdentityProvider[]
  readonly groups: readonly ApproverGroup[]
  /** Until when the subject of the request waits for an answer, by what the watches show. */
  readonly subjectEnd?: Date | undefined
  /** Why nobody waits for the answer any more, by what the watches show. */
  readonly withdrawal?: Withdrawal | undefined
}

/** The terms of a request that can be asked. */
export type Terms = {
  readonly kind: 'Terms'
  readonly effective: EffectiveTerms
  /** Of the request once it is asked. */
  readonly deadline: Date
  /** Of the request as long as it cannot be asked. */
  readonly unaskedDeadline: Date
  /** Ids of the prompts that are sent now; others may be later. */
  readonly prompts: readonly string[]
  /** Who else is due and is not asked yet because of a limit. */
  readonly unasked?: readonly Unasked[]
  /** The queues in which the request waits for them. */
  readonly queues?: readonly string[]
  /** What must be left of the time until the deadline when the prompt is sent. */
  readonly leastSeconds: number
  readonly provider: IdentityProvider
}

/** Of a request whose terms were fixed before, for some of its prompts. */
export function fixedTerms(
  fixed: Pick<Terms, 'effective' | 'deadline' | 'leastSeconds' | 'provider' | 'unasked' | 'queues'>,
  prompts: readonly string[],
): Terms {
  return { ...fixed, kind: 'Terms', unaskedDeadline: fixed.deadline, prompts }
}

/** The first thing that is missing, or in the way, says why the request waits. */
export function termsOf(
  request: ApprovalRequest,
  surroundings: Surroundings,
  { counts, now }: Limited,
): Terms | Blocked {
  const question = { request, namespace: surroundings.namespace }
  const policy = selectPolicy(surroundings.policies, question)
  if (policy.kind === 'Blocked') return policy
  const expiry = expiryOf(request, policy.value.spec, surroundings.subjectEnd)
  const unaskedDeadline = deadlineUnasked(request, expiry, now)
  const terms =
    outsideLimits(policy.value, request) ?? termsUnder(policy.value, question, { ...surroundings, now })
  if (terms.kind === 'Blocked') return { ...terms, deadline: unaskedDeadline }
  const applicant = { request, terms: terms.effective, limits: limitsOf(policy.value) }
  const turns = firstTurns(applicant, { counts, now })
  const wait = waitOf(turns)
  if (turns.prompts.length === 0 && wait !== undefined)
    return {
      ...blocked('Throttled', throttleMessage(wait, expiry)),
      ...{ deadline: expiry.latest, waitsFor: wait },
    }
  const { leastSeconds } = expiry
  const { prompts, unasked } = turns
  return {
    ...{ ...terms, prompts, deadline: deadlineWhenAsked(expiry, now), unaskedDeadline, leastSeconds },
    ...(unasked.length > 0 && { unasked }),
    ...(wait !== undefined && { queues: wait.queues }),
  }
}

/** What is known at once is said at once: that its turn cannot come while it stands. */
function throttleMessage({ message, from }: WaitForTurn, { latest, leastSeconds }: Expiry): string {
  return from !== undefined && isTooLate(latest, leastSeconds, from)
    ? `${message} ${turnTooLate(latest, from)}`
    : message
}

type TermsAlone = Pick<Terms, 'kind' | 'effective' | 'provider'>

function termsUnder(
  policy: ApprovalPolicy,
  question: Question,
  { providers, groups, now }: Pick<Surroundings, 'providers' | 'groups'> & { readonly now: Date },
): TermsAlone | Blocked {
  const { request, namespace } = question
  const provider = providerOf(policy, providers)
  if (provider.kind === 'Blocked') return provider
  const client = selectClient(provider.value, question)
  if (client.kind === 'Blocked') return client
  const people = resolve(policy, { namespace, groups, now })
  if (people.kind === 'Blocked') return people
  const { stages } = people
  const choice = { policy, stages, provider: provider.value, client: client.value }
  const effective = effectiveTerms(question, choice, now)
  return (
    tooFew(effective, { policy, named: stages }, request) ?? {
      kind: 'Terms',
      effective,
      provider: provider.value,
    }
  )
}

function outsideLimits(policy: ApprovalPolicy, { spec }: ApprovalRequest): Blocked | undefined {
  const { requestedExpiry, token } = policy.spec
  const name = `policy ${policy.metadata.name}`
  const outside = (message: string): Blocked => blocked('OutsidePolicyLimits', message)
  if (
    spec.requestedExpiry !== undefined &&
    secondsOf(spec.requestedExpiry) > secondsOf(requestedExpiry.max)
  ) {
    return outside(
      `${name} lets a request stand for at most ${requestedExpiry.max}, not ${spec.requestedExpiry}. ${less}`,
    )
  }
  if (spec.token === undefined) return undefined
  if (token === undefined)
    return outside(
      `${name} grants no token. Ask without spec.token, or ask a platform engineer to set its token.`,
    )
  const scope = spec.token.scopes?.find((asked) => !token.scopes?.includes(asked))
  if (scope !== undefined)
    return outside(`${name} does not grant the scope ${scope}; it grants ${listed(token.scopes)}. ${less}`)
  const { audience } = spec.token
  if (audience === undefined || token.audiences?.includes(audience)) return undefined
  return outside(
    `${name} does not grant the audience ${audience}; it grants ${listed(token.audiences)}. ${less}`,
  )
}

const { next: less } = reasons.OutsidePolicyLimits

function listed(values: readonly string[] | undefined): string {
  return values === undefined || values.length === 0 ? 'none' : values.join(', ')
}

function providerOf(
  { metadata, spec }: ApprovalPolicy,
  providers: readonly IdentityProvider[],
): { readonly kind: 'Selected'; readonly value: IdentityProvider } | Blocked {
  const value = providers.find((provider) => provider.metadata.name === spec.identityProvider)
  if (value !== undefined) return { kind: 'Selected', value }
  return blocked(
    'IdentityProviderNotReady',
    `policy ${metadata.name} names IdentityProvider ${spec.identityProvider}, which does not exist. Ask a platform engineer to create it, or to correct the policy.`,
  )
}

type Choice = {
  readonly policy: ApprovalPolicy
  readonly stages: readonly ResolvedStage[]
  readonly provider: IdentityProvider
  readonly client: Client
}

function visibleAnswers({ spec }: ApprovalPolicy): Pick<EffectiveTerms, 'answersVisible'> {
  return spec.visibility === undefined ? {} : { answersVisible: spec.visibility.answers }
}

function effectiveTerms(
  { request }: Question,
  { policy, stages: named, provider, client }: Choice,
  now: Date,
): EffectiveTerms {
  const habits = habitsOf(provider.spec)
  const { audience, scopes = [] } = request.spec.token ?? {}
  const candidates = peopleOf(named).map(({ name, hint, subject, via }) => ({
    name,
    hint,
    claim: subject === undefined ? habits.approverClaim : 'sub',
    expected: subject ?? hint,
    ...(subject === undefined &&
      habits.approverClaimComparison === 'IgnoreCase' && { comparison: 'IgnoreCase' as const }),
    ...(via !== undefined && { via }),
  }))
  const { kubernetesUsernames } = provider.spec
  const { approvers, stages } = askable(named, candidates, (names) =>
    isRequester({ username: request.spec.requester.username, usernames: kubernetesUsernames }, names),
  )
  const binding = habits.actionBinding === 'ParameterizedScopes' ? actionScopesOf(request) : []
  return {
    policy: policy.metadata.name,
    identityProvider: provider.metadata.name,
    issuer: provider.spec.issuer,
    clientID: client.clientID,
    approvers,
    ...(stages !== undefined && { stages, askedAt: timestamp(now), ...visibleAnswers(policy) }),
    ...requirementsOf(policy),
    scopes: ['openid', ...scopes, ...binding],
    algorithms: habits.algorithms,
    authorizationDetails: habits.authorizationDetails,
    ...(provider.spec.kubernetesUsernames !== undefined && {
      kubernetesUsernames: provider.spec.kubernetesUsernames,
    }),
    ...(provider.spec.delivery === 'Ping' && { delivery: 'Ping' }),
    ...(habits.ignoredScopes.length > 0 && { ignoredScopes: habits.ignoredScopes }),
    ...(audience !== undefined && { audience }),
    ...(policy.spec.token !== undefined && {
      tokenMaxLifetimeSeconds: secondsOf(policy.spec.token.maxLifetime),
    }),
  }
}
