/** Small valid objects of each kind, and ways to spoil them. */
import { apiVersion, tokenSecretType } from '../../../src/api/names.ts'

export type Manifest = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly ownerReferences?: readonly object[]
  }
  readonly spec: object
  readonly status?: object
}

/** Without a requester: the API server stamps it. */
export const anApprovalRequest: Manifest = {
  apiVersion,
  kind: 'ApprovalRequest',
  metadata: { name: 'foo-v2' },
  spec: {
    action: 'promote-rollout',
    target: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'foo-v2', revision: '7654b4484' },
    environment: 'prod',
    summary: 'Approve rollout for foo-v2 to prod',
    token: { scopes: ['rollouts:promote'] },
  },
}

export const anApprovalPolicy: Manifest = {
  apiVersion,
  kind: 'ApprovalPolicy',
  metadata: { name: 'test-promotions' },
  spec: {
    match: { namespaceSelector: {}, actions: ['promote-*'] },
    identityProvider: 'company',
    stages: [{ name: 'sre', approvers: [{ name: 'alice@company.com', hint: 'alice' }] }],
    token: { scopes: ['rollouts:promote'], maxLifetime: '10m' },
  },
}

export const anIdentityProvider: Manifest = {
  apiVersion,
  kind: 'IdentityProvider',
  metadata: { name: 'test-company' },
  spec: {
    profile: 'OidcProvider',
    issuer: 'https://sso.company.com',
    clients: [
      {
        clientID: 'agent-release-bot',
        authentication: { method: 'client_secret_basic', secretRef: { name: 'agent', key: 'client-secret' } },
      },
    ],
  },
}

export const anApproverGroup: Manifest = {
  apiVersion,
  kind: 'ApproverGroup',
  metadata: { name: 'test-sre' },
  spec: { members: [{ name: 'alice@company.com', hint: 'alice' }] },
}

/** The object with one field set, or removed by `undefined`. A path reads `spec.stages.0.name`. */
export function withField<T>(object: T, path: string, value: unknown): T {
  return set(object, path.split('.'), value) as T
}

function set(into: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  const entries = typeof into === 'object' && into !== null ? into : {}
  const child = set((entries as Readonly<Record<string, unknown>>)[key], rest, value)
  if (Array.isArray(into)) return into.map((item: unknown, index) => (index === Number(key) ? child : item))
  return { ...entries, [key]: child }
}

/** As the operator creates it for the request `foo-v2`. */
export const aTokenSecret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'foo-v2.countersign',
    ownerReferences: [{ apiVersion, kind: 'ApprovalRequest', name: 'foo-v2', uid: '0815', controller: true }],
  },
  type: tokenSecretType,
  immutable: true,
  data: { access_token: 'eA==' },
}
