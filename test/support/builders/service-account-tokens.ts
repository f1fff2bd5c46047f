/** Tokens of ServiceAccounts: requested, or living in a Secret. */
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SignJWT } from 'jose'
import type { ControlPlane } from '../../../tools/envtest/start.ts'
import type { KubernetesObject } from '../../../src/api/objects.ts'
import type { Transport } from '../../../src/kubernetes/client/transport.ts'

export type Account = { readonly namespace: string; readonly name: string; readonly uid: string }

/** @returns with its uid */
export async function createAccount(admin: Transport, namespace: string, name: string): Promise<Account> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`
  const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } }
  const { metadata } = (await admin.request({ method: 'POST', path, body })) as KubernetesObject
  return { namespace, name, uid: metadata.uid ?? '' }
}

export async function requestToken(
  admin: Transport,
  { namespace, name }: Account,
  spec: { readonly audiences?: readonly string[] } = { audiences: ['countersign-gate'] },
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec }
  const issued = (await admin.request({ method: 'POST', path, body })) as { status: { token: string } }
  return issued.status.token
}

/** As kube-controller-manager fills Secrets of type kubernetes.io/service-account-token; it does not run here. */
export async function tokenInSecret(
  admin: Transport,
  { caFile }: Pick<ControlPlane, 'caFile'>,
  account: Account,
): Promise<string> {
  const { namespace, name, uid } = account
  const secret = `${name}-token`
  const claims = {
    'kubernetes.io/serviceaccount/namespace': namespace,
    'kubernetes.io/serviceaccount/secret.name': secret,
    'kubernetes.io/serviceaccount/service-account.name': name,
    'kubernetes.io/serviceaccount/service-account.uid': uid,
  }
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer('kubernetes/serviceaccount')
    .setSubject(`system:serviceaccount:${namespace}:${name}`)
    .sign(createPrivateKey(readFileSync(join(dirname(caFile), 'service-account.key'))))
  const annotations = {
    'kubernetes.io/service-account.name': name,
    'kubernetes.io/service-account.uid': uid,
  }
  const body = {
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token' },
    metadata: { name: secret, annotations },
    data: { token: Buffer.from(token).toString('base64') },
  }
  await admin.request({ method: 'POST', path: `/api/v1/namespaces/${namespace}/secrets`, body })
  return token
}
