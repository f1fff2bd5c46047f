/** A real API server with what Rollouts need and no nodes: Argo Rollouts, the controllers of Kubernetes, Pods that are ready at once. */
import { join } from 'node:path'
import { installArgoRollouts } from '../../hack/argo-rollouts/install.ts'
import { keepPodsReady } from '../../hack/argo-rollouts/pods.ts'
import { startControllerManager, startRolloutsController } from '../../hack/argo-rollouts/start.ts'
import { startControlPlane, type ControlPlane } from '../../hack/control-plane/start.ts'
import { credentialsFrom } from '../../src/kubernetes/credentials.ts'
import { createTransport } from '../../src/kubernetes/transport.ts'

/** @param closers get what ends each part, in the order in which they were started; also when a later part fails to start */
export async function startRolloutsWithoutNodes(
  directory: string,
  closers: (() => Promise<unknown>)[],
): Promise<ControlPlane> {
  const controlPlane = await startControlPlane({ directory: join(directory, 'control-plane') })
  closers.push(() => controlPlane.stop())
  await installArgoRollouts(controlPlane.kubeconfig)
  const manager = startControllerManager(controlPlane, directory)
  closers.push(() => manager.stop())
  const admin = createTransport(credentialsFrom(controlPlane.kubeconfig))
  closers.push(() => admin.close())
  const pods = keepPodsReady(admin)
  closers.push(() => pods.stop())
  const argo = await startRolloutsController(controlPlane, directory)
  closers.push(() => argo.stop())
  return controlPlane
}
