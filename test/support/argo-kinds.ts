/** The kinds of Argo Rollouts, out of the manifests that its Go module carries: without its controller, a test plays its part. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { apply } from '../../hack/control-plane/install.ts'
import { kubectl } from '../../hack/control-plane/kubectl.ts'
import { parts } from '../../hack/control-plane/parts.ts'
import { goEnvironment } from '../../hack/control-plane/toolchain.ts'

export async function installArgoKinds(kubeconfig: string): Promise<void> {
  const { module } = parts['rollouts-controller']
  const args = ['mod', 'download', '-json', 'github.com/argoproj/argo-rollouts']
  const { stdout } = await promisify(execFile)('go', args, { cwd: module, env: goEnvironment })
  const { Dir } = JSON.parse(stdout) as { readonly Dir: string }
  const files = ['rollout', 'analysis-run'].map((kind) => join(Dir, 'manifests', 'crds', `${kind}-crd.yaml`))
  await apply(kubeconfig, files)
  const filenames = files.map((file) => `--filename=${file}`)
  await kubectl({ kubeconfig, args: ['wait', '--for=condition=Established', '--timeout=30s', ...filenames] })
}
