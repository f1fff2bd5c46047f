/**
 * The API server that integration tests talk to: the one that the kubeconfig in the environment variable KUBECONFIG names,
 * with every right. Set it to any throw-away control plane with the CRDs of `crds/` in it.
 */
import { randomBytes } from 'node:crypto'
import { after } from 'node:test'
import type { TestContext } from 'node:test'
import type { Namespace } from '../../../src/api/objects.ts'
import { credentialsFrom } from '../../../src/kubernetes/client/credentials.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import { createTransport } from '../../../src/kubernetes/client/transport.ts'
import type { Transport } from '../../../src/kubernetes/client/transport.ts'
import { tcpProxy } from '../fakes/network/tcp-proxy.ts'
import type { TcpProxy } from '../fakes/network/tcp-proxy.ts'

/** The path of the kubeconfig. */
export function testKubeconfig(): string {
  const path = process.env.KUBECONFIG
  if (path === undefined || path === '') {
    throw new Error('Integration tests need KUBECONFIG; `make test` starts a control plane and sets it.')
  }
  return path
}

/** A transport that is closed when the tests of the file or suite that asked for it are over. */
export function testTransport(): Transport {
  const transport = createTransport(credentialsFrom(testKubeconfig()))
  after(() => transport.close())
  return transport
}

/** A transport of the test's own, which reaches the API server only through the proxy. */
export async function proxiedTransport(
  t: TestContext,
): Promise<{ readonly transport: Transport; readonly proxy: TcpProxy }> {
  const credentials = credentialsFrom(testKubeconfig())
  const proxy = await tcpProxy(t, (await credentials.current()).server)
  const server = new URL(`https://127.0.0.1:${proxy.port}`)
  const transport = createTransport({
    ...credentials,
    current: async () => ({ ...(await credentials.current()), server }),
  })
  t.after(() => transport.close())
  return { transport, proxy }
}

/** Creates a Namespace for one test and takes it away afterwards, with what the tests put into it. @returns its name */
export async function testNamespace(
  t: TestContext,
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const name = `test-${randomBytes(4).toString('hex')}`
  const transport = createTransport(credentialsFrom(testKubeconfig()))
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
  t.after(async () => {
    await removeNamespace(transport, name)
    await transport.close()
  })
  const created = await resource<Namespace>(transport, namespaces).create(namespace)
  if (created.kind !== 'Applied') throw new Error(`namespace ${name}: ${JSON.stringify(created)}`)
  return name
}

const namespaces = { apiVersion: 'v1', plural: 'namespaces', namespaced: false }

/** No namespace controller runs, so the objects are deleted and the finalizer is taken off by hand. */
async function removeNamespace(transport: Transport, name: string): Promise<void> {
  for (const collection of [
    `/apis/countersign.dev/v1alpha1/namespaces/${name}/approvalrequests`,
    `/api/v1/namespaces/${name}/secrets`,
    `/api/v1/namespaces/${name}/configmaps`,
    `/apis/coordination.k8s.io/v1/namespaces/${name}/leases`,
    `/apis/events.k8s.io/v1/namespaces/${name}/events`,
  ]) {
    await transport.request({ method: 'DELETE', path: collection })
  }
  const path = `/api/v1/namespaces/${name}`
  await transport.request({ method: 'DELETE', path })
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: [] } }
  await transport.request({ method: 'PUT', path: `${path}/finalize`, body })
}
