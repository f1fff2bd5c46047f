/** Agents: ServiceAccounts with tokens of their own, each of which asks over its own connections. */
import { readFileSync } from 'node:fs'
import type { ControlPlane } from '../../tools/envtest/start.ts'
import { apiVersion } from '../../src/api/names.ts'
import { createTransport } from '../../src/kubernetes/client/transport.ts'
import type { Transport } from '../../src/kubernetes/client/transport.ts'
import { inParallel } from './in-parallel.ts'

export type Agent = {
  /** Creates the ApprovalRequest of this name for an action; its policy says who is asked. */
  ask(name: string, action: string): Promise<void>
  close(): Promise<void>
}

type Place = { readonly controlPlane: ControlPlane; readonly admin: Transport; readonly namespace: string }

const group = 'rbac.authorization.k8s.io'
const parallel = 16

export async function createAgents(place: Place, count: number): Promise<readonly Agent[]> {
  await allowToAsk(place)
  const names = Array.from({ length: count }, (_, index) => `agent-${index}`)
  return inParallel(names, parallel, (name) => createAgent(place, name))
}

async function allowToAsk({ admin, namespace }: Place): Promise<void> {
  const path = `/apis/${group}/v1/namespaces/${namespace}`
  const common = { apiVersion: `${group}/v1`, metadata: { name: 'agents' } }
  const rules = [{ apiGroups: ['countersign.dev'], resources: ['approvalrequests'], verbs: ['create'] }]
  await admin.request({ method: 'POST', path: `${path}/roles`, body: { ...common, kind: 'Role', rules } })
  const roleRef = { apiGroup: group, kind: 'Role', name: 'agents' }
  const subjects = [{ apiGroup: group, kind: 'Group', name: `system:serviceaccounts:${namespace}` }]
  const body = { ...common, kind: 'RoleBinding', roleRef, subjects }
  await admin.request({ method: 'POST', path: `${path}/rolebindings`, body })
}

async function createAgent({ controlPlane, admin, namespace }: Place, name: string): Promise<Agent> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } }
  await admin.request({ method: 'POST', path, body: account })
  const { status } = (await admin.request({
    method: 'POST',
    path: `${path}/${name}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  })) as { readonly status: { readonly token: string } }
  const credentials = {
    server: new URL(controlPlane.url),
    headers: { Authorization: `Bearer ${status.token}` },
    tls: { ca: readFileSync(controlPlane.caFile) },
  }
  const transport = createTransport({
    current: () => Promise.resolve(credentials),
    reload: () => undefined,
  })
  return {
    ask: async (request, action) => {
      const requests = `/apis/${apiVersion}/namespaces/${namespace}/approvalrequests`
      await transport.request({ method: 'POST', path: requests, body: requestFor(request, action) })
    },
    close: () => transport.close(),
  }
}

/** About as large as the founding example. */
export function requestFor(name: string, action: string): Readonly<Record<string, unknown>> {
  return {
    apiVersion,
    kind: 'ApprovalRequest',
    metadata: { name },
    spec: {
      action,
      target: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name, revision: '7654b4484' },
      environment: 'prod',
      summary: `Approve rollout for ${name} to prod`,
      reason: 'Canary at 25 % for 30 minutes without an alert',
      evidence: [
        { name: 'success rate', value: '99.8 %' },
        { name: 'error budget left', value: '87 %' },
        { name: 'SLO burn rate', value: '0.4' },
      ],
      parameters: { waitInterval: '5m' },
      token: { scopes: ['rollouts:promote'] },
    },
  }
}
