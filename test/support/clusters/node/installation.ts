/** Countersign installed by Helm on the real node, with the embedded provider and the inbox as Pods. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setDefaultCACertificates } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { helm } from '../../../../tools/chart/helm.ts'
import { chart } from '../../../../tools/chart/render.ts'
import { kubectl } from '../../../../tools/envtest/kubectl.ts'
import { clientsOf } from '../../../../tools/local/embedded-provider.ts'
import { aCertificate } from '../../builders/certificate.ts'
import { wideLimits } from '../../builders/limits.ts'

export const namespace = 'countersign-system'
const host = (component: string): string => `countersign-${component}.${namespace}.svc`
export const issuer = `https://${host('identity-provider')}`
export const inboxUrl = `http://${host('inbox')}`
export const gateUrl = `http://countersign-gate.${namespace}.svc/v1/gates/argo-rollouts`
export const alice = { username: 'alice', password: 'wonderland' }

/** As `test/e2e/node/record.ts` wrote it. */
export const recordedChart = fileURLToPath(new URL('../../../e2e/node/recorded/', import.meta.url))
const examples = fileURLToPath(new URL('../../../../deploy/examples/promote-rollout/', import.meta.url))

/** Short, so that a takeover does not take the test's time. */
export const leaseSeconds = 6
const times = [
  `--lease-seconds=${leaseSeconds}`,
  '--renew-deadline-seconds=4',
  '--retry-seconds=1',
  '--hold-seconds=5',
]
export const values = {
  image: { registry: 'localhost', pullPolicy: 'Never' },
  extraCA: { configMapName: 'company-ca' },
  controller: { extraArgs: times },
  ping: { enabled: true, tlsSecretName: 'ping-tls' },
  inbox: {
    enabled: true,
    issuer,
    publicUrl: inboxUrl,
    clientId: 'inbox',
    clientSecret: { name: 'countersign-inbox-client' },
  },
  identityProvider: {
    enabled: true,
    development: true,
    tlsSecretName: 'identity-provider-tls',
    directory: { secretName: 'identity-provider-directory' },
  },
}

export type Installation = {
  /** As an administrator, in the operator's namespace. */
  readonly kubectl: (...args: readonly string[]) => Promise<string>
  readonly apply: (...objects: readonly object[]) => Promise<void>
  /** Installs the release that was recorded. */
  installRecorded(): Promise<void>
  /** To the chart as it is now, with values that differ by these. */
  upgrade(...set: readonly string[]): Promise<void>
  uninstall(): Promise<void>
  /** The objects of the release, as they are in the cluster. */
  released(): Promise<readonly ClusterObject[]>
  /** Who leads, by its Pod's name and an id of the process; undefined for none. */
  leader(): Promise<string | undefined>
  /** How many prompts about these requests the provider says that it has shown. */
  promptsShown(...names: readonly string[]): Promise<number>
}

export type ClusterObject = {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation?: number
    readonly deletionTimestamp?: string
  }
}

export type Pod = {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string }
  readonly status: {
    readonly conditions: readonly { readonly type: string; readonly lastTransitionTime: string }[]
    readonly containerStatuses: readonly [{ readonly ready: boolean; readonly restartCount: number }]
  }
}

export function installationOn(kubeconfig: string): Installation {
  const run = (args: readonly string[], input = ''): Promise<string> => kubectl({ kubeconfig, args, input })
  const here = `--namespace=${namespace}`
  const [name, ...where] = ['countersign', `--namespace=${namespace}`, '--kubeconfig', kubeconfig]
  const release = [name, ...where]
  const waiting = ['--wait', '--timeout=180s']
  return {
    kubectl: (...args) => run(args.some((arg) => arg.startsWith('--namespace=')) ? args : [here, ...args]),
    apply: async (...objects) => {
      const input = objects.map((object) => JSON.stringify(object)).join('\n---\n')
      await run(['apply', '--server-side', '--filename=-'], input)
    },
    installRecorded: async () => {
      await helm({ args: ['install', name, recordedChart, ...where, ...waiting] })
    },
    upgrade: async (...set) => {
      const given = ['--values=-', ...set.flatMap((value) => ['--set', value])]
      await helm({
        args: ['upgrade', name, chart, ...where, ...waiting, ...given],
        input: JSON.stringify(values),
      })
    },
    uninstall: async () => {
      await helm({ args: ['uninstall', ...release, '--wait', '--timeout=120s'] })
    },
    released: async () => {
      const manifest = await helm({ args: ['get', 'manifest', ...release] })
      return itemsOf(await run([here, 'get', '--filename=-', '--output=json'], manifest))
    },
    leader: async () => {
      const lease = [here, 'get', 'lease', 'countersign-controller']
      const identity = await run([...lease, '--output=jsonpath={.spec.holderIdentity}'])
      return identity === '' ? undefined : identity
    },
    promptsShown: async (...names) => {
      const log = await run([here, 'logs', 'deployment/countersign-identity-provider'])
      return log
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
        .filter(
          ({ event, approvalRequest }) =>
            event === 'PromptShown' && names.includes(String(approvalRequest).split('/')[1] ?? ''),
        ).length
    },
  }
}

