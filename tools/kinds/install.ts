/** Kinds of other projects that the chart has objects of, from the Go modules that carry their definitions. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installArgoKinds } from '../argo-rollouts/install.ts'
import { moduleDirectory } from '../envtest/go-module.ts'
import { apply } from '../envtest/install.ts'
import { kubectl } from '../envtest/kubectl.ts'

const module = fileURLToPath(new URL('.', import.meta.url))
const definitions = [
  {
    path: 'github.com/prometheus-operator/prometheus-operator',
    directory: 'example/prometheus-operator-crd',
    group: 'monitoring.coreos.com',
    plurals: ['podmonitors', 'servicemonitors', 'prometheusrules'],
  },
  {
    path: 'github.com/cert-manager/cert-manager',
    directory: 'deploy/crds',
    group: 'cert-manager.io',
    plurals: ['certificates'],
  },
  {
    path: 'sigs.k8s.io/gateway-api',
    directory: 'config/crd/standard',
    group: 'gateway.networking.k8s.io',
    plurals: ['httproutes'],
  },
] as const

/** Returns when they are served. */
export async function installNeighbours(kubeconfig: string): Promise<void> {
  const files = await Promise.all(
    definitions.map(async ({ path, directory, group, plurals }) => {
      const root = await moduleDirectory(module, path)
      return plurals.map((plural) => join(root, directory, `${group}_${plural}.yaml`))
    }),
  )
  await apply(kubeconfig, files.flat())
  const names = definitions.flatMap(({ group, plurals }) => plurals.map((plural) => `crd/${plural}.${group}`))
  await kubectl({ kubeconfig, args: ['wait', '--for=condition=Established', '--timeout=30s', ...names] })
  await installArgoKinds(kubeconfig)
}
