/** What the chart renders, by kind and name. */
import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { helm } from '../../../tools/chart/helm.ts'
import { chart, identityOf, render } from '../../../tools/chart/render.ts'
import type { Rendering, KubernetesObject } from '../../../tools/chart/render.ts'

/** Turns on everything that is off, so that every template renders. */
export const everything = {
  commonLabels: { team: 'platform' },
  imagePullSecrets: [{ name: 'registry' }],
  extraCA: { configMapName: 'company-ca' },
  gate: { tls: 'Insecure', issuerRef: { name: 'company' } },
  ping: {
    enabled: true,
    host: 'countersign.company.com',
    issuerRef: { name: 'company' },
    ingress: { enabled: true, className: 'nginx', tlsSecretName: 'ping-public-tls' },
    httpRoute: { enabled: true, parentRefs: [{ name: 'gateway' }] },
  },
  networkPolicy: { pingFrom: [{ ipBlock: { cidr: '192.0.2.0/24' } }] },
  argoRollouts: { templates: { enabled: true }, enforcement: { enabled: true } },
  monitoring: {
    podMonitor: { enabled: true },
    serviceMonitor: { enabled: true },
    prometheusRule: { enabled: true },
    dashboard: { enabled: true },
  },
  controller: { priorityClassName: 'system-cluster-critical', podAnnotations: { note: 'yes' } },
  inbox: {
    enabled: true,
    issuer: 'https://sso.company.com/realms/prod',
    publicUrl: 'https://approve.company.com',
    clientId: 'countersign-inbox',
    clientSecret: { name: 'countersign-inbox-client' },
    ingress: { enabled: true, className: 'nginx', tlsSecretName: 'approve-tls' },
    httpRoute: { enabled: true, parentRefs: [{ name: 'gateway' }] },
    allowedFrom: [{ namespaceSelector: {} }],
  },
  identityProvider: {
    enabled: true,
    development: true,
    issuerRef: { name: 'company' },
    directory: { secretName: 'identity-provider-directory' },
  },
}

const examples = globSync(`${chart}examples/*.yaml`).map((path) => `examples/${basename(path)}`)

/** With what a user may begin. */
export const renderings: readonly (readonly [name: string, rendering: Rendering])[] = [
  ['the defaults', {}],
  ['everything that can be turned on', { values: everything }],
  ...examples.map((file) => [file, { valuesFiles: [file] }] as const),
]

/** Kinds that other projects bring; a cluster without them refuses their objects whatever they hold. */
export function isOfNeighbour({ apiVersion }: KubernetesObject): boolean {
  return /^(gateway\.networking\.k8s\.io|monitoring\.coreos\.com|argoproj\.io|cert-manager\.io)\//.test(
    apiVersion,
  )
}

export type Workload = KubernetesObject & {
  readonly spec: {
    readonly replicas: number
    readonly template: { readonly metadata: object; readonly spec: PodSpec }
  }
}

export type PodSpec = {
  readonly serviceAccountName?: string
  readonly containers: readonly [Container]
  readonly priorityClassName?: string
  readonly securityContext: object
  readonly volumes?: readonly object[]
}

type Container = {
  readonly image: string
  readonly args: readonly string[]
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
}

export type Role = KubernetesObject & { readonly rules: readonly Rule[] }

export type Rule = {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

/** Identity (`Kind/namespace/name`) → object. */
export async function rendered(rendering: Rendering = {}): Promise<ReadonlyMap<string, KubernetesObject>> {
  return new Map((await render(rendering)).map(({ object }) => [identityOf(object), object]))
}

export async function workloads(rendering: Rendering = {}): Promise<readonly Workload[]> {
  // Earned by the kind: the API server takes them for Deployments in test/integration/chart.
  return [...(await rendered(rendering)).values()].filter(({ kind }) => kind === 'Deployment') as Workload[]
}

export async function roles(rendering: Rendering = {}): Promise<readonly Role[]> {
  const isRole = ({ kind }: KubernetesObject): boolean => kind === 'Role' || kind === 'ClusterRole'
  return [...(await rendered(rendering)).values()].filter(isRole) as Role[]
}

/** What `helm install` prints at its end, without a cluster. */
export async function notes(set: readonly string[] = [], values: object = {}): Promise<string> {
  const output = await helm({
    args: [
      ...['install', 'countersign', chart, '--namespace=countersign-system', '--dry-run=client'],
      ...['--values=-', ...set.flatMap((value) => ['--set', value])],
    ],
    input: JSON.stringify(values),
  })
  return output.slice(output.indexOf('NOTES:'))
}
