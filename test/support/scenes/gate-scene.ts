/** The gate as it is shipped, on a real API server with the real kinds of Argo Rollouts, whose controller the test plays. */
import { randomBytes } from 'node:crypto'
import { installArgoKinds } from '../../../tools/argo-rollouts/install.ts'
import type { AnalysisRun, Rollout } from '../../../src/api/argo-rollouts.ts'
import type { ApprovalPolicySpec, ApprovalRequest } from '../../../src/api/objects.ts'
import { requestNameOf } from '../../../src/core/gate/argo-rollouts/question.ts'
import type { Verdict } from '../../../src/core/gate/verdict.ts'
import { kinds } from '../../../src/kubernetes/client/kinds.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import type { KubernetesResource } from '../../../src/kubernetes/client/resource.ts'
import type { Exchange } from '../fakes/network/api-proxy.ts'
import { startClusterScene } from './cluster-scene.ts'
import type { ClusterScene } from './cluster-scene.ts'
import { aRollout, aRun } from '../builders/gate-objects.ts'
import { givePolicy, letAsk } from '../builders/gate-access.ts'
import { create } from '../clusters/question.ts'
import { createAccount, requestToken } from '../builders/service-account-tokens.ts'
import type { Account } from '../builders/service-account-tokens.ts'

export type GateScene = ClusterScene & {
  readonly rollouts: KubernetesResource<Rollout>
  readonly runs: KubernetesResource<AnalysisRun>
  readonly gateUrl: string
  /** Of the controller that was started first. */
  readonly pid: () => number
  /** Asks the gate. */
  readonly call: (call: Call) => Promise<Answered>
  /** A namespace whose Rollout waits at its gate, with a policy and a provider, and a ServiceAccount that may ask. */
  canary(wishes?: Wishes): Promise<Canary>
  /** Calls of the gate and of the controller since the mark that are no watch, Lease or Event. */
  callsSince(mark: number): readonly string[]
}

export type Call = {
  readonly token: string
  readonly body?: unknown
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}
export type Answered = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly gate: Verdict
}

export type Wishes = { readonly policy?: Partial<ApprovalPolicySpec>; readonly isWithoutPolicy?: boolean }

export type Canary = {
  readonly namespace: string
  readonly account: Account
  readonly token: string
  readonly rollout: Rollout
  readonly run: AnalysisRun
  readonly requestName: string
  /** Asks about the Rollout. */
  readonly ask: (path?: string) => Promise<Answered>
  request(): Promise<ApprovalRequest | undefined>
  /** As Argo Rollouts would write it. */
  readonly setStatus: (status: NonNullable<Rollout['status']>) => Promise<void>
  readonly setRun: (status: NonNullable<AnalysisRun['status']>) => Promise<void>
}

export const gatePath = '/v1/gates/argo-rollouts'
export const verifyPath = `${gatePath}/verify`

export async function startGateScene(...args: readonly string[]): Promise<GateScene> {
  const scene = await startClusterScene(...args)
  await installArgoKinds(scene.controlPlane.kubeconfig)
  const { admin } = scene.operator
  const rollouts = resource<Rollout>(admin, kinds.rollouts)
  const runs = resource<AnalysisRun>(admin, kinds.analysisRuns)
  const url = gateUrlIn(scene.operator.log())
  const call = (asked: Call): Promise<Answered> => callAt(url, asked)
  const gateScene: GateScene = {
    ...scene,
    ...{ rollouts, runs, call, gateUrl: url },
    pid: () => Number(/"pid":(\d+)/.exec(scene.operator.log())?.[1]),
    canary: (wishes) => aCanary(gateScene, wishes),
    callsSince: (mark) =>
      scene.proxy.exchanges
        .slice(mark)
        .filter(isCounted)
        .map(({ call: made }) => made),
  }
  return gateScene
}

function gateUrlIn(log: string): string {
  const url = /"server":"gate","url":"([^"]+)"/.exec(log)?.[1]
  if (url === undefined) throw new Error('the controller does not say where its gate is')
  return url
}

function isCounted({ call, isWatch }: Exchange): boolean {
  return !isWatch && !/ (leases|events)$/.test(call)
}

