/** A person who answers whatever she is asked while something else goes on. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApprovalRequest } from '../../src/api/objects.ts'
import { kubectl } from '../../hack/control-plane/kubectl.ts'
import { isAsked, isFinal } from '../../hack/demo/agent.ts'
import type { Cluster } from '../../hack/demo/cluster.ts'
import { answerAs } from '../../hack/demo/person.ts'

export type Decision = 'approve' | 'deny'

const pauseMs = 100

/** Alice, as long as `signal` is not aborted. */
export async function answerWhile(
  cluster: Pick<Cluster, 'controlPlane' | 'inboxUrl' | 'people'>,
  decision: Decision,
  signal: AbortSignal,
): Promise<void> {
  const alice = cluster.people.find(({ username }) => username === 'alice')
  if (alice === undefined) throw new Error('nobody is called alice')
  const answered = new Set<string>()
  while (!signal.aborted) {
    for (const { metadata } of await openQuestions(cluster.controlPlane.kubeconfig)) {
      const { namespace = '', name, uid = '' } = metadata
      if (answered.has(uid)) continue
      answered.add(uid)
      await answerAs({ ...alice, inboxUrl: cluster.inboxUrl, request: { namespace, name }, decision })
    }
    await sleep(pauseMs)
  }
}

async function openQuestions(kubeconfig: string): Promise<readonly ApprovalRequest[]> {
  const args = ['get', 'approvalrequests', '--all-namespaces', '--output=json']
  const { items } = JSON.parse(await kubectl({ kubeconfig, args })) as { readonly items: ApprovalRequest[] }
  return items.filter((request) => isAsked(request) && !isFinal(request))
}
