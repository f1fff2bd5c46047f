/** Everything that the demo runs: control plane, embedded OpenID Provider, inbox, controller; and the founding example. */
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { freePort } from '../envtest/free-port.ts'
import { install } from '../envtest/install.ts'
import { kubectl } from '../envtest/kubectl.ts'
import { startControlPlane } from '../envtest/start.ts'
import type { ControlPlane } from '../envtest/start.ts'
import { startProvider } from './embedded-provider.ts'
import type { DirectoryPerson, Person } from './embedded-provider.ts'
import { kubeconfigFor, operatorNamespace, startBundle } from './processes.ts'
import type { Running, Start } from './processes.ts'

const examples = fileURLToPath(new URL('../../deploy/examples/', import.meta.url))
const host = '127.0.0.1'

export type Cluster = ClusterWithoutController & {
  readonly controllerLog: string
  /** Ends the controller as a rolling update would, and starts it anew. */
  restartController(): Promise<void>
}

export type ClusterWithoutController = {
  readonly controlPlane: ControlPlane
  readonly issuer: string
  readonly inboxUrl: string
  readonly people: readonly Person[]
  /** The one that runs from the start. */
  readonly inbox: Running
  /** Starts another replica, or one in the place of one that has ended; whoever does ends it. */
  startInbox(replica: InboxReplica): Promise<Running>
  /** Starts one; whoever has several ends each by itself. */
  startController(options?: ControllerOptions): Promise<Running>
  stop(): Promise<void>
}

export type ControllerOptions = {
  /** Added to its command line. */
  readonly args?: readonly string[]
} & Pick<Start, 'env' | 'logName'>

export type InboxReplica = { readonly port: number } & Pick<Start, 'logName'>

export type ClusterOptions = {
  /** Clients of the provider besides the agent's and the inbox's, as its file has them. */
  readonly clients?: readonly object[]
  /** People besides those of people.yaml. */
  readonly people?: readonly DirectoryPerson[]
  /** Where the provider pings the agent's client; without, it is polled. */
  readonly notificationEndpoint?: string
  /** By which address everyone reaches the provider, for something that stands in between. */
  readonly issuerFor?: (address: string) => string
  /** The same for the inbox. */
  readonly inboxUrlFor?: (address: string) => string
  /** Added to the inbox's command line. */
  readonly inboxArgs?: readonly string[]
}

/** Ports are chosen beforehand, since provider and inbox name each other. */
type Addresses = {
  readonly issuer: string
  readonly issuerPort: number
  readonly inboxUrl: string
  readonly inboxPort: number
}

/** Told of each step as it is done, and of its details. */
export type Tell = (what: string, details: string) => void

/** Returns once everything is ready and the rules are applied. */
export async function startCluster(
  directory: string,
  tell: Tell,
  options: ClusterOptions = {},
): Promise<Cluster> {
  const cluster = await startWithoutController(directory, tell, options)
  let controller: Running | undefined
  const stop = async (): Promise<void> => {
    await controller?.stop()
    await cluster.stop()
  }
  try {
    controller = await cluster.startController()
    tell('countersign', `controller ready in ${controller.readySeconds.toFixed(1)} s`)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    ...cluster,
    controllerLog: controller.logFile,
    restartController: async () => {
      await controller?.stop()
      controller = await cluster.startController()
    },
    stop,
  }
}

