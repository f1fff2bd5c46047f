/** A question with everything around it that it needs, all of one name, which nothing else has. */
import { randomBytes } from 'node:crypto'
import { operatorNamespace } from '../../../tools/local/processes.ts'
import { apiVersion } from '../../../src/api/names.ts'
import type {
  ApprovalPolicy,
  ApprovalPolicySpec,
  ApprovalRequest,
  ApprovalRequestSpec,
  Condition,
  IdentityProvider,
  IdentityProviderSpec,
  KubernetesObject,
} from '../../../src/api/objects.ts'
import type { Resource } from '../../../src/core/ports/cluster.ts'
import type { KubernetesResource } from '../../../src/kubernetes/client/resource.ts'
import { wideLimits } from '../builders/limits.ts'
import { clientID } from '../fakes/providers/company.ts'
import type { CompanyProvider } from '../fakes/providers/company.ts'
import type { Claim, Operator } from '../scenes/operator.ts'

export type Question = {
  /** Of IdentityProvider, policy, action, namespace, client Secret and request alike. */
  readonly name: string
  readonly provider: IdentityProvider
  until(isReached: Claim, withinSeconds?: number): Promise<ApprovalRequest>
  /** `Prompting AuthorizationPending Approved`: the reasons that were given, one after the other. */
  story(): string
  /** The same with what was said, one line each. */
  words(): string
}

type Authentication = IdentityProviderSpec['clients'][number]['authentication']

export type Asking = {
  readonly provider?: Partial<IdentityProviderSpec>
  readonly authentication?: Partial<Authentication>
  readonly policy?: Partial<ApprovalPolicySpec>
  readonly request?: Partial<ApprovalRequestSpec>
  /** What the client's Secret holds; `undefined` leaves it out. */
  readonly credential?: string | undefined
}

/** Creates everything; the operator takes it from there. */
export async function ask(
  operator: Operator,
  at: Pick<CompanyProvider, 'issuer' | 'clientSecret'>,
  asking: Asking = {},
): Promise<Question> {
  const name = `q-${randomBytes(4).toString('hex')}`
  const { namespaces, providers, policies, requests } = operator
  const provider = providerObject(name, at.issuer, asking)
  const credential = 'credential' in asking ? asking.credential : at.clientSecret
  if (credential !== undefined) await storeCredential(operator, name, credential)
  await Promise.all([
    create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    create(providers, provider),
    create(policies, policyObject(name, asking.policy)),
  ])
  await create(requests, requestObject(name, asking.request))
  return { name, provider, ...told(operator, name) }
}

/** The same question in a new request beside the first, when the controller knows everything around it. */
export async function askAgain(
  operator: Operator,
  { name, provider }: Question,
  { request }: Pick<Asking, 'request'> = {},
): Promise<Question> {
  const again = `${name}-${randomBytes(4).toString('hex')}`
  const object = requestObject(name, request)
  await create(operator.requests, { ...object, metadata: { namespace: name, name: again } })
  return { name: again, provider, ...told(operator, again) }
}

/** Throws what the API server has against it. */
export async function create<T extends KubernetesObject>(to: Resource<T>, object: T): Promise<void> {
  const created = await to.create(object)
  if (created.kind !== 'Applied')
    throw new Error(`${object.kind} ${object.metadata.name}: ${JSON.stringify(created)}`)
}

type WithSpec = KubernetesObject & { readonly spec: object }

/** Writes some fields of a cluster-scoped object's spec, whatever the operator writes to its status meanwhile. */
export async function edit<T extends WithSpec>(
  of: KubernetesResource<T>,
  name: string,
  change: Partial<T['spec']>,
): Promise<void> {
  const object = await of.get({ name })
  if (object === undefined) throw new Error(`${name} is not there`)
  const written = await of.replace({ ...object, spec: { ...object.spec, ...change } })
  if (written.kind === 'Conflict') await edit(of, name, change)
  else if (written.kind !== 'Applied') throw new Error(`${name}: ${written.kind}`)
}

export async function remove<T extends KubernetesObject>(from: Resource<T>, name: string): Promise<void> {
  const object = await from.get({ name })
  await from.delete({ name }, { uid: object?.metadata.uid ?? '' })
}

/** In the operator's own namespace, over what is there. */
export async function storeCredential(
  { secrets }: Operator,
  name: string,
  credential: string,
): Promise<void> {
  const metadata = { namespace: operatorNamespace, name }
  const data = { secret: Buffer.from(credential).toString('base64') }
  const existing = await secrets.get(metadata)
  if (existing === undefined) await create(secrets, { apiVersion: 'v1', kind: 'Secret', metadata, data })
  else await secrets.replace({ ...existing, data })
}

export function isPending({ status }: ApprovalRequest): boolean {
  return status?.conditions?.[0]?.reason === 'AuthorizationPending'
}

export function isFinal({ status }: ApprovalRequest): boolean {
  return status?.outcome !== undefined
}

function told(operator: Operator, name: string): Omit<Question, 'name' | 'provider'> {
  // The controller's watches of policies and providers may lag behind that of requests.
  const summaries = (): readonly Condition[] =>
    operator
      .history(name)
      .filter(
        ({ reason, message }) =>
          reason !== 'NoMatchingPolicy' && !message.includes(', which does not exist. Ask'),
      )
  return {
    until: (isReached, withinSeconds) => operator.until(name, isReached, withinSeconds),
    story: () => distinct(summaries().map(({ reason }) => reason)).join(' '),
    words: () => distinct(summaries().map(({ reason, message }) => `${reason}: ${message}`)).join('\n'),
  }
}

function distinct(items: readonly string[]): readonly string[] {
  return items.filter((item, index) => item !== items[index - 1])
}

function providerObject(
  name: string,
  issuer: string,
  { provider, authentication }: Asking,
): IdentityProvider {
  const secretRef = { name, key: 'secret' }
  const spec: IdentityProviderSpec = {
    issuer,
    profile: 'Generic',
    clients: [{ clientID, authentication: { method: 'client_secret_basic', secretRef, ...authentication } }],
    delivery: 'Poll',
    token: { approverClaim: 'sub' },
    allowInsecureHTTP: true,
    ...provider,
  }
  return { apiVersion, kind: 'IdentityProvider', metadata: { name }, spec }
}

function policyObject(name: string, change: Partial<ApprovalPolicySpec> = {}): ApprovalPolicy {
  return {
    apiVersion,
    kind: 'ApprovalPolicy',
    metadata: { name },
    spec: {
      match: { namespaceSelector: {}, actions: [name] },
      priority: 0,
      identityProvider: name,
      stages: [{ name: 'sre', required: 1, approvers: [{ name: 'alice@company.com', hint: 'alice' }] }],
      requestedExpiry: { default: '2m', max: '1h' },
      limits: wideLimits,
      token: { scopes: ['rollouts:promote'], maxLifetime: '10m' },
      ...change,
    },
  }
}

/** The API server stamps the requester over the one that stands here. */
function requestObject(name: string, change: Partial<ApprovalRequestSpec> = {}): ApprovalRequest {
  const spec: ApprovalRequestSpec = {
    requester: { username: 'whoever' },
    action: name,
    target: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'foo-v2', revision: '7654b4484' },
    environment: 'prod',
    summary: 'Approve rollout for foo-v2 to prod',
    token: { scopes: ['rollouts:promote'], delivery: 'Secret' },
    ...change,
  }
  return { apiVersion, kind: 'ApprovalRequest', metadata: { name, namespace: name }, spec }
}
