/** The Job of docs/how-to/drain-node.md as a Pod on the real node; what it drains is a node that nothing runs on. */
import { fileURLToPath } from 'node:url'
import { isAsked } from '../../../../tools/local/agent.ts'
import { answerAs } from '../../../../tools/local/person.ts'
import type { ApprovalRequest, IdentityProvider, KubernetesObject } from '../../../../src/api/objects.ts'
import type { Decision } from '../../people/answering.ts'
import { alice, inboxUrl } from './installation.ts'
import type { Installation } from './installation.ts'
import { wideLimits } from '../../builders/limits.ts'
import { sought } from '../../assertions/sought.ts'

const example = fileURLToPath(new URL('../../../../deploy/examples/drain-node/', import.meta.url))
const where = '--namespace=maintenance'
const node = 'worker-1'

/** What the page has its reader apply and have; its IdentityProvider is the installation's under another name. */
export async function prepareDrain({ kubectl, apply }: Installation): Promise<void> {
  const provider = await kubectl('get', 'identityprovider/embedded', '--output=json')
  const { apiVersion, kind, spec } = JSON.parse(provider) as IdentityProvider
  await apply({ apiVersion, kind, metadata: { name: 'company' }, spec })
  for (const file of ['1-access.yaml', '3-approval-policy.yaml'])
    await kubectl('apply', where, '--server-side', `--filename=${example}${file}`)
  // Hundreds of prompts to alice are open here, and she denies the first drain.
  const limits = JSON.stringify({ spec: { limits: wideLimits } })
  await kubectl('patch', 'apol/node-drains', '--type=merge', `--patch=${limits}`)
  await kubectl('label', where, 'namespace/maintenance', 'pod-security.kubernetes.io/enforce=restricted')
  const scripts = [`--from-file=${example}drain.sh`, `--from-file=${example}../ci-job/approve.sh`]
  await kubectl('create', where, 'configmap', 'node-drainer', ...scripts)
  await apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: node } }, podsThere)
}

/** Evicted, such a Pod is gone: no kubelet has to end it. */
const podsThere = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'on-worker-1', namespace: 'default' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'on-worker-1' } },
    template: {
      metadata: { labels: { app: 'on-worker-1' } },
      spec: {
        nodeName: node,
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'app', image: 'localhost/pause:1' }],
      },
    },
  },
}

/** Returns the condition that the Job ended with, and its Pod's log. */
export async function drain(
  { kubectl }: Installation,
  decision: Decision,
): Promise<{ readonly ended: string; readonly pods: number; readonly log: string }> {
  const job = (await kubectl('create', where, `--filename=${example}job.yaml`, '--output=name')).trim()
  const selector = `--selector=job-name=${job.split('/')[1] ?? ''}`
  const seen = async (error: unknown): Promise<never> => {
    const objects = await kubectl('describe', where, 'pods,approvalrequests')
    const log = await kubectl('logs', where, selector).catch(String)
    throw new Error(`${objects}\n${log}`, { cause: error })
  }
  const { metadata } = await sought(async () => {
    const { items } = JSON.parse(await kubectl('get', where, 'approvalrequests', '--output=json')) as {
      readonly items: readonly ApprovalRequest[]
    }
    return items.find((request) => isAsked(request))
  }).catch(seen)
  await answerAs({ ...alice, inboxUrl, request: { namespace: 'maintenance', name: metadata.name }, decision })
  const ended = await sought(async () => {
    const { status } = JSON.parse(await kubectl('get', where, job, '--output=json')) as Job
    return status?.conditions?.find((one) => ['Complete', 'Failed'].includes(one.type))?.type
  }).catch(seen)
  const pods = await kubectl('get', where, 'pods', selector, '--output=name')
  const log = await kubectl('logs', where, job)
  return { ended, pods: pods.trim().split('\n').length, log }
}

export type NodeState = { readonly isCordoned: boolean; readonly pod: string }

/** The Pod is another one once it was evicted. */
export function stateOfNode({ kubectl }: Installation): Promise<NodeState> {
  return sought(async () => {
    const unschedulable = await kubectl('get', 'node', node, '--output=jsonpath={.spec.unschedulable}')
    const pods = await kubectl(
      'get',
      'pods',
      '--namespace=default',
      '--selector=app=on-worker-1',
      '--output=name',
    )
    const [pod, ...others] = pods.trim().split('\n')
    return pod === undefined || pod === '' || others.length > 0
      ? undefined
      : { isCordoned: unschedulable === 'true', pod }
  })
}

type Job = KubernetesObject & {
  readonly status?: { readonly conditions?: readonly { readonly type: string }[] }
}
