/** Countersign as it is shipped with the real Keycloak; both it and the inbox can be out of reach for a while. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { freePort } from '../../../tools/envtest/free-port.ts'
import { install } from '../../../tools/envtest/install.ts'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { startControlPlane } from '../../../tools/envtest/start.ts'
import type { ControlPlane } from '../../../tools/envtest/start.ts'
import { agentWith, exampleManifest } from '../../../tools/local/agent.ts'
import { kubeconfigFor, linesOf, operatorNamespace, startBundle } from '../../../tools/local/processes.ts'
import type { Running } from '../../../tools/local/processes.ts'
import { startKeycloak } from '../../../tools/keycloak/start.ts'
import type { Realm } from '../../../tools/keycloak/start.ts'
import type {
  ApprovalRequest,
  ApprovalRequestSpec,
  ApproverGroup,
  IdentityProvider,
  Secret,
} from '../../../src/api/objects.ts'
import { credentialsFrom } from '../../../src/kubernetes/client/credentials.ts'
import { kinds } from '../../../src/kubernetes/client/kinds.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import type { KubernetesResource } from '../../../src/kubernetes/client/resource.ts'
import { createTransport } from '../../../src/kubernetes/client/transport.ts'
import { startBalancer } from '../fakes/network/balancer.ts'
import type { Balancer } from '../fakes/network/balancer.ts'
import { aClientKey } from '../builders/client-key.ts'
import { replicasOf } from './replica.ts'
import type { Replicas } from './replica.ts'
import { watchRequests } from '../assertions/request-watch.ts'
import type { RequestWatch } from '../assertions/request-watch.ts'

const files = fileURLToPath(new URL('../../../deploy/', import.meta.url))

export const passwords = { alice: 'wonderland', bob: 'cheshire' } as const

export type KeycloakLab = Pick<RequestWatch, 'until'> & {
  readonly issuer: string
  readonly inboxUrl: string
  /** The private JWK of the agent's client. */
  readonly agentKey: string
  readonly providers: KubernetesResource<IdentityProvider>
  readonly groups: KubernetesResource<ApproverGroup>
  /** As the administrator: the agent may read the token of the founding example only. */
  readonly secrets: KubernetesResource<Secret>
  readonly controllers: Replicas
  /** As the administrator. */
  apply(object: object): Promise<void>
  /** A file of `deploy/keycloak`. */
  shipped(name: string): object
  /** The agent applies the founding example under another name, with these changes. */
  ask(name: string, changes?: Partial<ApprovalRequestSpec>): Promise<void>
  /** Ends all connections to Keycloak and refuses new ones, or lets them through again. */
  keycloakIs(where: 'Away' | 'There'): void
  /** The same for the controller's notification endpoint. */
  pingsAre(what: 'Lost' | 'Brought'): void
  /** How often Keycloak's token endpoint was asked for an answer. */
  tokenRequests(): number
  /** How many requests found Keycloak away. */
  turnedAway(): number
  /** How many prompts about this request Keycloak has brought to the inbox. */
  promptsFor(name: string): number
  restartInbox(): Promise<void>
  stop(): Promise<void>
}