async function callAt(
  url: string,
  { token, body, path = gatePath, method = 'POST', headers }: Call,
): Promise<Answered> {
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(method === 'POST' && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const { gate = {} } = JSON.parse(text) as { gate?: Verdict }
  return { status: response.status, headers: response.headers, text, gate: gate as Verdict }
}

async function aCanary(scene: GateScene, { policy, isWithoutPolicy = false }: Wishes = {}): Promise<Canary> {
  const namespace = `g-${randomBytes(4).toString('hex')}`
  const { admin, requests } = scene.operator
  const { rollouts, runs } = scene
  await create(scene.operator.namespaces, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  })
  const account = await createAccount(admin, namespace, 'countersign-gate')
  await letAsk(scene, account)
  if (!isWithoutPolicy) await givePolicy(scene, namespace, policy)
  const { rollout, run } = await createCanary(scene, namespace)
  const key = { namespace, name: rollout.metadata.name }
  const requestName = requestNameOf(rollout.metadata.name, {
    rolloutUid: rollout.metadata.uid ?? '',
    podTemplateHash: rollout.status?.currentPodHash ?? '',
    gate: 'promote',
    runUid: run.metadata.uid ?? '',
  })
  const token = await requestToken(admin, account)
  const canary: Canary = {
    ...{ namespace, account, token, rollout, run, requestName },
    ask: (path = gatePath) =>
      scene.call({ token, path, body: { rollout: rollout.metadata.name, gate: 'promote' } }),
    request: () => requests.get({ namespace, name: requestName }),
    setStatus: async (status) => {
      const held = await rollouts.get(key)
      if (held !== undefined) await rollouts.replaceStatus({ ...held, status: { ...held.status, ...status } })
    },
    setRun: async (status) => {
      const held = await runs.get({ namespace, name: run.metadata.name })
      if (held !== undefined) await runs.replace({ ...held, status: { ...held.status, ...status } })
    },
  }
  await settled(canary)
  return canary
}

/** The gate's watches lag behind what was just made; until then it says that it does not know yet. */
async function settled({ ask }: Pick<Canary, 'ask'>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const { status, gate } = await ask(verifyPath)
    if (status === 200 && !/there is no Rollout|no AnalysisRun has asked|not seen/.test(gate.reason ?? ''))
      return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the gate does not see the Rollout')
}

async function createCanary(
  { rollouts, runs }: GateScene,
  namespace: string,
): Promise<{ readonly rollout: Rollout; readonly run: AnalysisRun }> {
  const planned = aRollout()
  const { status, metadata, ...rest } = planned
  const created = await rollouts.create({
    ...rest,
    ...selecting,
    metadata: { namespace, name: metadata.name },
  })
  if (created.kind !== 'Applied') throw new Error(JSON.stringify(created))
  const { generation } = created.object.metadata
  const written = await rollouts.replaceStatus({
    ...created.object,
    status: { ...status, observedGeneration: String(generation) },
  })
  if (written.kind !== 'Applied') throw new Error(written.kind)
  const owner = aRun().metadata.ownerReferences?.map((reference) => ({
    ...reference,
    uid: written.object.metadata.uid ?? '',
  }))
  const run = aRun({ metadata: { namespace, ...(owner !== undefined && { ownerReferences: owner }) } })
  const { name, labels = {}, ownerReferences = [] } = run.metadata
  const made = await runs.create({
    ...run,
    ...withMetric(run),
    metadata: { namespace, name, labels, ownerReferences },
  })
  if (made.kind !== 'Applied') throw new Error(JSON.stringify(made))
  return { rollout: written.object, run: made.object }
}

const selecting = {
  spec: {
    selector: { matchLabels: { app: 'foo' } },
    template: {
      metadata: { labels: { app: 'foo' } },
      spec: { containers: [{ name: 'foo', image: 'foo:v2', resources: {} }] },
    },
    ...aRollout().spec,
  },
}

/** What the schema requires besides. */
function withMetric({ spec }: AnalysisRun): object {
  return { spec: { ...spec, args: spec?.args?.filter(({ value }) => value !== undefined) } }
}