/** Everything but the controller, for who starts and ends it again and again. */
export async function startWithoutController(
  directory: string,
  tell: Tell,
  options: ClusterOptions = {},
): Promise<ClusterWithoutController> {
  const running: Pick<Running, 'stop'>[] = []
  const stop = async (): Promise<void> => {
    for (const process of running.toReversed()) await process.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    return { ...(await startAll({ directory, running, tell, options })), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Starting = {
  readonly directory: string
  readonly running: Pick<Running, 'stop'>[]
  readonly tell: Tell
  readonly options: ClusterOptions
}

async function startAll(starting: Starting): Promise<Omit<ClusterWithoutController, 'stop'>> {
  const { directory, running, tell, options } = starting
  const controlPlane = await startControlPlane({ directory: join(directory, 'control-plane') })
  running.push(controlPlane)
  const { kubeconfig } = controlPlane
  const version = JSON.parse(await kubectl({ kubeconfig, args: ['get', '--raw', '/version'] })) as {
    gitVersion: string
  }
  tell('control plane', `kube-apiserver ${version.gitVersion.slice(1)}, etcd; KUBECONFIG=${kubeconfig}`)
  await install(kubeconfig)
  await kubectl({
    kubeconfig,
    args: ['apply', '--server-side', `--filename=${examples}promote-rollout/1-namespace.yaml`],
  })

  const addresses = await chooseAddresses(options)
  const secrets = {
    agent: randomBytes(24).toString('base64url'),
    inbox: randomBytes(24).toString('base64url'),
  }
  await storeClientSecret(kubeconfig, secrets.agent)
  const { issuer, issuerPort: port, inboxUrl } = addresses
  const { clients = [], people = [], notificationEndpoint } = options
  const provider = await startProvider(directory, {
    ...{ issuer, host, port, inboxUrl, secrets, clients, people, notificationEndpoint },
  })
  running.push(provider.process)
  tell(
    'identity',
    `embedded OpenID Provider on ${addresses.issuer}, people: ${provider.people.map(({ username }) => username).join(', ')}`,
  )

  const inboxKubeconfig = await kubeconfigFor(
    controlPlane,
    directory,
    `${operatorNamespace}/countersign-inbox`,
  )
  const inboxOptions = { ...addresses, secret: secrets.inbox, kubeconfig: inboxKubeconfig, ...options }
  const startAnInbox = (replica: InboxReplica): Promise<Running> =>
    startInbox(directory, inboxOptions, replica)
  const inbox = await startAnInbox({ port: addresses.inboxPort })
  running.push(inbox)
  const controllerKubeconfig = await kubeconfigFor(
    controlPlane,
    directory,
    `${operatorNamespace}/countersign-controller`,
  )
  await applyRules(kubeconfig, addresses.issuer)
  return {
    controlPlane,
    issuer: addresses.issuer,
    inboxUrl: addresses.inboxUrl,
    people: provider.people,
    inbox,
    startInbox: startAnInbox,
    startController: ({ args = [], ...how } = {}) => {
      const flags = ['--kubeconfig', controllerKubeconfig, ...args]
      return startBundle({ bundle: 'controller', args: flags, directory, ...how })
    },
  }
}

async function chooseAddresses(options: ClusterOptions): Promise<Addresses> {
  const { issuerFor = unchanged, inboxUrlFor = unchanged } = options
  const [issuerPort, inboxPort] = [await freePort(), await freePort()]
  return {
    issuerPort,
    inboxPort,
    issuer: issuerFor(`http://${host}:${issuerPort}`),
    inboxUrl: inboxUrlFor(`http://${host}:${inboxPort}`),
  }
}

function unchanged(address: string): string {
  return address
}

async function storeClientSecret(kubeconfig: string, secret: string): Promise<void> {
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'agent-release-bot', namespace: operatorNamespace },
    stringData: { 'client-secret': secret },
  }
  await kubectl({
    kubeconfig,
    args: ['apply', '--server-side', '--filename=-'],
    input: JSON.stringify(object),
  })
}

type InboxOptions = Addresses &
  Pick<ClusterOptions, 'inboxArgs'> & { readonly secret: string; readonly kubeconfig: string }

async function startInbox(
  directory: string,
  options: InboxOptions,
  { port, ...how }: InboxReplica,
): Promise<Running> {
  const secretFile = join(directory, 'inbox-secret')
  writeFileSync(secretFile, options.secret, { mode: 0o600 })
  const args = [
    ...['--kubeconfig', options.kubeconfig, '--issuer', options.issuer, '--allow-insecure-http'],
    ...['--client-id', 'inbox', '--client-secret-file', secretFile],
    ...['--public-url', options.inboxUrl, '--host', host, '--port', String(port)],
    ...(options.inboxArgs ?? []),
  ]
  return startBundle({ bundle: 'inbox', args, directory, ...how })
}

/** The platform engineer's part: where to ask, and who decides. */
async function applyRules(kubeconfig: string, issuer: string): Promise<void> {
  const provider = parse(readFileSync(`${examples}promote-rollout/2-identity-provider.yaml`, 'utf8')) as {
    spec: object
  }
  const input = stringify({ ...provider, spec: { ...provider.spec, issuer } })
  await kubectl({ kubeconfig, args: ['apply', '--server-side', '--filename=-'], input })
  await kubectl({
    kubeconfig,
    args: ['apply', '--server-side', `--filename=${examples}promote-rollout/3-approval-policy.yaml`],
  })
}
