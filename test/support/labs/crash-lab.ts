/**
 * Countersign as it is shipped, on a control plane of its own, with controllers that a test kills, stops and disturbs. There
 * are two agents, one for each way in which a client proves itself, and a proxy stands before the provider.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAsked } from '../../../tools/local/agent.ts'
import { startWithoutController } from '../../../tools/local/cluster.ts'
import { operatorNamespace } from '../../../tools/local/processes.ts'
import { pingPath } from '../../../src/api/names.ts'
import type { ApprovalRequest, IdentityProvider, Secret } from '../../../src/api/objects.ts'
import { credentialsFrom } from '../../../src/kubernetes/client/credentials.ts'
import { kinds } from '../../../src/kubernetes/client/kinds.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import type { KubernetesResource } from '../../../src/kubernetes/client/resource.ts'
import { createTransport } from '../../../src/kubernetes/client/transport.ts'
import type { Transport } from '../../../src/kubernetes/client/transport.ts'
import { startBalancer } from '../fakes/network/balancer.ts'
import type { Balancer } from '../fakes/network/balancer.ts'
import { aClientKey } from '../builders/client-key.ts'
import { startProviderProxy } from '../fakes/providers/proxy.ts'
import type { ProviderProxy } from '../fakes/providers/proxy.ts'
import { more as morePeople, peopleOf } from './crash-people.ts'
import type { People } from './crash-people.ts'
import { addPoliciesForSeveral } from './crash-policies.ts'
import type { SeveralPeople } from './crash-policies.ts'
import { replicasOf } from './replica.ts'
import type { Replica, Times } from './replica.ts'
import { watchRequests } from '../assertions/request-watch.ts'
import type { RequestWatch } from '../assertions/request-watch.ts'
import { widenForEveryone } from '../clusters/widen-limits.ts'

export const namespace = 'demo'

/** How the agent's client proves itself; each method has an agent of its own. */
export type Method = 'client_secret_basic' | 'private_key_jwt'

export type CrashLab = Pick<RequestWatch, 'until' | 'versions'> &
  People & {
    /** Of the processes' logs; it goes with the lab. */
    readonly directory: string
    readonly proxy: ProviderProxy
    /** Leads to the ping endpoint of the controller that was started last, until a test says otherwise. */
    readonly pings: Balancer
    /** As the administrator sees them. */
    readonly requests: KubernetesResource<ApprovalRequest>
    readonly secrets: KubernetesResource<Secret>
    /** By an administrator who took the operator's identity. */
    readonly forged: {
      readonly requests: KubernetesResource<ApprovalRequest>
      readonly secrets: KubernetesResource<Secret>
    }
    /** @param failpoints as in the environment variable `FAILPOINTS` */
    startController(failpoints?: string, times?: Times): Promise<Replica>
    /** The agent with this method asks for a promotion of the Rollout of this name, with these parameters if it needs any. */
    ask(name: string, method: Method, more?: Arguments): Promise<ApprovalRequest>
    /** Alice approves, once the controller knows that she is asked. */
    approve(name: string): Promise<void>
    /** Ends the controllers, and deletes questions that a test that failed has left open: they would keep others waiting. */
    tidy(): Promise<void>
    stop(): Promise<void>
  }

type Delivery = IdentityProvider['spec']['delivery']
type LabOptions = { readonly delivery?: Delivery }

/** `action`: several people decide. */
export type Arguments = Pick<ApprovalRequest['spec'], 'parameters' | 'adjustable'> & {
  readonly action?: SeveralPeople
}

const agents: Readonly<Record<Method, string>> = {
  client_secret_basic: 'agent-release-bot',
  private_key_jwt: 'agent-key-bot',
}
const operator = `system:serviceaccount:${operatorNamespace}:countersign-controller`

