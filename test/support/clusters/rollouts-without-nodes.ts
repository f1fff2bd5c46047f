/** A real API server with what Rollouts need and no nodes: Argo Rollouts, the controllers of Kubernetes, Pods that are ready at once. */
import { join } from 'node:path'
import { startRolloutsController } from '../../../tools/argo-rollouts/start.ts'
import { startWithoutNodes } from '../../../tools/argo-rollouts/without-nodes.ts'
import { startControlPlane } from '../../../tools/envtest/start.ts'
import type { ControlPlane } from '../../../tools/envtest/start.ts'

/** @param closers get what ends each part, in the order in which they were started; also when a later part fails to start */
export async function startRolloutsWithoutNodes(
  directory: string,
  closers: (() => Promise<unknown>)[],
): Promise<ControlPlane> {
  const controlPlane = await startControlPlane({ directory: join(directory, 'control-plane') })
  closers.push(() => controlPlane.stop())
  await startWithoutNodes(controlPlane, directory, closers)
  const argo = await startRolloutsController(controlPlane, directory)
  closers.push(() => argo.stop())
  return controlPlane
}
