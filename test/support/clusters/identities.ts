/** The API server as someone other than the administrator sees it. */
import { after } from 'node:test'
import { credentialsFrom } from '../../../src/kubernetes/client/credentials.ts'
import { createTransport } from '../../../src/kubernetes/client/transport.ts'
import type { Transport } from '../../../src/kubernetes/client/transport.ts'
import { testKubeconfig } from './shared.ts'

/** The user name that the admission policies know the operator by. */
export const operator = 'system:serviceaccount:countersign-system:countersign-controller'

export type Identity = {
  readonly username: string
  readonly uid: string
  readonly transport: Transport
  /** What the API server makes of this identity when it claims to be another. */
  impersonating(username: string): Transport
}

/** A user that the administrator impersonates; the API server knows no uid of it. */
export function impersonated(username: string): Transport {
  return transportWith({ 'Impersonate-User': username })
}

/** The same with all rights in all namespaces, so that what is refused is refused by admission; nothing has to be taken back. */
export function almighty(username: string): Transport {
  return transportWith({ 'Impersonate-User': username, 'Impersonate-Group': 'system:masters' })
}

/** The operator with the rights that the chart gives it, and no other. */
export async function theOperator(admin: Transport): Promise<Transport> {
  return transportWith(await bearer(admin, 'countersign-system', 'countersign-controller'))
}

/** The inbox with the rights of deploy/rbac and no other. */
export async function theInbox(admin: Transport): Promise<Transport> {
  return transportWith(await bearer(admin, 'countersign-system', 'countersign-inbox'))
}

/**
 * A ServiceAccount that may do everything within its namespace, as owners of namespaces often may, with a token of its own.
 * It is removed with the namespace.
 */
export async function namespaceOwner(admin: Transport, namespace: string): Promise<Identity> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`
  const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'owner' } }
  const { metadata } = (await admin.request({ method: 'POST', path, body })) as { metadata: { uid: string } }
  const username = `system:serviceaccount:${namespace}:owner`
  await grantEverything(admin, namespace, username)
  const headers = await bearer(admin, namespace, 'owner')
  return {
    username,
    uid: metadata.uid,
    transport: transportWith(headers),
    impersonating: (other) => transportWith({ ...headers, 'Impersonate-User': other }),
  }
}

/** All rights within a namespace, so that what is refused is refused by admission. */
export async function grantEverything(admin: Transport, namespace: string, username: string): Promise<void> {
  const group = 'rbac.authorization.k8s.io'
  const path = `/apis/${group}/v1/namespaces/${namespace}`
  const common = { apiVersion: `${group}/v1`, metadata: { name: 'everything' } }
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]
  await admin.request({ method: 'POST', path: `${path}/roles`, body: { ...common, kind: 'Role', rules } })
  const roleRef = { apiGroup: group, kind: 'Role', name: 'everything' }
  const subjects = [{ apiGroup: group, kind: 'User', name: username }]
  const binding = { ...common, kind: 'RoleBinding', roleRef, subjects }
  await admin.request({ method: 'POST', path: `${path}/rolebindings`, body: binding })
}

/** Undoes `grantEverything` in a namespace that stays. */
export async function takeEverything(admin: Transport, namespace: string): Promise<void> {
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
  for (const plural of ['rolebindings', 'roles'])
    await admin.request({ method: 'DELETE', path: `${path}/${plural}/everything` })
}

type Headers = Readonly<Record<string, string>>

async function bearer(admin: Transport, namespace: string, name: string): Promise<Headers> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
  const issued = (await admin.request({ method: 'POST', path, body })) as { status: { token: string } }
  return { Authorization: `Bearer ${issued.status.token}` }
}

/** The administrator's credentials, with these headers in place of his or beside them. */
function transportWith(headers: Headers): Transport {
  const administrator = credentialsFrom(testKubeconfig())
  const transport = createTransport({
    async current() {
      const credentials = await administrator.current()
      return { ...credentials, headers: { ...credentials.headers, ...headers } }
    },
    reload: () => undefined,
  })
  after(() => transport.close())
  return transport
}
