/** The control plane, provider and controller as shipped, and inboxes behind one address that a test kills and replaces. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../tools/envtest/free-port.ts'
import { agentWith } from '../../../tools/local/agent.ts'
import type { Agent } from '../../../tools/local/agent.ts'
import { startWithoutController } from '../../../tools/local/cluster.ts'
import type { ClusterWithoutController } from '../../../tools/local/cluster.ts'
import { kubeconfigFor, linesOf } from '../../../tools/local/processes.ts'
import type { Running } from '../../../tools/local/processes.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { startBalancer } from '../fakes/network/balancer.ts'
import { exampleNamed } from '../builders/example.ts'
import { startProviderProxy } from '../fakes/providers/proxy.ts'
import type { ProviderProxy } from '../fakes/providers/proxy.ts'
import { widenLimits } from '../clusters/widen-limits.ts'

export type InboxLab = {
  readonly cluster: ClusterWithoutController
  /** Before the provider, for everyone. */
  readonly proxy: ProviderProxy
  readonly agent: Agent
  /** Applies the founding example under this name. */
  apply(name: string): Promise<void>
  /** By the provider's own count. */
  promptsShownTo(request: ApprovalRequest): number
  /** As the kernel does it to a process that uses too much memory. */
  killInboxes(): void
  /** Ends those that run, and starts so many. */
  replaceInboxes(replicas: number): Promise<void>
  /** Starts one beside those that `replaceInboxes` has started. */
  addInbox(): Promise<void>
  inboxes(): readonly Running[]
  stop(): Promise<void>
}

export async function startInboxLab(): Promise<InboxLab> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-inbox-'))
  const [balancer, proxy] = [await startBalancer(), await startProviderProxy()]
  const cluster = await startWithoutController(directory, () => undefined, {
    inboxUrlFor: (address) => {
      balancer.forwardTo([address])
      return balancer.url
    },
    inboxArgs: ['--claim-seconds', '1'],
    issuerFor: (address) => {
      proxy.forwardTo(address)
      return proxy.url
    },
  })
  await widenLimits(cluster.controlPlane.kubeconfig)
  const controller = await cluster.startController()
  const agent = agentWith(await kubeconfigFor(cluster.controlPlane, directory, 'demo/agent-release-bot'))
  let inboxes = [cluster.inbox]
  let addresses: readonly string[] = []
  let count = 0
  const add = async (replicas: number): Promise<void> => {
    const ports = await Promise.all(Array.from({ length: replicas }, () => freePort()))
    const started = await Promise.all(
      ports.map((port) => cluster.startInbox({ port, logName: `inbox-${(count += 1)}` })),
    )
    inboxes = [...inboxes, ...started]
    addresses = [...addresses, ...ports.map((port) => `http://127.0.0.1:${port}`)]
    balancer.forwardTo(addresses)
  }
  return {
    cluster,
    proxy,
    agent,
    apply: (name) => agent.apply(exampleNamed(name)),
    promptsShownTo: ({ metadata }) => {
      const about = `demo/${metadata.name}/${metadata.uid ?? ''}`
      const lines = linesOf(join(directory, 'identity-provider.log'))
      return lines.filter(
        ({ event, approvalRequest }) => event === 'PromptShown' && approvalRequest === about,
      ).length
    },
    killInboxes() {
      balancer.forwardTo([])
      for (const { logFile } of inboxes) process.kill(pidIn(logFile), 'SIGKILL')
    },
    async replaceInboxes(replicas) {
      balancer.forwardTo([])
      await Promise.all(inboxes.map((inbox) => inbox.stop()))
      inboxes = []
      addresses = []
      await add(replicas)
    },
    addInbox: () => add(1),
    inboxes: () => inboxes,
    async stop() {
      await Promise.all(inboxes.map((inbox) => inbox.stop()))
      await controller.stop()
      await cluster.stop()
      await proxy.close()
      await balancer.close()
    },
  }
}

function pidIn(logFile: string): number {
  const pid = linesOf(logFile).find(({ event }) => event === 'Ready')?.pid
  if (typeof pid !== 'number') throw new Error(`${logFile} names no process id`)
  return pid
}