function itemsOf(list: string): readonly ClusterObject[] {
  return (JSON.parse(list) as { readonly items: readonly ClusterObject[] }).items
}

/**
 * Everything that the chart expects to be there: a restricted namespace, a certificate, people, clients and their secrets. This
 * process trusts the certificate from now on.
 */
export async function prepare({ apply }: Installation): Promise<void> {
  const { cert: certificate, key } = aCertificate(host('identity-provider'))
  const ping = aCertificate(host('ping'))
  setDefaultCACertificates([certificate])
  const secrets = { agent: secret(), inbox: secret() }
  const people = parse(
    readFileSync(new URL('../../../../tools/local/people.yaml', import.meta.url), 'utf8'),
  ) as object
  const clients = [...clientsOf({ inboxUrl, secrets }), pingedClient(secrets.agent)]
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } })
  await apply(
    aSecret('identity-provider-tls', { 'tls.crt': certificate, 'tls.key': key }),
    aSecret('ping-tls', { 'tls.crt': ping.cert, 'tls.key': ping.key }),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'company-ca', namespace },
      data: { 'ca.crt': certificate + ping.cert },
    },
    aSecret('identity-provider-directory', {
      'people.yaml': JSON.stringify({ ...people, intervalSeconds: 5, clients }),
    }),
    aSecret('countersign-inbox-client', { 'client-secret': secrets.inbox }),
    aSecret('agent-release-bot', { 'client-secret': secrets.agent }),
  )
}

/** The platform engineer's part: where to ask, and who decides. */
export async function applyRules({ apply, kubectl: run }: Installation): Promise<void> {
  await run('apply', '--namespace=demo', '--server-side', `--filename=${examples}1-namespace.yaml`)
  const example = parse(readFileSync(join(examples, '2-identity-provider.yaml'), 'utf8')) as {
    readonly spec: { readonly clients: readonly object[] }
  }
  const [client] = example.spec.clients
  // Whoever asks, so that a test can ask as many.
  const clients = [{ ...client, requesters: undefined }]
  await apply({ ...example, spec: { ...example.spec, issuer, allowInsecureHTTP: undefined, clients } })
  await run('apply', '--server-side', `--filename=${examples}3-approval-policy.yaml`)
  // Each test asks the same person.
  const patch = JSON.stringify({ spec: { limits: wideLimits, match: { requesters: null } } })
  await run('patch', 'apol/prod-promotions', '--type=merge', `--patch=${patch}`)
  const group = 'rbac.authorization.k8s.io'
  await apply({
    apiVersion: `${group}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'everyone-asks', namespace: 'demo' },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'edit' },
    subjects: [{ apiGroup: group, kind: 'Group', name: 'system:authenticated' }],
  })
}

/** Scaling out is asked by another client, which the provider pings; the kinds must know delivery by ping. */
export async function applyPinging({ apply, kubectl: run }: Installation): Promise<void> {
  const provider = JSON.parse(await run('get', 'idp/embedded', '--output=json')) as PollingProvider
  const clients = provider.spec.clients.map((client) => ({ ...client, clientID: 'agent-scaling-bot' }))
  const policy = JSON.parse(await run('get', 'apol/prod-promotions', '--output=json')) as PromotionPolicy
  const { apiVersion } = provider
  await apply(
    {
      ...{ apiVersion, kind: 'IdentityProvider', metadata: { name: 'pinging' } },
      spec: { ...provider.spec, delivery: 'Ping', clients },
    },
    {
      ...{ apiVersion, kind: 'ApprovalPolicy', metadata: { name: 'scaling' } },
      spec: {
        ...policy.spec,
        match: { ...policy.spec.match, actions: ['scale-out'] },
        identityProvider: 'pinging',
      },
    },
  )
}

type PollingProvider = {
  readonly apiVersion: string
  readonly spec: { readonly clients: readonly object[] }
}

type PromotionPolicy = { readonly spec: { readonly match: object } }

/** As the provider's file has it. */
function pingedClient(clientSecret: string): object {
  return {
    ...{ kind: 'Ciba', client_id: 'agent-scaling-bot', client_secret: clientSecret },
    ...{ scopes: ['rollouts:promote'], notification_endpoint: `https://${host('ping')}/v1/ping` },
  }
}

function secret(): string {
  return randomBytes(24).toString('base64url')
}

function aSecret(name: string, stringData: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData }
}
