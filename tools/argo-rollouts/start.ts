/** The controllers that a Rollout needs, as processes: Argo Rollouts' own, and those of Kubernetes that make Pods of it. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { awaitReady } from '../envtest/await-ready.ts'
import { requireBinary } from '../envtest/binaries.ts'
import { freePort } from '../envtest/free-port.ts'
import { startLeashed } from '../envtest/leashed-process.ts'
import type { LeashedProcess } from '../envtest/leashed-process.ts'
import type { ControlPlane } from '../envtest/start.ts'
import { kubeconfigFor } from '../local/processes.ts'
import type { Access } from '../local/processes.ts'
import { argoAccount, argoNamespace } from './install.ts'

const readyWithinMs = 30_000

/** Argo Rollouts with its own ServiceAccount's rights. Returns once it is healthy. */
export async function startRolloutsController(
  controlPlane: Access,
  directory: string,
): Promise<LeashedProcess> {
  const own = ownDirectory(directory, 'rollouts-controller')
  const kubeconfig = await kubeconfigFor(controlPlane, own, argoAccount)
  // It offers no choice of the address: these two listen on every one.
  const [healthPort, metricsPort] = [await freePort(), await freePort()]
  const running = startLeashed({
    program: requireBinary('rollouts-controller'),
    args: [
      ...['--kubeconfig', kubeconfig, '--leader-elect=false', '--loglevel=info'],
      ...[`--healthzPort=${healthPort}`, `--metricsPort=${metricsPort}`],
    ],
    env: { POD_NAMESPACE: argoNamespace },
    directory: own,
    logFile: join(directory, 'rollouts-controller.log'),
  })
  const url = `http://127.0.0.1:${healthPort}/healthz`
  await Promise.race([awaitReady({ url, signal: AbortSignal.timeout(readyWithinMs) }), running.failed])
  return running
}

/** ReplicaSets make Pods, owners take what they own with them, ServiceAccounts and their token Secrets are filled in. */
const controllers = [
  'replicaset-controller',
  'garbage-collector-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
]

/** Each controller acts as the ServiceAccount that it has in every cluster. */
export function startControllerManager(controlPlane: ControlPlane, directory: string): LeashedProcess {
  return startLeashed({
    program: requireBinary('kube-controller-manager'),
    args: [
      `--kubeconfig=${controlPlane.kubeconfig}`,
      '--use-service-account-credentials',
      `--service-account-private-key-file=${controlPlane.serviceAccountKeyFile}`,
      `--root-ca-file=${controlPlane.caFile}`,
      `--controllers=${controllers.join(',')}`,
      '--leader-elect=false',
      // It serves nothing.
      '--secure-port=0',
    ],
    directory: ownDirectory(directory, 'kube-controller-manager'),
    logFile: join(directory, 'kube-controller-manager.log'),
  })
}

function ownDirectory(directory: string, name: string): string {
  const own = join(directory, name)
  mkdirSync(own, { recursive: true, mode: 0o700 })
  return own
}
