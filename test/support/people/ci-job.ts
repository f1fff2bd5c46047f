/** The CI job's script, in the name of the ServiceAccount of its example, beside the controller as it is shipped. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach } from 'node:test'
import { fileURLToPath } from 'node:url'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { kubeconfigFor } from '../../../tools/local/processes.ts'
import { apiVersion } from '../../../src/api/names.ts'
import type { RunningProgram } from '../../../tools/program.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { startApiProxy } from '../fakes/network/api-proxy.ts'
import type { ApiProxy } from '../fakes/network/api-proxy.ts'
import { startClusterScene } from '../scenes/cluster-scene.ts'
import type { ClusterScene } from '../scenes/cluster-scene.ts'
import { clientID } from '../fakes/providers/company.ts'
import { json } from '../fakes/network/http-answers.ts'
import { create, isPending, storeCredential } from '../clusters/question.ts'
import { startProgram } from '../clusters/program.ts'
import { nameSomebodyElse } from '../clusters/widen-limits.ts'
import { sought } from '../assertions/sought.ts'

export const example = fileURLToPath(new URL('../../../deploy/examples/ci-job/', import.meta.url))
export const request = readFileSync(join(example, 'request.yaml'), 'utf8')
export const unmatched = request.replace('action: deploy', 'action: remove')
export const drainExample = fileURLToPath(new URL('../../../deploy/examples/drain-node/', import.meta.url))
export const unavailable = json(503, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 503 })
export const directory = mkdtempSync(join(tmpdir(), 'countersign-ci-job-'))
export const nodeFile = join(directory, 'node.json')
writeFileSync(nodeFile, JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } }))

export let scene: ClusterScene
/** Between the script and the API server. */
export let proxy: ApiProxy
export let kubeconfig: string

/** @param more is prepared after the CI job, and before each test: hooks of one kind do not wait for each other */
export function useCIJob(more: Partial<Record<'once' | 'each', () => Promise<void>>> = {}): void {
  before(async () => {
    scene = await startClusterScene()
    proxy = await startApiProxy(scene.controlPlane)
    const { operator, provider, controlPlane } = scene
    await storeCredential(operator, 'ci-deployer', provider.clientSecret)
    await create(operator.providers, {
      apiVersion,
      kind: 'IdentityProvider',
      metadata: { name: 'company' },
      spec: {
        issuer: provider.issuer,
        profile: 'Generic',
        clients: [
          {
            clientID,
            authentication: {
              method: 'client_secret_basic',
              secretRef: { name: 'ci-deployer', key: 'secret' },
            },
          },
        ],
        delivery: 'Poll',
        token: { approverClaim: 'sub' },
        allowInsecureHTTP: true,
      },
    })
    for (const file of ['1-access.yaml', '3-approval-policy.yaml'])
      await administer('apply', '--server-side', `--filename=${join(example, file)}`)
    await administer('wait', 'identityprovider/company', '--for=condition=Ready', '--timeout=30s')
    kubeconfig = await kubeconfigFor({ ...controlPlane, url: proxy.url }, directory, 'prod/ci-deployer')
    await more.once?.()
  })
  beforeEach(async () => {
    await nameSomebodyElse(scene.controlPlane.kubeconfig, 'prod-deployments')
    await more.each?.()
  })
  afterEach(async () => {
    proxy.undisturb()
    scene.provider.isAnswered = true
    await administer('delete', 'approvalrequests', '--all', '--all-namespaces')
    await collectTokens()
  })
  after(async () => {
    await proxy.close()
    await scene.close()
    rmSync(directory, { recursive: true, force: true })
  })
}

export function approve(env: NodeJS.ProcessEnv = {}, input = request): RunningProgram {
  const surroundings = { KUBECONFIG: kubeconfig, ...env }
  return startProgram({ program: join(example, 'approve.sh'), cwd: directory, env: surroundings, input })
}

export function asked(namespace = 'prod'): Promise<ApprovalRequest> {
  return sought(async () => {
    const list = await administer('get', 'approvalrequests', `--namespace=${namespace}`, '--output=json')
    return (JSON.parse(list) as { readonly items: ApprovalRequest[] }).items.find(isPending)
  })
}

/** The script has read its request as it is now: when a second read begins, what the first one found is known to it. */
export async function readTwice(): Promise<void> {
  const reads = (): number =>
    proxy.exchanges.filter(({ call, name }) => call === 'GET approvalrequests' && name !== undefined).length
  const before = reads()
  await sought(() => Promise.resolve(reads() > before + 1 || undefined))
}

/** Somebody deletes that request and creates a harmless one of its name, which is approved. */
export async function takePlaceOf({ namespace = '', name }: ApprovalRequest['metadata']): Promise<void> {
  const where = `--namespace=${namespace}`
  const { kind, spec } = JSON.parse(
    await administer('get', 'approvalrequest', name, where, '--output=json'),
  ) as ApprovalRequest
  await administer('delete', 'approvalrequest', name, where)
  await collectTokens()
  const target = { ...spec.target, name: 'harmless', revision: 'none' }
  await kubectl({
    kubeconfig: scene.controlPlane.kubeconfig,
    args: ['create', '--filename=-', `--as=${spec.requester.username}`],
    input: JSON.stringify({
      ...{ apiVersion, kind, metadata: { namespace, name } },
      spec: { ...spec, requester: undefined, target },
    }),
  })
  scene.provider.isAnswered = true
  await administer(
    'wait',
    `approvalrequest/${name}`,
    where,
    '--for=jsonpath={.status.outcome}=Approved',
    '--timeout=30s',
  )
}

/** As the garbage collector, which is not here, does once the requests are gone. */
async function collectTokens(): Promise<void> {
  await administer('delete', 'secrets', '--all-namespaces', '--field-selector=type=countersign.dev/token')
}

/** Names of those that are there. */
export function questions(): Promise<string> {
  return administer('get', 'approvalrequests', '--all-namespaces', '--output=name')
}

export function administer(...args: readonly string[]): Promise<string> {
  return kubectl({ kubeconfig: scene.controlPlane.kubeconfig, args })
}
