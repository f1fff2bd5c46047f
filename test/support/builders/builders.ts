/** Objects that hold together: a request, the Namespace it is in, the policy that matches it and the provider it names. */
import { apiVersion, environmentLabel } from '../../../src/api/names.ts'
import type {
  ApprovalPolicy,
  ApprovalPolicySpec,
  ApprovalRequest,
  ApprovalRequestSpec,
  ApprovalRequestStatus,
  EffectiveTerms,
  IdentityProvider,
  IdentityProviderSpec,
  Namespace,
  ObjectMeta,
  Prompt,
} from '../../../src/api/objects.ts'
import { outcomeOf } from '../../../src/api/reasons.ts'
import type { FinalReason, WaitingReason } from '../../../src/api/reasons.ts'
import type { Settings } from '../../../src/core/request/observed.ts'
import { at } from '../fakes/clocks/clock.ts'
import { theLimits } from './limits.ts'

type Parts = Pick<ApprovalRequest, 'metadata' | 'spec' | 'status'>

/** A request that can be said differently: each sentence answers a new one. */
class RequestSentence implements ApprovalRequest {
  readonly apiVersion = apiVersion
  readonly kind = 'ApprovalRequest'
  readonly metadata: ObjectMeta
  readonly spec: ApprovalRequestSpec
  declare readonly status?: ApprovalRequestStatus

  constructor({ metadata, spec, status }: Parts) {
    this.metadata = metadata
    this.spec = spec
    if (status !== undefined) this.status = status
  }

  named(name: string, uid = this.metadata.uid ?? ''): RequestSentence {
    return this.#with({ metadata: { ...this.metadata, name, uid } })
  }

  inNamespace(namespace: string): RequestSentence {
    return this.#with({ metadata: { ...this.metadata, namespace } })
  }

  createdAt(creationTimestamp: string): RequestSentence {
    return this.#with({ metadata: { ...this.metadata, creationTimestamp } })
  }

  deletedAt(deletionTimestamp: string): RequestSentence {
    return this.#with({ metadata: { ...this.metadata, deletionTimestamp } })
  }

  by(username: string): RequestSentence {
    return this.saying({ requester: { username } })
  }

  wantingToken(token: Partial<NonNullable<ApprovalRequestSpec['token']>> = {}): RequestSentence {
    return this.saying({ token: { delivery: 'Secret', ...token } })
  }

  saying(spec: Partial<ApprovalRequestSpec>): RequestSentence {
    return this.#with({ spec: { ...this.spec, ...spec } })
  }

  /** Another question altogether. */
  replacing(spec: ApprovalRequestSpec): RequestSentence {
    return this.#with({ spec })
  }

  /** Blocked: nobody has been asked yet. */
  waitingFor(reason: WaitingReason, message = 'because'): RequestSentence {
    return this.having({ conditions: [condition('Complete', 'False', { reason, message })] })
  }

  /** After W1, before anything is known about the prompt. */
  intended(prompt: Partial<Prompt> = {}): RequestSentence {
    return this.waitingFor('Prompting').having({
      effective: theTerms(),
      deadline: at(600),
      expires: at(600),
      prompts: [{ id: 'approver-1', attempt: 1, approver: 'alice@company.com', sentAt: at(0), ...prompt }],
    })
  }

  /** The attempt was refused without disturbing anyone. */
  refused(attempt = 1): RequestSentence {
    const [prompt] = this.intended().status?.prompts ?? []
    const { id = '', approver = '' } = prompt ?? {}
    return this.intended()
      .waitingFor('IdentityProviderNotReady')
      .having({ prompts: [{ id, attempt, approver }] })
  }

  /** After W2. */
  pending(prompt: Partial<Prompt> = {}): RequestSentence {
    return this.intended({ handle: 'sealed', expiresAt: at(600), intervalSeconds: 5, ...prompt }).waitingFor(
      'AuthorizationPending',
    )
  }

  /** After W4. */
  finished(reason: FinalReason, when = 30): RequestSentence {
    const said = { reason, message: 'because', lastTransitionTime: at(when) }
    const outcome = outcomeOf(reason)
    const conditions = [condition('Complete', 'True', said), condition(outcome, 'True', said)]
    return this.pending().having({ outcome, conditions })
  }

  having(status: ApprovalRequestStatus): RequestSentence {
    return this.#with({ status: { ...this.status, ...status } })
  }

  #with(parts: Partial<Parts>): RequestSentence {
    return new RequestSentence({ metadata: this.metadata, spec: this.spec, ...statusOf(this), ...parts })
  }
}

