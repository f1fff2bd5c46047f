/** Agents: ServiceAccounts with tokens of their own, each of which asks over its own connections. */
import { readFileSync } from 'node:fs'
import type { ControlPlane } from '../../tools/envtest/start.ts'
import { apiVersion } from '../../src/api/names.ts'
import type { ApprovalRequestSpec } from '../../src/api/objects.ts'
import { createTransport } from '../../src/kubernetes/client/transport.ts'
import type { Transport } from '../../src/kubernetes/client/transport.ts'
import { inParallel } from './in-parallel.ts'

export type Agent = {
  readonly username: string
  /** Creates the ApprovalRequest of this name for an action; its policy says who is asked. */
  ask(name: string, action: string): Promise<void>
  /** Creates what is given, or only tries to with `dryRun`. @returns what the API server made of it */
  create(path: string, body: unknown, query?: Readonly<Record<string, string>>): Promise<unknown>
  close(): Promise<void>
}

type RequestBody = {
  readonly kind: 'ApprovalRequest'
  readonly metadata: { readonly name: string }
  readonly spec: Omit<ApprovalRequestSpec, 'requester' | 'token'> & {
    readonly token: { readonly scopes: readonly string[] }
  }
}

type Place = { readonly controlPlane: ControlPlane; readonly admin: Transport; readonly namespace: string }

const [apiGroup = ''] = apiVersion.split('/')
const group = 'rbac.authorization.k8s.io'
const parallel = 16

export async function createAgents(place: Place, count: number): Promise<readonly Agent[]> {
  await allowToAsk(place)
  const names = Array.from({ length: count }, (_, index) => `agent-${index}`)
  return inParallel(names, parallel, (name) => createAgent(place, name))
}

/** Allows every agent of a namespace to create approvalrequests of these API groups. */
export async function allowToAsk(
  { admin, namespace }: Pick<Place, 'admin' | 'namespace'>,
  apiGroups: readonly string[] = [apiGroup],
): Promise<void> {
  const path = `/apis/${group}/v1/namespaces/${namespace}`
  const name = apiGroups.join('-')
  const common = { apiVersion: `${group}/v1`, metadata: { name } }
  const rules = [{ apiGroups, resources: ['approvalrequests'], verbs: ['create'] }]
  await admin.request({ method: 'POST', path: `${path}/roles`, body: { ...common, kind: 'Role', rules } })
  const roleRef = { apiGroup: group, kind: 'Role', name }
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
  const create: Agent['create'] = (where, body, query = {}) =>
    transport.request({ method: 'POST', path: where, body, query })
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    create,
    ask: async (request, action) => {
      const requests = `/apis/${apiVersion}/namespaces/${namespace}/approvalrequests`
      await create(requests, requestFor(request, action))
    },
    close: () => transport.close(),
  }
}

/** About as large as the founding example. */
export function requestFor(name: string, action: string): Readonly<Record<string, unknown>> {
  return { apiVersion, ...requestOf(name, action) }
}

/** The same without its apiVersion. */
export function requestOf(name: string, action: string): RequestBody {
  return {
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
