/** The real API server with the controller as it is shipped, agents that ask, and a watch that notes when what was reached. */
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install } from '../../tools/envtest/install.ts'
import { startControlPlane } from '../../tools/envtest/start.ts'
import type { ControlPlane } from '../../tools/envtest/start.ts'
import { kubeconfigFor, linesOf, operatorNamespace, startBundle } from '../../tools/local/processes.ts'
import type { LogLine, Running } from '../../tools/local/processes.ts'
import type { KubernetesObject } from '../../src/api/objects.ts'
import { credentialsFrom } from '../../src/kubernetes/client/credentials.ts'
import { createTransport } from '../../src/kubernetes/client/transport.ts'
import type { Transport } from '../../src/kubernetes/client/transport.ts'
import { createAgents } from './agents.ts'
import type { Agent } from './agents.ts'
import { apiRequests } from './api-requests.ts'
import type { ApiRequests } from './api-requests.ts'
import { cpuSecondsOf, readMetrics, residentBytesOf } from './process-figures.ts'
import type { Metrics } from './process-figures.ts'

export const benchNamespace = 'bench'

export type Controller = {
  /** From the start of the process until it said that it is ready. */
  readonly readySeconds: number
  cpuSeconds(): number
  residentBytes(which: 'Now' | 'Peak'): number
  /** Its own `/metrics`. Reading them begins a new measurement of the event loop's lag. */
  metrics(): Promise<Metrics>
  /** Rejects if it ends by itself. */
  readonly failed: Promise<never>
  stop(): Promise<void>
}

export type Scene = {
  readonly directory: string
  /** File with the credentials of an administrator. */
  readonly kubeconfig: string
  /** Of the API server. */
  readonly url: string
  readonly admin: Transport
  readonly agents: readonly Agent[]
  apiRequests(): Promise<ApiRequests>
  create(path: string, object: KubernetesObject & Readonly<Record<string, unknown>>): Promise<void>
  /** A file with the credentials of a ServiceAccount, given as `<namespace>/<name>`. */
  kubeconfigFor(account: string): Promise<string>
  storeSecret(name: string, value: string): Promise<void>
  startController(flags?: readonly string[]): Promise<Controller>
  /** Ended with the scene. */
  startProvider(start: () => Promise<Running>): Promise<Running>
  stop(): Promise<void>
}

/** @param agents how many identities ask */
export async function startScene(agents: number): Promise<Scene> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
  const closers: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })]
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close()
  }
  try {
    const controlPlane = await startControlPlane({ directory: join(directory, 'control-plane') })
    closers.push(() => controlPlane.stop())
    await install(controlPlane.kubeconfig)
    const admin = createTransport(credentialsFrom(controlPlane.kubeconfig))
    closers.push(() => admin.close())
    const create: Scene['create'] = async (path, body) => {
      await admin.request({ method: 'POST', path, body })
    }
    await create('/api/v1/namespaces', named('v1', 'Namespace', benchNamespace))
    const identities = await createAgents({ controlPlane, admin, namespace: benchNamespace }, agents)
    closers.push(() => Promise.all(identities.map((agent) => agent.close())))
    return {
      ...{ directory, kubeconfig: controlPlane.kubeconfig, url: controlPlane.url, admin, create, stop },
      agents: identities,
      kubeconfigFor: (account) => kubeconfigFor(controlPlane, directory, account),
      apiRequests: () => apiRequests(controlPlane.kubeconfig),
      storeSecret: (name, value) =>
        create(`/api/v1/namespaces/${operatorNamespace}/secrets`, {
          ...named('v1', 'Secret', name),
          stringData: { secret: value },
        }),
      startController: async (flags = []) => {
        const controller = await startController(controlPlane, directory, flags)
        closers.push(() => controller.stop())
        return controller
      },
      startProvider: async (start) => {
        const provider = await start()
        closers.push(() => provider.stop())
        return provider
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

export function named(apiVersion: string, kind: string, name: string): KubernetesObject {
  return { apiVersion, kind, metadata: { name } }
}

let started = 0

async function startController(
  controlPlane: ControlPlane,
  directory: string,
  flags: readonly string[],
): Promise<Controller> {
  const account = `${operatorNamespace}/countersign-controller`
  const kubeconfig = await kubeconfigFor(controlPlane, directory, account)
  started += 1
  const logName = `controller-${started}`
  // `BENCH_NODE_OPTIONS=--cpu-prof` and the like.
  const env = { NODE_OPTIONS: process.env.BENCH_NODE_OPTIONS ?? '' }
  const args = ['--kubeconfig', kubeconfig, ...flags]
  const running = await startBundle({ bundle: 'controller', args, directory, env, logName })
  const pid = Number(fieldOf(running, ({ msg }) => msg === 'ready', 'pid'))
  const url = fieldOf(running, ({ server }) => server === 'metrics', 'url')
  let isStopped = false
  return {
    readySeconds: running.readySeconds,
    cpuSeconds: () => cpuSecondsOf(pid),
    residentBytes: (which) => residentBytesOf(pid, which),
    metrics: () => readMetrics(`${url}/metrics`),
    failed: running.failed,
    stop: async () => {
      if (!isStopped) await running.stop()
      isStopped = true
    },
  }
}

function fieldOf({ logFile }: Running, isWanted: (line: LogLine) => boolean, field: string): string {
  const value = linesOf(logFile).find(isWanted)?.[field]
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new Error(`the controller does not log its ${field}`)
  return String(value)
}
