/** What a controller finds in the cluster, in memory: one policy, its provider, its Namespace, and the client's Secret. */
import type {
  ApprovalPolicy,
  ApprovalRequest,
  ApproverGroup,
  ConfigMap,
  IdentityProvider,
  Namespace,
  Secret,
} from '../../../src/api/objects.ts'
import { aNamespace, aPolicy, aProvider } from '../builders/builders.ts'
import { inMemoryResource } from '../fakes/cluster/in-memory-resource.ts'
import type { InMemoryResource } from '../fakes/cluster/in-memory-resource.ts'

export type Cluster = {
  readonly requests: InMemoryResource<ApprovalRequest>
  readonly policies: InMemoryResource<ApprovalPolicy>
  readonly providers: InMemoryResource<IdentityProvider>
  readonly groups: InMemoryResource<ApproverGroup>
  readonly namespaces: InMemoryResource<Namespace>
  readonly secrets: InMemoryResource<Secret>
  /** What the operator keeps for itself. */
  readonly configMaps: InMemoryResource<ConfigMap>
}

export function aCluster(requests: readonly ApprovalRequest[]): Cluster {
  const cluster = {
    requests: inMemoryResource<ApprovalRequest>(),
    policies: inMemoryResource<ApprovalPolicy>(),
    providers: inMemoryResource<IdentityProvider>(),
    groups: inMemoryResource<ApproverGroup>(),
    namespaces: inMemoryResource<Namespace>(),
    secrets: inMemoryResource<Secret>(),
    configMaps: inMemoryResource<ConfigMap>(),
  }
  for (const request of requests) cluster.requests.put(request)
  cluster.policies.put(aPolicy())
  cluster.providers.put(aProvider())
  cluster.namespaces.put(aNamespace())
  cluster.secrets.put({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'countersign-system', name: 'agent-release-bot' },
    data: { client_secret: Buffer.from('a-client-secret').toString('base64') },
  })
  return cluster
}
