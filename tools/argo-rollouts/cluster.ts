/**
 * The demo's cluster with Argo Rollouts in it, and a gate that it asks. Pods are ready at once. Rules, templates and Rollouts
 * are left to the caller.
 */
import { randomBytes } from 'node:crypto'
import type { IdentityProvider } from 'countersign/api'
import type { Transport } from '../../src/kubernetes/client/transport.ts'
import { freePort } from '../envtest/free-port.ts'
import { kubectl } from '../envtest/kubectl.ts'
import type { LeashedProcess } from '../envtest/leashed-process.ts'
import { parts } from '../envtest/parts.ts'
import { startWithoutController } from '../local/cluster.ts'
import type { ClusterWithoutController, Tell } from '../local/cluster.ts'
import { operatorNamespace } from '../local/processes.ts'
import type { Addresses } from './manifests.ts'
import { startRolloutsController } from './start.ts'
import { startWithoutNodes } from './without-nodes.ts'

export type RolloutsCluster = ClusterWithoutController & {
  readonly addresses: Addresses
  /** The administrator's. */
  readonly admin: Transport
  /** Countersign's controller and Argo Rollouts' own, which run from the start. */
  readonly countersign: Switch
  readonly argo: Switch
}

export type Switch = { readonly start: () => Promise<void>; readonly stop: () => Promise<void> }

/** @param directory belongs to the cluster, which removes it at the end */
export async function startRolloutsCluster(directory: string, tell: Tell): Promise<RolloutsCluster> {
  const closers: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close()
  }
  try {
    const client = gateClient()
    const cluster = await startWithoutController(directory, tell, { clients: [client] })
    closers.push(() => cluster.stop())
    const { controlPlane } = cluster
    await storeClientSecret(controlPlane.kubeconfig, client.client_secret)
    await applyCompany(controlPlane.kubeconfig)
    const admin = await startWithoutNodes(controlPlane, directory, closers)

    const port = await freePort()
    const gate = ['--gate-bind-address', `127.0.0.1:${port}`]
    const countersign = switched(() => cluster.startController({ args: gate }))
    const argo = switched(() => startRolloutsController(controlPlane, directory))
    closers.push(countersign.stop, argo.stop)
    await Promise.all([countersign.start(), argo.start()])
    const gateUrl = `http://127.0.0.1:${port}/v1/gates/argo-rollouts`
    tell('argo rollouts', `${parts['rollouts-controller'].version}; no nodes: Pods are ready by themselves`)
    tell('countersign', `gate on ${gateUrl}`)
    return { ...cluster, addresses: { gateUrl, issuer: cluster.issuer }, admin, countersign, argo, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** As the embedded provider knows it. */
function gateClient() {
  const client_secret = randomBytes(24).toString('base64url')
  return { kind: 'Ciba', client_id: 'rollouts-gate', client_secret, scopes: [] }
}

/** The embedded provider under the name that it has on the pages, which add the gate's client to it. */
async function applyCompany(kubeconfig: string): Promise<void> {
  const embedded = JSON.parse(
    await kubectl({ kubeconfig, args: ['get', 'identityprovider/embedded', '--output=json'] }),
  ) as IdentityProvider
  const { apiVersion, kind, spec } = embedded
  const input = JSON.stringify({ apiVersion, kind, metadata: { name: 'company' }, spec })
  await kubectl({ kubeconfig, args: ['apply', '--server-side', '--filename=-'], input })
}

async function storeClientSecret(kubeconfig: string, secret: string): Promise<void> {
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'rollouts-gate', namespace: operatorNamespace },
    stringData: { 'client-secret': secret },
  }
  await kubectl({ kubeconfig, args: ['create', '--filename=-'], input: JSON.stringify(object) })
}

function switched(start: () => Promise<Pick<LeashedProcess, 'stop'>>): Switch {
  let running: Pick<LeashedProcess, 'stop'> | undefined
  return {
    start: async () => {
      running = await start()
    },
    stop: async () => {
      await running?.stop()
      running = undefined
    },
  }
}
