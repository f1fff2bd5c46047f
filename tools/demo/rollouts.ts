/** `make demo-rollouts`: a canary of the real Argo Rollouts goes on when a person says so, and not before. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApprovalRequest, Outcome } from 'countersign/api'
import { startRolloutsCluster } from '../argo-rollouts/cluster.ts'
import type { RolloutsCluster } from '../argo-rollouts/cluster.ts'
import { rendered, shipped } from '../argo-rollouts/manifests.ts'
import { kubectl } from '../envtest/kubectl.ts'
import { follow } from './follow.ts'
import { done, say, sayOutcome } from './screen.ts'
import { runDemo } from './session.ts'
import type { Session } from './session.ts'

const pauseMs = 200

await runDemo({
  name: 'make demo-rollouts',
  description:
    'Asks alice whether a canary may be promoted, with the real Argo Rollouts on a real API server.',
  start: startRolloutsCluster,
  run,
})

async function run(cluster: RolloutsCluster, { signal, getAnswer }: Session): Promise<Outcome> {
  await prepare(cluster)
  const prod = prodIn(cluster.controlPlane.kubeconfig, signal)
  await prod.until<Rollout>('rollout/foo', isHealthy)
  done('applied', 'templates  access of prod  IdentityProvider/company  ApprovalPolicy/prod-rollouts')
  done('running', `Rollout prod/foo: ${await prod.images()}`)

  await prod.release('registry.example.com/foo:v2')
  const { metadata } = await prod.untilRequest()
  done('at its gate', `Rollout prod/foo: ${await prod.images()}`)
  const answer = (request: ApprovalRequest): Promise<void> => getAnswer(request, cluster)
  const finished = await follow(metadata.uid ?? '', {
    ...{ read: prod.readRequest, answer, signal },
    // The gate is asked every 10 s, and asks the approver again.
    replacedWithinSeconds: 30,
  })
  if (finished === undefined) return 'Withdrawn'
  sayOutcome(finished)
  const { status } = await prod.until<Rollout>('rollout/foo', (one) => isHealthy(one) || isAborted(one))
  if (status?.phase === 'Healthy') done('promoted', `Rollout prod/foo: ${await prod.images()}`)
  else say(`✘ ${'aborted'.padEnd(15)} Rollout prod/foo: ${status?.message ?? ''}`)
  return finished.status?.outcome ?? 'Failed'
}

/** What docs/argo-rollouts.md says: once for the cluster, once for the namespace, and the step in the Rollout. */
async function prepare({ controlPlane: { kubeconfig }, addresses }: RolloutsCluster): Promise<void> {
  const apply = (...what: readonly string[]): Promise<string> =>
    kubectl({ kubeconfig, args: ['apply', '--server-side', ...what] })
  const applyRendered = (file: string): Promise<string> =>
    kubectl({
      kubeconfig,
      args: ['apply', '--server-side', '--filename=-'],
      input: rendered(file, addresses),
    })
  await kubectl({ kubeconfig, args: ['create', 'namespace', 'prod'] })
  await kubectl({ kubeconfig, args: ['label', 'namespace', 'prod', 'countersign.dev/environment=prod'] })
  await applyRendered('templates/templates.yaml')
  await apply(`--kustomize=${shipped}access`)
  await apply('--field-manager=rollouts-gate', `--filename=${shipped}examples/1-client.yaml`)
  await apply(`--filename=${shipped}examples/2-approval-policy.yaml`)
  await apply(`--filename=${shipped}examples/canary.yaml`)
}

type Rollout = {
  readonly metadata: { readonly generation: number }
  readonly status?: {
    readonly phase?: string
    readonly message?: string
    readonly abort?: boolean
    readonly observedGeneration?: string
  }
}

function isHealthy({ metadata, status }: Rollout): boolean {
  return status?.phase === 'Healthy' && status.observedGeneration === String(metadata.generation)
}

function isAborted({ status }: Rollout): boolean {
  return status?.abort === true && status.phase === 'Degraded'
}

/** The owner's view of the namespace. */
function prodIn(kubeconfig: string, signal: AbortSignal) {
  const run = (...args: readonly string[]): Promise<string> =>
    kubectl({ kubeconfig, args: [...args, '--namespace=prod'] })
  async function until<T>(what: string, isReached: (object: T) => boolean): Promise<T> {
    for (;;) {
      const object = JSON.parse(await run('get', what, '--output=json')) as T
      if (isReached(object)) return object
      await sleep(pauseMs, undefined, { signal })
    }
  }
  /** The gate's: there is one Rollout, and one request for each of its revisions. */
  async function readRequest(): Promise<ApprovalRequest | undefined> {
    type List = { readonly items: readonly ApprovalRequest[] }
    const list = await run(
      'get',
      'approvalrequests',
      '--sort-by={.metadata.creationTimestamp}',
      '--output=json',
    )
    return (JSON.parse(list) as List).items.at(-1)
  }
  return {
    until,
    untilRequest: async (): Promise<ApprovalRequest> => {
      for (;;) {
        const request = await readRequest()
        if (request !== undefined) return request
        await sleep(pauseMs, undefined, { signal })
      }
    },
    readRequest,
    release: (image: string) => {
      const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }]
      return run('patch', 'rollout/foo', '--type=json', `--patch=${JSON.stringify(patch)}`)
    },
    /** How many Pods run which image. */
    images: async (): Promise<string> => {
      const images = await run('get', 'pods', '--output=jsonpath={.items[*].spec.containers[0].image}')
      const names = images.split(' ').map((image) => image.replace(/^.*\//, ''))
      return [...new Set(names)]
        .toSorted()
        .map((name) => `${names.filter((one) => one === name).length} × ${name}`)
        .join(', ')
    },
  }
}