function statusOf({ status }: ApprovalRequest): Pick<Parts, 'status'> {
  return status === undefined ? {} : { status }
}

type Condition = NonNullable<ApprovalRequestStatus['conditions']>[number]
type Said = Pick<Condition, 'reason' | 'message'> & Partial<Condition>

function condition(type: string, status: 'True' | 'False', said: Said): Condition {
  return { type, status, observedGeneration: 1, lastTransitionTime: at(0), ...said }
}

/** `promote-rollout Rollout/foo-v2 @7654b4484 in demo (prod)`, asked by release-bot when the clock starts. */
export function anApprovalRequest(): RequestSentence {
  return new RequestSentence({
    metadata: {
      name: 'foo-v2',
      namespace: 'demo',
      uid: '80000000-0000-4000-8000-000000000001',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: at(0),
    },
    spec: {
      requester: { username: 'system:serviceaccount:demo:release-bot' },
      action: 'promote-rollout',
      target: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        name: 'foo-v2',
        revision: '7654b4484',
      },
      environment: 'prod',
      summary: 'Approve rollout for foo-v2 to prod',
    },
  })
}

type Named = { readonly name?: string }
const alice = { name: 'alice@company.com', hint: 'alice' }
const prodLabels = { env: 'prod', [environmentLabel]: 'prod' }

/** What `aPolicy()` and `aProvider()` come to for `anApprovalRequest()`. */
export function theTerms(changes: Partial<EffectiveTerms> = {}): EffectiveTerms {
  return {
    policy: 'prod-promotions',
    identityProvider: 'company',
    issuer: 'https://sso.company.com',
    clientID: 'agent-release-bot',
    approvers: [{ ...alice, claim: 'preferred_username', expected: 'alice', comparison: 'IgnoreCase' }],
    scopes: ['openid'],
    algorithms: ['ES256'],
    authorizationDetails: 'Unsupported',
    tokenMaxLifetimeSeconds: 600,
    ...changes,
  }
}

/** Alice judges promotions in namespaces labelled env=prod. */
export function aPolicy({
  name = 'prod-promotions',
  ...spec
}: Named & Partial<ApprovalPolicySpec> = {}): ApprovalPolicy {
  return {
    apiVersion,
    kind: 'ApprovalPolicy',
    metadata: { name, uid: `uid-of-${name}`, resourceVersion: '1', generation: 1 },
    spec: {
      match: { namespaceSelector: { matchLabels: { env: 'prod' } }, actions: ['promote-rollout'] },
      priority: 0,
      identityProvider: 'company',
      stages: [{ name: 'sre', required: 1, approvers: [alice] }],
      requestedExpiry: { default: '10m', max: '2h' },
      limits: theLimits(),
      token: { scopes: ['rollouts:promote'], audiences: ['https://deploy.company.com'], maxLifetime: '10m' },
      ...spec,
    },
  }
}

/** A policy under which there is an approval, but no token. */
export function aPolicyWithoutToken(): ApprovalPolicy {
  const { spec, ...policy } = aPolicy()
  const { match, priority, identityProvider, stages, requestedExpiry, limits } = spec
  return { ...policy, spec: { match, priority, identityProvider, stages, requestedExpiry, limits } }
}

/** One client for every requester, and names in `preferred_username`. */
export function aProvider({
  name = 'company',
  ...spec
}: Named & Partial<IdentityProviderSpec> = {}): IdentityProvider {
  return {
    apiVersion,
    kind: 'IdentityProvider',
    metadata: { name, uid: `uid-of-${name}`, resourceVersion: '1', generation: 1 },
    spec: {
      issuer: 'https://sso.company.com',
      profile: 'Generic',
      clients: [aClient('agent-release-bot')],
      delivery: 'Poll',
      token: { algorithms: ['ES256'], approverClaim: 'preferred_username' },
      allowInsecureHTTP: false,
      ...spec,
    },
  }
}

type Client = IdentityProviderSpec['clients'][number]

export function aClient(clientID: string, requesters?: Client['requesters']): Client {
  return {
    clientID,
    authentication: { method: 'client_secret_basic', secretRef: { name: clientID, key: 'client_secret' } },
    ...(requesters !== undefined && { requesters }),
  }
}

/** A namespace of environment prod. */
export function aNamespace(labels: Namespace['metadata']['labels'] = prodLabels): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'demo', uid: 'uid-of-demo', resourceVersion: '1', labels },
  }
}

export const settings: Settings = {
  unmatchedSeconds: 900,
  approvalSeconds: 300,
  retentionSeconds: 3600,
  holdSeconds: 40,
}
