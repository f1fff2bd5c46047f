/** Installs what the chart renders, except for what runs in Pods: kinds, identities, rights and admission policies. */
import { globSync, readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { apiVersion, tokenSecretType } from 'countersign/api'
import { kubectl, tryKubectl } from './kubectl.ts'
import type { KubectlCall } from './kubectl.ts'

const kustomize = fileURLToPath(new URL('../../deploy/kustomize/', import.meta.url))
const kinds = `${kustomize}base/crds`
const stamping = `${kustomize}components/requester-stamping/admission`
const effectiveWithinMs = 30_000
const pauseMs = 50

/** Server-side apply of files or directories, in this order. */
export async function apply(kubeconfig: string, paths: readonly string[]): Promise<void> {
  const files = paths.map((path) => `--filename=${path}`)
  await kubectl({ kubeconfig, args: ['apply', '--server-side', '--force-conflicts', ...files] })
}

/** Returns when the kinds are served, the policies refuse what they should, and requesters are stamped. */
export async function install(kubeconfig: string): Promise<void> {
  await installWithoutStamping(kubeconfig)
  await apply(kubeconfig, [stamping])
  await until(isStamped, kubeconfig)
}

/** As on clusters before Kubernetes 1.36, where requesters write their own name. */
export async function installWithoutStamping(kubeconfig: string): Promise<void> {
  await Promise.all([installKinds(kubeconfig), installPolicies(kubeconfig)])
}

async function installKinds(kubeconfig: string): Promise<void> {
  await apply(kubeconfig, [kinds])
  const args = ['wait', '--for=condition=Established', '--timeout=30s', `--filename=${kinds}`]
  await kubectl({ kubeconfig, args })
  await Promise.all(servedPaths().map((path) => list(kubeconfig, path)))
}

async function installPolicies(kubeconfig: string): Promise<void> {
  const files = ['namespace', 'serviceaccount', 'rbac', 'validating'].flatMap((name) => [
    ...globSync(`${kustomize}components/**/${name}.yaml`),
    ...globSync(`${kustomize}base/**/${name}.yaml`),
  ])
  await apply(kubeconfig, [...files, `${kustomize}base/rbac`])
  await until(isFenced, kubeconfig)
}

/** The API server prepares a kind on its first request, which takes a second: better now, and for all at once. */
async function list(kubeconfig: string, path: string): Promise<void> {
  await kubectl({ kubeconfig, args: ['get', `--raw=${path}`] })
}

/** A file with a kind is named `<group>_<plural>.yaml`. */
function servedPaths(): string[] {
  const plurals = readdirSync(kinds).map((file) => /_(.*)\.yaml$/.exec(file)?.[1])
  return plurals.filter((plural) => plural !== undefined).map((plural) => `/apis/${apiVersion}/${plural}`)
}

type Probe = (kubeconfig: string) => Promise<{ readonly effective: boolean; readonly seen: string }>

/**
 * Nothing in the cluster says that a policy is in effect, except a request that is tried. Validating policies take about a
 * second; mutating ones wait for the API server's look at its own schemas, every five seconds.
 */
async function until(probe: Probe, kubeconfig: string): Promise<void> {
  const deadline = performance.now() + effectiveWithinMs
  for (;;) {
    const { effective, seen } = await probe(kubeconfig)
    if (effective) return
    if (performance.now() > deadline) {
      throw new Error(
        `the admission policies took no effect within ${effectiveWithinMs / 1000} s; last: ${seen}`,
      )
    }
    await sleep(pauseMs)
  }
}

/**
 * The API server takes up validating policies, and their bindings, in the order in which they were written. The fence around
 * token Secrets stands last in the last file, so when it holds the others do.
 */
async function isFenced(kubeconfig: string): ReturnType<Probe> {
  const metadata = { name: 'countersign-probe', namespace: 'default' }
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, type: tokenSecretType }
  const { exitCode, errors } = await tryKubectl(dryRun(kubeconfig, secret))
  return { effective: exitCode !== 0 && errors.includes('ValidatingAdmissionPolicy'), seen: errors }
}

async function isStamped(kubeconfig: string): ReturnType<Probe> {
  const metadata = { name: 'countersign-probe', namespace: 'default' }
  const target = { kind: 'Probe', name: 'probe' }
  const spec = { action: 'probe', target, environment: 'probe', summary: 'Is the requester stamped?' }
  const { exitCode, errors } = await tryKubectl(
    dryRun(kubeconfig, { apiVersion, kind: 'ApprovalRequest', metadata, spec }),
  )
  return { effective: exitCode === 0, seen: errors }
}

function dryRun(kubeconfig: string, object: object): KubectlCall {
  return { kubeconfig, args: ['create', '--dry-run=server', '--filename=-'], input: JSON.stringify(object) }
}
