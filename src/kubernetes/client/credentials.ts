import type { RequestOptions } from 'node:https'
import { delimiter } from 'node:path'
// The deep path loads only what reading a kubeconfig needs, not the generated client of every API.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'

/** TLS options as `node:tls` takes them; only what a kubeconfig can say. */
export type TlsOptions = Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'>

/** Where the API server is and how to authenticate there. The headers hold a secret: never log them. */
export type Credentials = {
  readonly server: URL
  readonly headers: Readonly<Record<string, string>>
  readonly tls: TlsOptions
}

/** Credentials that change under a running process: projected tokens rotate, certificates are renewed. */
export interface CredentialSource {
  current(): Promise<Credentials>
  /** Forgets what was read, so that the next `current` reads the files again. */
  reload(): void
}

/**
 * The credentials of a kubeconfig (a path, or several as in `KUBECONFIG`), or those of the Pod's ServiceAccount.
 * Files are read again every minute, and once the API server refuses what they say.
 * @throws when there is neither
 */
export function credentialsFrom(
  kubeconfig: string | undefined,
  nowMs: () => number = () => performance.now(),
): CredentialSource {
  let config = load(kubeconfig)
  let known: { readonly credentials: Promise<Credentials>; readonly readMs: number } | undefined
  return {
    current: () => {
      // Each reading reads the files of CA and certificate, which no call may wait for.
      if (known === undefined || nowMs() - known.readMs >= keptMs) {
        const credentials = credentialsOf(config)
        known = { credentials, readMs: nowMs() }
        credentials.catch(() => (known = undefined))
      }
      return known.credentials
    },
    reload: () => {
      config = load(kubeconfig)
      known = undefined
    },
  }
}

const keptMs = 60_000

function load(kubeconfig: string | undefined): KubeConfig {
  const config = new KubeConfig()
  const [first, ...others] = kubeconfig?.split(delimiter).filter((path) => path !== '') ?? []
  if (first !== undefined) {
    config.loadFromFile(first)
    for (const path of others) config.mergeConfig(fromFile(path), true)
  } else if (process.env.KUBERNETES_SERVICE_HOST !== undefined) {
    config.loadFromCluster()
  } else {
    throw new Error('No cluster: this is not a Pod, so name a kubeconfig (KUBECONFIG).')
  }
  return config
}

function fromFile(path: string): KubeConfig {
  const config = new KubeConfig()
  config.loadFromFile(path)
  return config
}

async function credentialsOf(config: KubeConfig): Promise<Credentials> {
  const cluster = config.getCurrentCluster()
  if (cluster === null) throw new Error('The kubeconfig has no current context with a cluster.')
  const options: RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  const { ca, cert, key, rejectUnauthorized, servername } = options
  const tls = { ca, cert, key, rejectUnauthorized, servername }
  return {
    server: new URL(cluster.server),
    headers: Object.fromEntries(
      Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value)]),
    ),
    tls: Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)),
  }
}
