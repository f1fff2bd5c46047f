/** What controllers and servers are built on: the way to the cluster and to the providers, keys, log and metrics. */
import { hostname } from 'node:os'
import type { AnalysisRun, ReplicaSet, Rollout } from '../../api/argo-rollouts.ts'
import type {
  ApprovalPolicy,
  ApprovalRequest,
  ApproverGroup,
  ConfigMap,
  IdentityProvider,
  KubernetesObject,
  Namespace,
  Secret,
} from '../../api/objects.ts'
import { essentialsOf } from '../../core/request/abridged.ts'
import type { OpenIDProviders } from '../../core/ports/provider.ts'
import type { Sealer } from '../../core/ports/sealing.ts'
import type { Log } from '../../core/ports/surroundings.ts'
import { credentialsFrom } from '../../kubernetes/client/credentials.ts'
import { createEventRecorder } from '../../kubernetes/events.ts'
import type { ClosableEventRecorder } from '../../kubernetes/events.ts'
import { kinds } from '../../kubernetes/client/kinds.ts'
import { resource } from '../../kubernetes/client/resource.ts'
import type { KubernetesResource } from '../../kubernetes/client/resource.ts'
import { createTransport } from '../../kubernetes/client/transport.ts'
import type { Transport } from '../../kubernetes/client/transport.ts'
import { createOpenIDProviders } from '../../oidc/providers.ts'
import { systemClock } from '../../runtime/clock.ts'
import { followKeyRing, lookAfter } from '../../sealing/live-key-ring.ts'
import { sealerWith } from '../../sealing/seals.ts'
import { countExchangesBy } from '../../telemetry/approvals.ts'
import type { Instruments } from '../../telemetry/instruments.ts'
import type { ControllerFlags } from './flags.ts'

/** What every controller and server shares, before any watch exists. */
export type Foundation = {
  readonly flags: ControllerFlags
  readonly log: Log
  readonly instruments: Instruments
  readonly transport: Transport
  readonly resources: Resources
  readonly events: ClosableEventRecorder
  readonly openid: OpenIDProviders
}

/** The API server, one entry for each type that the controller reads or writes; nothing in them is cached. */
export type Resources = {
  readonly requests: KubernetesResource<ApprovalRequest>
  readonly policies: KubernetesResource<ApprovalPolicy>
  readonly providers: KubernetesResource<IdentityProvider>
  readonly groups: KubernetesResource<ApproverGroup>
  readonly namespaces: KubernetesResource<Namespace>
  readonly secrets: KubernetesResource<Secret>
  readonly serviceAccounts: KubernetesResource<KubernetesObject>
  readonly configMaps: KubernetesResource<ConfigMap>
  readonly rollouts: KubernetesResource<Rollout>
  readonly runs: KubernetesResource<AnalysisRun>
  readonly replicaSets: KubernetesResource<ReplicaSet>
}

/**
 * Builds the clients. It opens no connection yet.
 * @throws if there is no kubeconfig and this is not a Pod
 */
export function createFoundation(given: Pick<Foundation, 'flags' | 'log' | 'instruments'>): Foundation {
  const { flags, log, instruments } = given
  const transport = createTransport(credentialsFrom(flags.kubeconfig), (method, status) => {
    const code = status === undefined ? '<error>' : String(status)
    instruments.count('rest_client_requests_total', { code, method })
  })
  return {
    ...given,
    transport,
    resources: {
      requests: resource(transport, kinds.approvalRequests, essentialsOf),
      policies: resource(transport, kinds.approvalPolicies),
      providers: resource(transport, kinds.identityProviders),
      groups: resource(transport, kinds.approverGroups),
      namespaces: resource(transport, kinds.namespaces),
      secrets: resource(transport, kinds.secrets),
      serviceAccounts: resource(transport, kinds.serviceAccounts),
      configMaps: resource(transport, kinds.configMaps),
      rollouts: resource(transport, kinds.rollouts),
      runs: resource(transport, kinds.analysisRuns),
      replicaSets: resource(transport, kinds.replicaSets),
    },
    events: createEventRecorder(transport, { log, instance: hostname() }),
    openid: createOpenIDProviders({ clock: systemClock, onExchange: countExchangesBy(instruments) }),
  }
}

/**
 * Reads the operator's keys, or creates them where there are none, and follows the Secret from then on.
 * @throws if the Secret can be neither read nor created
 */
export async function loadSealer({ flags, instruments, log, resources }: Foundation): Promise<Sealer> {
  const key = { namespace: flags.namespace, name: 'countersign-keys' }
  const ring = await followKeyRing(resources.secrets, key, { clock: systemClock, log })
  instruments.gauge('countersign_keys_at_risk', () => [[{}, ring.fault() === undefined ? 0 : 1]])
  void lookAfter(ring)
  return sealerWith(ring)
}
