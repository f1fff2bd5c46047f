/** Stands in for a node: runs the program of a Deployment as a process, with the arguments and Secrets that its Pods would have. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kubectl } from '../../../../tools/envtest/kubectl.ts'
import type { ControlPlane } from '../../../../tools/envtest/start.ts'
import { kubeconfigFor, operatorNamespace, startBundle } from '../../../../tools/local/processes.ts'
import type { Bundle, Running } from '../../../../tools/local/processes.ts'

export type Deployed = {
  readonly controlPlane: ControlPlane
  /** For its kubeconfig, its Secrets and its log. */
  readonly directory: string
  readonly bundle: Exclude<Bundle, 'identity-provider'>
  /** Where it listens on this machine, instead of in a Pod. */
  readonly listeners: readonly string[]
}

type Deployment = {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly serviceAccountName: string
        readonly containers: readonly [Container]
        readonly volumes?: readonly Volume[]
      }
    }
  }
}

type Container = {
  readonly args: readonly string[]
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[]
}

type Volume = {
  readonly name: string
  readonly secret?: {
    readonly secretName: string
    readonly items?: readonly { readonly key: string; readonly path: string }[]
  }
}

/** @throws if the Deployment, or a Secret that it mounts, is not there */
export async function runDeployed(deployed: Deployed): Promise<Running> {
  const { controlPlane, directory, bundle, listeners } = deployed
  const { spec } = (await read<Deployment>(deployed, 'deployment', `countersign-${bundle}`)).spec.template
  const [
    {
      args: [, ...args],
      volumeMounts = [],
    },
  ] = spec.containers
  const kubeconfig = await kubeconfigFor(
    controlPlane,
    directory,
    `${operatorNamespace}/${spec.serviceAccountName}`,
  )
  const mounted = new Map<string, string>()
  for (const { name, mountPath } of volumeMounts) {
    const volume = spec.volumes?.find((one) => one.name === name)
    if (volume?.secret !== undefined) mounted.set(mountPath, await mount(deployed, volume))
  }
  const here = [...mounted].reduce<readonly string[]>(
    (all, [there, path]) => all.map((arg) => arg.replace(there, path)),
    args.map((arg) => arg.replace('$(POD_NAMESPACE)', operatorNamespace)),
  )
  // No node has to hear that it ends, so it ends at once.
  const ours = ['--kubeconfig', kubeconfig, '--shutdown-delay-seconds=0', ...listeners]
  return startBundle({ bundle, args: [...here, ...ours], directory })
}

async function mount(deployed: Deployed, { name, secret }: Volume): Promise<string> {
  const path = join(deployed.directory, name)
  mkdirSync(path, { mode: 0o700 })
  const { data } = await read<{ readonly data: Readonly<Record<string, string>> }>(
    deployed,
    'secret',
    secret?.secretName ?? '',
  )
  for (const { key, path: file } of secret?.items ?? [])
    writeFileSync(join(path, file), Buffer.from(data[key] ?? '', 'base64'), { mode: 0o600 })
  return path
}

async function read<T>({ controlPlane: { kubeconfig } }: Deployed, kind: string, name: string): Promise<T> {
  const args = ['get', kind, name, `--namespace=${operatorNamespace}`, '--output=json']
  return JSON.parse(await kubectl({ kubeconfig, args })) as T
}
