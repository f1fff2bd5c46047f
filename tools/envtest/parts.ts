/** The programs that demo and tests run. Their versions stand in the `go.mod` that each is built from. */
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export type PartName = keyof typeof parts

export type Part = {
  readonly name: string
  readonly version: string
  /** Directory of the Go module that requires the program. */
  readonly module: string
  /** The Go package of the program's main function. */
  readonly goPackage: string
  /**
   * A program found elsewhere counts from this version on; kube-apiserver 1.36 is the first to stamp requesters. If absent, only
   * what was built here counts.
   */
  readonly oldest?: readonly [major: number, minor: number]
  /** Arguments that make the program print its version. */
  readonly printVersion: readonly string[]
  /** Go variables that the linker sets, for a program that learns its version from them. */
  readonly linkerVariables: Readonly<Record<string, string>>
}

/** Of a control plane without nodes: enough for everything but Pods. */
export const controlPlaneParts: readonly PartName[] = ['etcd', 'kube-apiserver', 'kubectl']

export const parts = {
  etcd: part({
    name: 'etcd',
    module: 'etcd',
    goPackage: 'go.etcd.io/etcd/server/v3',
    oldest: [3, 6],
    printVersion: ['--version'],
  }),
  etcdutl: part({
    name: 'etcdutl',
    module: 'etcdutl',
    goPackage: 'go.etcd.io/etcd/etcdutl/v3',
    oldest: [3, 6],
    printVersion: ['version'],
  }),
  'kube-apiserver': part({ ...kubernetes('kube-apiserver'), oldest: [1, 36], printVersion: ['--version'] }),
  kubectl: part({ ...kubernetes('kubectl'), oldest: [1, 35], printVersion: ['version', '--client'] }),
  'kube-controller-manager': part({
    ...kubernetes('kube-controller-manager'),
    oldest: [1, 36],
    printVersion: ['--version'],
  }),
  'kube-scheduler': part({ ...kubernetes('kube-scheduler'), oldest: [1, 36], printVersion: ['--version'] }),
  'kube-proxy': part({ ...kubernetes('kube-proxy'), oldest: [1, 36], printVersion: ['--version'] }),
  kubelet: part({ ...kubernetes('kubelet'), oldest: [1, 36], printVersion: ['--version'] }),
  coredns: part({
    name: 'coredns',
    module: 'coredns',
    goPackage: 'github.com/coredns/coredns',
    oldest: [1, 14],
    printVersion: ['-version'],
  }),
  'rollouts-controller': part({
    name: 'rollouts-controller',
    module: 'argo-rollouts',
    goPackage: 'github.com/argoproj/argo-rollouts/cmd/rollouts-controller',
    oldest: [1, 10],
    printVersion: ['--version'],
    versionVariables: (version) => ({ 'github.com/argoproj/argo-rollouts/utils/version.version': version }),
  }),
  'peer-controller': ownPart('controller'),
  'peer-load': ownPart('load'),
  'peer-provider': ownPart('provider'),
}

type GivenPart = Omit<Part, 'version' | 'linkerVariables'> & {
  readonly versionVariables?: (version: string) => Readonly<Record<string, string>>
}

function kubernetes(name: string): Pick<GivenPart, 'name' | 'module' | 'goPackage' | 'versionVariables'> {
  return {
    name,
    module: 'kubernetes',
    goPackage: `k8s.io/kubernetes/cmd/${name}`,
    versionVariables: (version) => {
      const [major = '', minor = ''] = version.split('.')
      const variables = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor }
      return Object.fromEntries(
        Object.entries(variables).map(([name, value]) => [`k8s.io/component-base/version.${name}`, value]),
      )
    },
  }
}

function part({ versionVariables = () => ({}), ...given }: GivenPart): Part {
  const module = fileURLToPath(new URL(`../binaries/${given.module}`, import.meta.url))
  const version = requiredVersion(`${module}/go.mod`)
  return { ...given, module, version, linkerVariables: versionVariables(version) }
}

/** A program of `test/bench/peer`, whose version is a digest of that module: it is built again after a change. */
function ownPart(name: string): Part {
  const module = fileURLToPath(new URL('../../test/bench/peer', import.meta.url))
  const digest = createHash('sha256')
  for (const file of globSync('{go.mod,go.sum,*/*.go}', { cwd: module }).toSorted())
    digest.update(`${file}\n`).update(readFileSync(`${module}/${file}`))
  const version = digest.digest('hex').slice(0, 12)
  return {
    ...{ name: `peer-${name}`, version, module },
    goPackage: `./${name}`,
    printVersion: [],
    linkerVariables: {},
  }
}

/** The one direct requirement of a `go.mod` is written on a line of its own. */
function requiredVersion(goMod: string): string {
  const version = /^require \S+ v(\S+)$/m.exec(readFileSync(goMod, 'utf8'))?.[1]
  if (version === undefined) throw new Error(`${goMod} has no line "require <module> v<version>".`)
  return version
}