export async function startCrashLab({ delivery = 'Poll' }: LabOptions = {}): Promise<CrashLab> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-crash-'))
  const key = await aClientKey('ES256')
  const proxy = await startProviderProxy()
  const pings = await startBalancer()
  const closers: (() => Promise<unknown>)[] = [() => proxy.close(), () => pings.close()]
  const stop = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close()
  }
  const notificationEndpoint = delivery === 'Ping' ? `${pings.url}${pingPath}` : undefined
  try {
    const cluster = await startWithoutController(directory, () => undefined, {
      clients: [keyClient(key.publicJwk, notificationEndpoint)],
      people: morePeople,
      ...(notificationEndpoint !== undefined && { notificationEndpoint }),
      issuerFor: (address) => {
        proxy.forwardTo(address)
        return proxy.url
      },
    })
    closers.push(() => cluster.stop())
    await widenForEveryone(cluster.controlPlane.kubeconfig)
    const transportAs = (username?: string): Transport => {
      const transport = createTransport(identity(cluster.controlPlane.kubeconfig, username))
      closers.push(() => transport.close())
      return transport
    }
    const admin = transportAs()
    await addKeyAgent(admin, key.secret, delivery)
    await addPoliciesForSeveral(admin)
    const watch = await watchRequests(admin)
    closers.push(() => watch.stop())
    const replicas = replicasOf(cluster)
    closers.push(() => replicas.stop())
    const people = peopleOf(cluster, { directory, namespace })
    return {
      ...{ ...watch, ...people },
      ...{ directory, proxy, pings, stop },
      ...objects(admin),
      forged: objects(transportAs(operator)),
      startController: async (...how) => {
        const replica = await replicas.start(...how)
        pings.forwardTo([replica.pingUrl])
        return replica
      },
      ask: askingWith(transportAs),
      approve: async (name) => {
        await watch.until(name, isAsked)
        await people.approveAs(name, 'alice')
      },
      tidy: async () => {
        await replicas.stop()
        pings.forwardTo([])
        await deleteOpen(objects(admin).requests)
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function deleteOpen(requests: KubernetesResource<ApprovalRequest>): Promise<void> {
  const { items } = await requests.list({ namespace })
  for (const { metadata, status } of items)
    if (status?.outcome === undefined)
      await requests.delete({ namespace, name: metadata.name }, { uid: metadata.uid ?? '' })
}

function keyClient(publicJwk: object, notificationEndpoint: string | undefined): object {
  return {
    kind: 'Ciba',
    client_id: agents.private_key_jwt,
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [publicJwk] },
    ...(notificationEndpoint !== undefined && { notification_endpoint: notificationEndpoint }),
    scopes: ['rollouts:promote'],
  }
}

async function addKeyAgent(admin: Transport, privateKey: string, delivery: Delivery): Promise<void> {
  const name = agents.private_key_jwt
  const secretKey = 'private.jwk'
  await resource<Secret>(admin, kinds.secrets).create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: operatorNamespace, name },
    data: { [secretKey]: Buffer.from(privateKey).toString('base64') },
  })
  const providers = resource<IdentityProvider>(admin, kinds.identityProviders)
  const provider = await providers.get({ name: 'embedded' })
  if (provider === undefined) throw new Error('IdentityProvider embedded is not there')
  const client: IdentityProvider['spec']['clients'][number] = {
    clientID: name,
    authentication: { method: 'private_key_jwt', secretRef: { name, key: secretKey } },
    requesters: [{ kind: 'ServiceAccount', namespace, name }],
  }
  const clients = [...provider.spec.clients, client]
  const written = await providers.replace({ ...provider, spec: { ...provider.spec, clients, delivery } })
  if (written.kind !== 'Applied') throw new Error(`IdentityProvider embedded: ${written.kind}`)
}

function objects(transport: Transport): CrashLab['forged'] {
  return {
    requests: resource<ApprovalRequest>(transport, kinds.approvalRequests),
    secrets: resource<Secret>(transport, kinds.secrets),
  }
}

/** The administrator, or whom he impersonates; with every right, so that what is refused is refused by admission. */
function identity(kubeconfig: string, username: string | undefined): ReturnType<typeof credentialsFrom> {
  const administrator = credentialsFrom(kubeconfig)
  if (username === undefined) return administrator
  const impersonation = { 'Impersonate-User': username, 'Impersonate-Group': 'system:masters' }
  return {
    ...administrator,
    async current() {
      const credentials = await administrator.current()
      return { ...credentials, headers: { ...credentials.headers, ...impersonation } }
    },
  }
}

function askingWith(transportAs: (username: string) => Transport): CrashLab['ask'] {
  const account = (method: Method): string => `system:serviceaccount:${namespace}:${agents[method]}`
  const requesters = {
    client_secret_basic: objects(transportAs(account('client_secret_basic'))).requests,
    private_key_jwt: objects(transportAs(account('private_key_jwt'))).requests,
  }
  return async (name, method, more = {}) => {
    const asked = question(name, account(method))
    const created = await requesters[method].create({ ...asked, spec: { ...asked.spec, ...more } })
    if (created.kind !== 'Applied') throw new Error(`${name}: ${JSON.stringify(created)}`)
    return created.object
  }
}

function question(name: string, username: string): ApprovalRequest {
  return {
    apiVersion: 'countersign.dev/v1alpha1',
    kind: 'ApprovalRequest',
    metadata: { namespace, name },
    spec: {
      requester: { username },
      action: 'promote-rollout',
      target: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name, revision: '7654b4484' },
      environment: 'prod',
      summary: `Approve rollout for ${name} to prod`,
      token: { scopes: ['rollouts:promote'], delivery: 'Secret' },
    },
  }
}
