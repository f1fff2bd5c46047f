/** A person who answers whatever she is asked while something else goes on. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { isAsked, isFinal } from '../../../tools/local/agent.ts'
import type { Cluster } from '../../../tools/local/cluster.ts'
import { answerAs } from '../../../tools/local/person.ts'

export type Decision = 'approve' | 'deny'

const pauseMs = 100

/** Alice, all that she is asked at this moment; ends when the operator has heard her answers. */
export async function answerOpen(
  cluster: Pick<Cluster, 'controlPlane' | 'inboxUrl' | 'people'>,
  decision: Decision,
): Promise<void> {
  const { kubeconfig } = cluster.controlPlane
  const open = await openQuestions(kubeconfig)
  const ended = new AbortController()
  const answering = answerWhile(cluster, decision, ended.signal)
  const heard = open.map(({ metadata: { name, namespace = '' } }) => {
    const args = ['wait', '--for=condition=Complete', `apr/${name}`, `--namespace=${namespace}`]
    return kubectl({ kubeconfig, args: [...args, '--timeout=30s'] })
  })
  const hearing = Promise.all(heard).finally(() => {
    ended.abort()
  })
  await Promise.all([hearing, answering])
}

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
