/** Installs Argo Rollouts as its users do, from the manifests that its Go module carries. */
import { join } from 'node:path'
import { moduleDirectory } from '../envtest/go-module.ts'
import { apply } from '../envtest/install.ts'
import { kubectl } from '../envtest/kubectl.ts'
import { parts } from '../envtest/parts.ts'

export const argoNamespace = 'argo-rollouts'
export const argoAccount = `${argoNamespace}/argo-rollouts`

/** Its kinds only: enough for what the API server itself decides about them. */
export async function installArgoKinds(kubeconfig: string): Promise<void> {
  const directory = join(await manifests(), 'crds')
  const files = ['rollout', 'analysis-run', 'analysis-template', 'cluster-analysis-template', 'experiment']
  // Server-side: their schemas are too large for what a client-side apply keeps in an annotation.
  await apply(
    kubeconfig,
    files.map((name) => join(directory, `${name}-crd.yaml`)),
  )
  await untilServed(kubeconfig)
}

/** Everything. Its Deployment stays without Pods where no controller makes any. */
export async function installArgoRollouts(kubeconfig: string): Promise<void> {
  await kubectl({ kubeconfig, args: ['create', 'namespace', argoNamespace] })
  const file = join(await manifests(), 'install.yaml')
  const args = ['apply', '--server-side', `--namespace=${argoNamespace}`, `--filename=${file}`]
  await kubectl({ kubeconfig, args })
  await untilServed(kubeconfig)
}

async function untilServed(kubeconfig: string): Promise<void> {
  const plurals = ['rollouts', 'analysisruns', 'analysistemplates', 'clusteranalysistemplates', 'experiments']
  const kinds = plurals.map((plural) => `crd/${plural}.argoproj.io`)
  await kubectl({ kubeconfig, args: ['wait', '--for=condition=Established', '--timeout=30s', ...kinds] })
}

async function manifests(): Promise<string> {
  const { module } = parts['rollouts-controller']
  return join(await moduleDirectory(module, 'github.com/argoproj/argo-rollouts'), 'manifests')
}
