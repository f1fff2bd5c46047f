/**
 * What one approval costs the API server: every call of the controller as it is shipped, by verb and resource. Counts only, no times: it
 * fails where one is higher than `calls-per-approval.json` says, of which docs/performance.md has its table.
 */
import type { ApiProxy, Exchange } from '../support/fakes/network/api-proxy.ts'
import { startClusterScene } from '../support/scenes/cluster-scene.ts'
import type { ClusterScene } from '../support/scenes/cluster-scene.ts'
import { eventually } from '../support/assertions/elapsed.ts'
import { isFinal } from '../support/clusters/question.ts'
import { operatorNamespace } from '../../tools/local/processes.ts'
import agreed from './calls-per-approval.json' with { type: 'json' }
import { approvalKinds } from './counted-approvals.ts'
import type { ApprovalKind, KindName } from './counted-approvals.ts'
import { figure, section } from './report.ts'

/** Of each kind. A call that comes now and then, such as another look at the client's Secret, is not one in each. */
const approvals = 5

type Calls = ReadonlyMap<string, number>

/** Sets the exit code where a count is above the table. */
export async function benchCounts(): Promise<void> {
  const scene = await startClusterScene()
  try {
    for (const [name, kind] of Object.entries(approvalKinds) as [KindName, ApprovalKind][]) {
      section(`counts: calls per approval, ${approvals} one after the other: ${agreed.kinds[name]}`)
      compare(await callsOf(scene, kind), limitsOf(name))
    }
  } finally {
    await scene.close()
  }
}

/** One approval goes before, so that all that is read once has been read. */
async function callsOf(scene: ClusterScene, kind: ApprovalKind): Promise<Calls> {
  kind.before?.(scene)
  const first = await scene.ask(kind.asking)
  await kind.answer(scene, first)
  await first.until(isFinal)
  await untilAnnounced(scene, first.name)
  const begun = scene.proxy.exchanges.length
  for (let done = 0; done < approvals; done++) {
    kind.before?.(scene)
    const question = await scene.askAgain(first, kind.asking)
    await kind.answer(scene, question)
    const { status } = await question.until(isFinal)
    if (status?.outcome !== 'Approved') throw new Error(`not approved:\n${question.words()}`)
    await untilAnnounced(scene, question.name)
  }
  return counted(scene.proxy, begun)
}

/** The Event of its end comes after everything else that is called for. */
async function untilAnnounced({ operator: { admin } }: ClusterScene, request: string): Promise<void> {
  const path = '/apis/events.k8s.io/v1/events'
  const query = { fieldSelector: `regarding.name=${request},reason=Approved` }
  const isAnnounced = async (): Promise<boolean> => {
    const { items } = (await admin.request({ method: 'GET', path, query })) as { readonly items: unknown[] }
    return items.length > 0
  }
  await eventually(isAnnounced, `the Event of the approval of ${request}`)
}

function counted({ exchanges }: ApiProxy, begun: number): Calls {
  const counts = new Map<string, number>()
  for (const exchange of exchanges.slice(begun).filter(isOfAnApproval))
    counts.set(exchange.call, (counts.get(exchange.call) ?? 0) + 1)
  return counts
}

/** The Lease, the watches and the operator's own Secrets cost the same however many approvals there are. */
function isOfAnApproval({ call, isWatch, namespace, name }: Exchange): boolean {
  if (isWatch || call.endsWith(' leases')) return false
  return !(call === 'GET secrets' && namespace === operatorNamespace && name !== undefined)
}

function limitsOf(kind: KindName): Calls {
  return new Map(Object.entries(agreed.calls).map(([call, { each }]) => [call, each[kind]]))
}

function compare(measured: Calls, limits: Calls): void {
  const each = (count: number): string => (count / approvals).toFixed(2).replace(/\.00$/, '')
  const total = [...measured.values()].reduce((sum, count) => sum + count, 0)
  figure('all', each(total), String([...limits.values()].reduce((sum, count) => sum + count, 0)))
  for (const call of new Set([...limits.keys(), ...measured.keys()])) {
    const [is, limit] = [measured.get(call) ?? 0, limits.get(call) ?? 0]
    figure(`  ${call}`, each(is), String(limit))
    if (is < limit * approvals) console.log('    fewer than test/bench/calls-per-approval.json says')
    if (is <= limit * approvals) continue
    console.error('    more than test/bench/calls-per-approval.json says')
    process.exitCode = 1
  }
}
