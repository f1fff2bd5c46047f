/** A canary on the real node, moved by the real Argo Rollouts, that asks the gate of the installed release. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { installArgoRollouts } from '../../../../tools/argo-rollouts/install.ts'
import { startRolloutsController } from '../../../../tools/argo-rollouts/start.ts'
import type { LeashedProcess } from '../../../../tools/envtest/leashed-process.ts'
import { credentialsFrom } from '../../../../src/kubernetes/client/credentials.ts'
import { isPromotedTo } from '../../builders/argo-objects.ts'
import type { Rollout } from '../../builders/argo-objects.ts'
import type { Installation } from './installation.ts'
import { withField } from '../../builders/manifests.ts'
import { theCanary } from '../../builders/rollouts.ts'

const access = fileURLToPath(new URL('../../../../deploy/argo-rollouts/access', import.meta.url))
const where = '--namespace=prod'
const image = 'spec.template.spec.containers.0.image'

/** As a process on the node: no registry is asked for its image. @param directory for its kubeconfig and log */
export async function startArgoRollouts(kubeconfig: string, directory: string): Promise<LeashedProcess> {
  await installArgoRollouts(kubeconfig)
  const { server } = await credentialsFrom(kubeconfig).current()
  const { NODE_CA_FILE: caFile = '' } = process.env
  return startRolloutsController({ kubeconfig, url: server.origin, caFile }, directory)
}

/** The shipped example, with its first revision in place and the second one on its way to the gate. */
export async function releaseCanary({ kubectl, apply }: Installation): Promise<void> {
  const labels = { 'countersign.dev/environment': 'prod' }
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod', labels } })
  await kubectl('apply', where, '--server-side', `--kustomize=${access}`)
  await kubectl(
    'wait',
    where,
    'secret/countersign-gate-token',
    '--for=jsonpath={.data.token}',
    '--timeout=30s',
  )
  const canary = withField(theCanary('foo'), 'metadata.namespace', 'prod')
  await apply(withField(canary, image, 'localhost/pause:1'))
  await kubectl('wait', where, 'rollout/foo', '--for=jsonpath={.status.phase}=Healthy', '--timeout=60s')
  tag('localhost/pause:1', 'localhost/pause:2')
  await apply(withField(canary, image, 'localhost/pause:2'))
}

/** Undefined until the second revision is everywhere. */
export async function promoted({ kubectl }: Installation): Promise<Rollout | undefined> {
  const rollout = JSON.parse(await kubectl('get', where, 'rollout/foo', '--output=json')) as Rollout
  return isPromotedTo('2')(rollout) ? rollout : undefined
}

function tag(existing: string, name: string): void {
  const { NODE_CONTAINERD: socket = '' } = process.env
  execFileSync('ctr', ['--address', socket, '--namespace', 'k8s.io', 'images', 'tag', existing, name])
}
