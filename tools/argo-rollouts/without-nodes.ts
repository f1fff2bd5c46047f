/** What Rollouts need of a cluster that has no nodes: their kinds, the controllers of Kubernetes, and Pods that are ready at once. */
import { credentialsFrom } from '../../src/kubernetes/client/credentials.ts'
import { createTransport } from '../../src/kubernetes/client/transport.ts'
import type { Transport } from '../../src/kubernetes/client/transport.ts'
import type { ControlPlane } from '../envtest/start.ts'
import { installArgoRollouts } from './install.ts'
import { keepPodsReady } from './pods.ts'
import { startControllerManager } from './start.ts'

/**
 * @param closers get what ends each part, in the order in which they were started; also when a later part fails to start
 * @returns the administrator's way to the API server
 */
export async function startWithoutNodes(
  controlPlane: ControlPlane,
  directory: string,
  closers: (() => Promise<unknown>)[],
): Promise<Transport> {
  await installArgoRollouts(controlPlane.kubeconfig)
  const manager = startControllerManager(controlPlane, directory)
  closers.push(() => manager.stop())
  const admin = createTransport(credentialsFrom(controlPlane.kubeconfig))
  closers.push(() => admin.close())
  const pods = keepPodsReady(admin)
  closers.push(() => pods.stop())
  return admin
}