/** @param change changes the realm's file before Keycloak imports it */
export async function startKeycloakLab(change?: (realm: Realm) => Realm): Promise<KeycloakLab> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-keycloak-'))
  const closers: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })]
  const stop = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close()
  }
  try {
    return { ...(await start({ directory, closers, change })), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Closers = (() => Promise<unknown>)[]

type Starting = {
  readonly directory: string
  readonly closers: Closers
  readonly change: ((realm: Realm) => Realm) | undefined
}

async function start({ directory, closers, change }: Starting): Promise<Omit<KeycloakLab, 'stop'>> {
  let tokenRequests = 0
  const front = await startBalancer((body) => {
    if (new URLSearchParams(body).has('auth_req_id')) tokenRequests += 1
  })
  const [inboxFront, pingFront] = [await startBalancer(), await startBalancer()]
  for (const each of [front, inboxFront, pingFront]) closers.push(() => each.close())
  const key = await aClientKey('ES256', { kid: 'agent-1', alg: 'ES256' })
  const keycloakDirectory = join(directory, 'keycloak')
  mkdirSync(keycloakDirectory)
  const port = await freePort()
  const [keycloak, controlPlane] = await Promise.all([
    startKeycloak({
      ...{ port, url: front.url, inboxUrl: inboxFront.url, agentKey: key.publicJwk, passwords },
      pingUrl: `${pingFront.url}/v1/ping`,
      change,
      ...{ inboxSecret, directory: keycloakDirectory, logFile: join(directory, 'keycloak.log') },
    }),
    prepared(directory, key.secret),
  ])
  closers.push(
    () => keycloak.stop(),
    () => controlPlane.stop(),
  )
  const there = [`http://127.0.0.1:${port}`]
  front.forwardTo(there)
  const issuer = `${front.url}/realms/company`
  const inbox = await inboxAt({ controlPlane, directory, issuer, front: inboxFront })
  closers.push(() => inbox.stop())
  const controllerConfig = await kubeconfigFor(
    controlPlane,
    directory,
    `${operatorNamespace}/countersign-controller`,
  )
  const pingPort = await freePort()
  const pingAt = [`http://127.0.0.1:${pingPort}`]
  pingFront.forwardTo(pingAt)
  const controllers = replicasOf({
    startController: ({ args = [], ...how } = {}) =>
      startBundle({
        ...{ bundle: 'controller', directory, ...how },
        args: ['--kubeconfig', controllerConfig, '--ping-bind-address', `127.0.0.1:${pingPort}`, ...args],
      }),
  })
  closers.push(() => controllers.stop())
  const admin = createTransport(credentialsFrom(controlPlane.kubeconfig))
  closers.push(() => admin.close())
  const watch = await watchRequests(admin)
  closers.push(() => watch.stop())
  const agent = agentWith(await kubeconfigFor(controlPlane, directory, 'demo/agent-release-bot'))
  return {
    ...watch,
    ...{ issuer, controllers },
    ...{ inboxUrl: inboxFront.url, agentKey: key.secret },
    providers: resource(admin, kinds.identityProviders),
    groups: resource(admin, kinds.approverGroups),
    secrets: resource(admin, kinds.secrets),
    apply: (object) => applied(controlPlane, object),
    shipped,
    ask: (name, changes) => agent.apply(JSON.stringify(example(name, changes))),
    keycloakIs: (where) => {
      front.forwardTo(where === 'There' ? there : [])
    },
    pingsAre: (what) => {
      pingFront.forwardTo(what === 'Brought' ? pingAt : [])
    },
    tokenRequests: () => tokenRequests,
    turnedAway: () => front.turnedAway(),
    promptsFor: (name) =>
      inbox.log().filter((line) => line.msg === 'prompt received' && line.name === name).length,
    restartInbox: () => inbox.restart(),
  }
}

const inboxSecret = 'of-the-inbox'

/** With Countersign's kinds and policies, the agent's namespace and its key. */
async function prepared(directory: string, agentKey: string): Promise<ControlPlane> {
  const controlPlane = await startControlPlane({ directory: join(directory, 'control-plane') })
  try {
    await install(controlPlane.kubeconfig)
    const { kubeconfig } = controlPlane
    const namespace = `--filename=${files}examples/promote-rollout/1-namespace.yaml`
    await kubectl({ kubeconfig, args: ['apply', '--server-side', namespace] })
    await applied(controlPlane, keySecret('agent-release-bot-key', agentKey))
    return controlPlane
  } catch (error) {
    await controlPlane.stop()
    throw error
  }
}

/** A client's private key, where the operator reads it. */
export function keySecret(name: string, key: string): object {
  const metadata = { name, namespace: operatorNamespace }
  return { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { 'private.jwk': key } }
}

async function applied({ kubeconfig }: ControlPlane, object: object): Promise<void> {
  const args = ['apply', '--server-side', '--force-conflicts', '--filename=-']
  await kubectl({ kubeconfig, args, input: JSON.stringify(object) })
}

function shipped(name: string): object {
  return parse(readFileSync(`${files}keycloak/${name}`, 'utf8')) as object
}

function example(name: string, changes: Partial<ApprovalRequestSpec> = {}): ApprovalRequest {
  const { metadata, spec, ...rest } = parse(exampleManifest()) as ApprovalRequest
  const target = { ...spec.target, name }
  return { ...rest, metadata: { ...metadata, name }, spec: { ...spec, target, ...changes } }
}

type InboxParts = {
  readonly controlPlane: ControlPlane
  readonly directory: string
  readonly issuer: string
  readonly front: Balancer
}

async function inboxAt({ controlPlane, directory, issuer, front }: InboxParts) {
  const kubeconfig = await kubeconfigFor(controlPlane, directory, `${operatorNamespace}/countersign-inbox`)
  const logFiles: string[] = []
  const secretFile = join(directory, 'inbox-secret')
  writeFileSync(secretFile, inboxSecret, { mode: 0o600 })
  const start = async (count: number): Promise<Running> => {
    const port = await freePort()
    const args = [
      ...['--kubeconfig', kubeconfig, '--issuer', issuer, '--allow-insecure-http'],
      ...['--client-id', 'countersign-inbox', '--client-secret-file', secretFile],
      ...['--public-url', front.url, '--port', String(port)],
    ]
    const running = await startBundle({ bundle: 'inbox', args, directory, logName: `inbox-${count}` })
    logFiles.push(running.logFile)
    front.forwardTo([`http://127.0.0.1:${port}`])
    return running
  }
  let count = 1
  let running = await start(count)
  return {
    stop: () => running.stop(),
    log: () => logFiles.flatMap(linesOf),
    async restart(): Promise<void> {
      front.forwardTo([])
      await running.stop()
      running = await start((count += 1))
    },
  }
}
