/** Argo Rollouts and Countersign, each as it is shipped, and people who answer through the inbox; on a control plane of their own. */
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRolloutsCluster } from '../../../tools/argo-rollouts/cluster.ts'
import type { RolloutsCluster } from '../../../tools/argo-rollouts/cluster.ts'
import { kubectl, tryKubectl } from '../../../tools/envtest/kubectl.ts'
import type { EndedProgram } from '../../../tools/program.ts'
import { answerAs } from '../../../tools/local/person.ts'
import type { ApprovalRequest, KubernetesObject } from '../../../src/api/objects.ts'
import { kinds } from '../../../src/kubernetes/client/kinds.ts'
import type { AnalysisRun, Rollout } from '../builders/argo-objects.ts'
import { rules, templates } from '../builders/gate-manifests.ts'
import { watched } from '../assertions/watched.ts'
import type { Watched } from '../assertions/watched.ts'

export type RolloutsWorld = Pick<RolloutsCluster, 'countersign' | 'argo'> & {
  readonly rollouts: Watched<Rollout>
  readonly runs: Watched<AnalysisRun>
  readonly requests: Watched<ApprovalRequest>
  readonly events: Watched<Event>
  readonly kubeconfig: string
  readonly gateUrl: string
  /** As the administrator. */
  kubectl(args: readonly string[], input?: readonly object[]): Promise<string>
  tryKubectl(args: readonly string[]): Promise<EndedProgram>
  /** Alice does, with a browser of her own. */
  answer(request: ApprovalRequest, decision: 'approve' | 'deny', changes?: Changes): Promise<void>
  stop(): Promise<void>
}

/** Values of parameters other than those that were asked. */
export type Changes = Readonly<Record<string, string>>

type Event = KubernetesObject & {
  readonly reason: string
  readonly note?: string
  readonly regarding: { readonly kind: string }
}

export async function startRolloutsWorld(): Promise<RolloutsWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-rollouts-'))
  const cluster = await startRolloutsCluster(directory, () => undefined)
  const closers = [() => cluster.stop()]
  const stop = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close()
  }
  const { admin, addresses, countersign, argo, inboxUrl } = cluster
  const { kubeconfig } = cluster.controlPlane
  const run: RolloutsWorld['kubectl'] = (args, input = []) =>
    kubectl({ kubeconfig, args, input: input.map((object) => JSON.stringify(object)).join('\n') })
  const alice = cluster.people.find(({ username }) => username === 'alice')
  assert.ok(alice)
  try {
    await run(['apply', '--server-side', '--filename=-'], [...rules(addresses), ...templates(addresses)])
    const watches = {
      rollouts: await watched<Rollout>(admin, argoKind('rollouts')),
      runs: await watched<AnalysisRun>(admin, argoKind('analysisruns')),
      requests: await watched<ApprovalRequest>(admin, kinds.approvalRequests),
      events: await watched<Event>(admin, {
        apiVersion: 'events.k8s.io/v1',
        plural: 'events',
        namespaced: true,
      }),
    }
    for (const watch of Object.values(watches)) closers.push(() => watch.stop())
    return {
      ...watches,
      ...{ kubeconfig, countersign, argo, stop },
      gateUrl: addresses.gateUrl,
      kubectl: run,
      tryKubectl: (args) => tryKubectl({ kubeconfig, args }),
      answer: async ({ metadata: { namespace = '', name } }, decision, changes = {}) => {
        await answerAs({ ...alice, inboxUrl, request: { namespace, name }, decision, changes })
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function argoKind(plural: string) {
  return { apiVersion: 'argoproj.io/v1alpha1', plural, namespaced: true }
}
