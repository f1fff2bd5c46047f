/** The controller as it is shipped, which reaches an API server of its own through a proxy only, and a provider that grants. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install } from '../../../tools/envtest/install.ts'
import { startControlPlane } from '../../../tools/envtest/start.ts'
import type { ControlPlane } from '../../../tools/envtest/start.ts'
import { kubeconfigFor, operatorNamespace, startBundle } from '../../../tools/local/processes.ts'
import type { Running } from '../../../tools/local/processes.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { summaryOf } from '../../../src/core/request/conditions.ts'
import { credentialsFrom } from '../../../src/kubernetes/client/credentials.ts'
import { kinds } from '../../../src/kubernetes/client/kinds.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import { createTransport } from '../../../src/kubernetes/client/transport.ts'
import { startApiProxy } from '../fakes/network/api-proxy.ts'
import type { ApiProxy } from '../fakes/network/api-proxy.ts'
import { startCompanyProvider } from '../fakes/providers/company.ts'
import type { CompanyProvider } from '../fakes/providers/company.ts'
import type { Operator } from './operator.ts'
import { ask, askAgain } from '../clusters/question.ts'
import type { Asking, Question } from '../clusters/question.ts'
import { watchRequests } from '../assertions/request-watch.ts'
import type { RequestWatch } from '../assertions/request-watch.ts'

export type ClusterScene = {
  readonly controlPlane: ControlPlane
  readonly proxy: ApiProxy
  /** Asks and grants at once, unless it is told otherwise. */
  readonly provider: CompanyProvider
  /** Past the proxy. */
  readonly operator: Operator
  readonly versions: RequestWatch['versions']
  /** How often the controller has read everything of a kind, for each kind that it watches. */
  beginnings(): ReadonlyMap<string, number>
  /** Puts a question to a person of its own, so that none waits for another. */
  ask(asking?: Asking): Promise<Question>
  /** Beside the first, and to the same person. */
  askAgain(question: Question, asking?: Pick<Asking, 'request'>): Promise<Question>
  /** How many backchannel requests have carried the code of this request. */
  promptsOf(request: ApprovalRequest): number
  /** Deletes the request of the question. */
  remove(question: Question): Promise<void>
  startController(): Promise<void>
  /** As a rolling update does. */
  stopController(): Promise<void>
  close(): Promise<void>
}

/** So long that no fault of a test costs the lease. */
const patient = ['--lease-seconds', '90', '--renew-deadline-seconds', '60', '--retry-seconds', '1']

/** @param args are added to the controller's command line */
export async function startClusterScene(...args: readonly string[]): Promise<ClusterScene> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-cluster-'))
  const closers: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })]
  const close = async (): Promise<void> => {
    for (const closer of closers.toReversed()) await closer()
  }
  try {
    const controlPlane = await startControlPlane({ directory: join(directory, 'control-plane') })
    closers.push(() => controlPlane.stop())
    await install(controlPlane.kubeconfig)
    const provider = await startCompanyProvider()
    closers.push(() => provider.close())
    const proxy = await startApiProxy(controlPlane)
    closers.push(() => proxy.close())
    const account = `${operatorNamespace}/countersign-controller`
    const kubeconfig = await kubeconfigFor({ ...controlPlane, url: proxy.url }, directory, account)
    const process = controllerIn(directory, ['--kubeconfig', kubeconfig, ...patient, ...args])
    await process.start()
    closers.push(() => process.stop())
    const admin = createTransport(credentialsFrom(controlPlane.kubeconfig))
    closers.push(() => admin.close())
    const watch = await watchRequests(admin)
    closers.push(() => watch.stop())
    const operator: Operator = {
      kubeconfig: controlPlane.kubeconfig,
      admin,
      requests: resource(admin, kinds.approvalRequests),
      policies: resource(admin, kinds.approvalPolicies),
      providers: resource(admin, kinds.identityProviders),
      groups: resource(admin, kinds.approverGroups),
      namespaces: resource(admin, kinds.namespaces),
      secrets: resource(admin, kinds.secrets),
      log: process.log,
      until: (name, isReached) => Promise.race([watch.until(name, isReached), process.failed()]),
      history: (name) => watch.versions(name).flatMap((request) => summaryOf(request) ?? []),
      stop: close,
    }
    return {
      ...{ controlPlane, proxy, provider, operator, close },
      versions: (name) => watch.versions(name),
      beginnings: () => beginningsIn(process.log()),
      ask: (asking) => ask(operator, provider, { ...ofItsOwn(), ...asking }),
      askAgain: (question, asking) => askAgain(operator, question, asking),
      promptsOf: ({ status }) =>
        provider
          .visits('/backchannel')
          .filter(({ form }) => form.get('binding_message')?.includes(status?.code ?? 'no code')).length,
      remove: async ({ name }) => {
        const { metadata } = await watch.until(name, () => true)
        await operator.requests.delete({ namespace: name, name }, { uid: metadata.uid ?? '' })
      },
      startController: process.start,
      stopController: process.stop,
    }
  } catch (error) {
    await close()
    throw error
  }
}

type Controller = {
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  readonly log: () => string
  /** Rejects when it ends by itself. */
  readonly failed: () => Promise<never>
}

/** One after the other; each has a log of its own. */
function controllerIn(directory: string, args: readonly string[]): Controller {
  const started: Running[] = []
  return {
    start: async () => {
      const logName = `controller-${started.length + 1}`
      started.push(await startBundle({ bundle: 'controller', args, directory, logName }))
    },
    stop: async () => {
      await started.at(-1)?.stop()
    },
    log: () => started.map(({ logFile }) => readFileSync(logFile, 'utf8')).join(''),
    failed: () => started.at(-1)?.failed ?? Promise.reject(new Error('no controller was started')),
  }
}

function beginningsIn(log: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const line of log.split('\n')) {
    if (!line.includes('"msg":"watching"')) continue
    const { kind } = JSON.parse(line) as { readonly kind: string }
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

function ofItsOwn(): Pick<Asking, 'policy'> {
  const alice = {
    name: 'alice@company.com',
    hint: `alice-${randomBytes(4).toString('hex')}`,
    subject: 'alice',
  }
  return { policy: { stages: [{ name: 'sre', required: 1, approvers: [alice] }] } }
}
