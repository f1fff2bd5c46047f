/** The controller as it is shipped, as a bundle with its own rights, on a control plane that nobody else uses. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install } from '../../../tools/envtest/install.ts'
import { startControlPlane } from '../../../tools/envtest/start.ts'
import { kubeconfigFor, operatorNamespace, startBundle } from '../../../tools/local/processes.ts'
import type {
  ApprovalPolicy,
  ApprovalRequest,
  ApproverGroup,
  Condition,
  IdentityProvider,
  Namespace,
  Secret,
} from '../../../src/api/objects.ts'
import { summaryOf } from '../../../src/core/request/conditions.ts'
import { credentialsFrom } from '../../../src/kubernetes/client/credentials.ts'
import { kinds } from '../../../src/kubernetes/client/kinds.ts'
import { Reflector } from '../../../src/kubernetes/watch/reflector.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import type { KubernetesResource } from '../../../src/kubernetes/client/resource.ts'
import { createTransport } from '../../../src/kubernetes/client/transport.ts'
import type { Transport } from '../../../src/kubernetes/client/transport.ts'
import { systemClock } from '../../../src/runtime/clock.ts'

export type Operator = {
  /** Of the administrator, who may do everything. */
  readonly kubeconfig: string
  readonly admin: Transport
  readonly requests: KubernetesResource<ApprovalRequest>
  readonly policies: KubernetesResource<ApprovalPolicy>
  readonly providers: KubernetesResource<IdentityProvider>
  readonly groups: KubernetesResource<ApproverGroup>
  readonly namespaces: KubernetesResource<Namespace>
  readonly secrets: KubernetesResource<Secret>
  /** All that the controller has printed. */
  log(): string
  /**
   * Resolves with the first version of the request in this namespace for which `isReached` holds; rejects when the
   * controller ends.
   */
  until(namespace: string, isReached: Claim, withinSeconds?: number): Promise<ApprovalRequest>
  /** Each summary that the request in this namespace has had. */
  history(namespace: string): readonly Condition[]
  stop(): Promise<void>
}

export type Claim = (request: ApprovalRequest) => boolean

/** @param args are added to the controller's command line */
export async function startOperator(...args: readonly string[]): Promise<Operator> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-operator-'))
  const controlPlane = await startControlPlane({ directory: join(directory, 'control-plane') })
  const closers: (() => Promise<unknown>)[] = [
    () => controlPlane.stop(),
    () => rm(directory, { recursive: true, force: true }),
  ]
  const stop = async (): Promise<void> => {
    for (const close of closers) await close()
  }
  try {
    await install(controlPlane.kubeconfig)
    const kubeconfig = await kubeconfigFor(
      controlPlane,
      directory,
      `${operatorNamespace}/countersign-controller`,
    )
    const controller = await startBundle({
      bundle: 'controller',
      args: ['--kubeconfig', kubeconfig, '--log-level', 'debug', ...args],
      directory,
    })
    closers.unshift(() => controller.stop())
    const admin = createTransport(credentialsFrom(controlPlane.kubeconfig))
    closers.unshift(() => admin.close())
    const watching = await watchRequests(admin)
    closers.unshift(() => watching.stop())
    const log = (): string => readFileSync(controller.logFile, 'utf8')
    const until: Operator['until'] = (...question) =>
      Promise.race([watching.until(...question), controller.failed])
    const { kubeconfig: adminKubeconfig } = controlPlane
    return { ...watching, ...resourcesOf(admin), kubeconfig: adminKubeconfig, until, admin, log, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Resources = Pick<Operator, 'requests' | 'policies' | 'providers' | 'groups' | 'namespaces' | 'secrets'>

function resourcesOf(admin: Transport): Resources {
  return {
    requests: resource(admin, kinds.approvalRequests),
    policies: resource(admin, kinds.approvalPolicies),
    providers: resource(admin, kinds.identityProviders),
    groups: resource(admin, kinds.approverGroups),
    namespaces: resource(admin, kinds.namespaces),
    secrets: resource(admin, kinds.secrets),
  }
}

type Watching = Pick<Operator, 'until' | 'history' | 'stop'>

/** One watch for all tests; each request is alone in its namespace. */
async function watchRequests(admin: Transport): Promise<Watching> {
  const seen = new Map<string, ApprovalRequest[]>()
  const waiting = new Set<() => void>()
  const reflector = new Reflector<ApprovalRequest>({
    source: resource<ApprovalRequest>(admin, kinds.approvalRequests),
    clock: systemClock,
    onChange: (_, request) => {
      if (request === undefined) return
      const { namespace = '' } = request.metadata
      seen.set(namespace, [...(seen.get(namespace) ?? []), request])
      for (const look of waiting) look()
    },
  })
  const versionsIn = (namespace: string): readonly ApprovalRequest[] => seen.get(namespace) ?? []
  reflector.start()
  await reflector.hasSynced
  return {
    until: (namespace, isReached, withinSeconds = 40) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look)
          const last = versionsIn(namespace).at(-1)
          reject(new Error(`not reached in ${withinSeconds} s: ${JSON.stringify(last?.status?.conditions)}`))
        }, withinSeconds * 1000)
        const look = (): void => {
          const request = versionsIn(namespace).find(isReached)
          if (request === undefined) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve(request)
        }
        waiting.add(look)
        look()
      }),
    history: (namespace) => versionsIn(namespace).flatMap((request) => summaryOf(request) ?? []),
    stop: () => reflector.stop(),
  }
}
