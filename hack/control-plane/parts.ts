/** The programs that a control plane consists of. Their versions stand in the `go.mod` that each is built from. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export type PartName = 'etcd' | 'kube-apiserver' | 'kubectl'

export type Part = {
  readonly name: PartName
  readonly version: string
  /** Directory of the Go module that requires the program. */
  readonly module: string
  /** The Go package of the program's main function. */
  readonly goPackage: string
  /** A program found elsewhere counts from this version on; kube-apiserver 1.36 is the first to stamp requesters. */
  readonly oldest: readonly [major: number, minor: number]
  /** Arguments that make the program print its version. */
  readonly printVersion: readonly string[]
}

const modules = new URL('../binaries/', import.meta.url)

export const parts: Readonly<Record<PartName, Part>> = {
  etcd: part({
    name: 'etcd',
    module: 'etcd',
    goPackage: 'go.etcd.io/etcd/server/v3',
    oldest: [3, 6],
    printVersion: ['--version'],
  }),
  'kube-apiserver': part({
    name: 'kube-apiserver',
    module: 'kubernetes',
    goPackage: 'k8s.io/kubernetes/cmd/kube-apiserver',
    oldest: [1, 36],
    printVersion: ['--version'],
  }),
  kubectl: part({
    name: 'kubectl',
    module: 'kubernetes',
    goPackage: 'k8s.io/kubernetes/cmd/kubectl',
    oldest: [1, 35],
    printVersion: ['version', '--client'],
  }),
}

function part(given: Omit<Part, 'version'>): Part {
  const module = fileURLToPath(new URL(given.module, modules))
  return { ...given, module, version: requiredVersion(`${module}/go.mod`) }
}

/** The one direct requirement of a `go.mod` is written on a line of its own. */
function requiredVersion(goMod: string): string {
  const version = /^require \S+ v(\S+)$/m.exec(readFileSync(goMod, 'utf8'))?.[1]
  if (version === undefined) throw new Error(`${goMod} has no line "require <module> v<version>".`)
  return version
}
