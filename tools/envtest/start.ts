/** Starts etcd and kube-apiserver on free loopback ports: a real control plane without nodes. */
import { generateKeyPair, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { stringify } from 'yaml'
import { awaitReady } from './await-ready.ts'
import { requireBinary } from './binaries.ts'
import { freePort } from './free-port.ts'
import { ProgramEndedError, startLeashed } from './leashed-process.ts'
import type { Command, LeashedProcess } from './leashed-process.ts'

const startTimeoutMs = 60_000
const attempts = 3
const loopback = '127.0.0.1'

export type ControlPlane = {
  /** File with the credentials of an administrator. */
  readonly kubeconfig: string
  readonly url: string
  readonly etcdUrl: string
  readonly caFile: string
  readonly adminToken: string
  /** Signs ServiceAccounts' tokens. */
  readonly serviceAccountKeyFile: string
  /** Kills the API server and starts it again, at the same address and with the same data. */
  restartApiServer(): Promise<void>
  /** Stops both programs, and starts them again at the same addresses with the data that `replace` has put into the directory. */
  replaceData(replace: (dataDirectory: string) => Promise<void>): Promise<void>
  /** Ends both programs and removes the directory. */
  stop(): Promise<void>
}

export type ControlPlaneOptions = {
  /** For data, keys and logs. It belongs to the control plane, which removes it at the end. */
  readonly directory: string
  /** File that gets one line of JSON for each request, with what admission policies have to say about it. */
  readonly auditLog?: string | undefined
  /** Where the API server listens; loopback if absent. */
  readonly address?: string
}

/** Returns once `/readyz` answers. When this process dies, the control plane goes with it. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options)
    } catch (error) {
      // A free port that was picked may be taken before the program listens on it.
      const portTaken = error instanceof ProgramEndedError && error.message.includes('address already in use')
      if (!portTaken || attempt === attempts) throw error
    }
  }
}

async function startOnce(options: ControlPlaneOptions): Promise<ControlPlane> {
  const programs: LeashedProcess[] = []
  const stop = async (): Promise<void> => {
    // The API server needs etcd to shut down.
    for (const program of programs.toReversed()) await program.stop()
    rmSync(options.directory, { recursive: true, force: true })
  }
  const run: Run = async (command, readiness) => {
    const program = startLeashed(command)
    programs.push(program)
    const ready = awaitReady({ ...readiness, signal: AbortSignal.timeout(startTimeoutMs) })
    await Promise.race([ready, program.failed])
    return program
  }
  try {
    return { ...(await startPrograms(options, run)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Readiness = { readonly url: string; readonly caFile?: string }
type Run = (command: Command, readiness: Readiness) => Promise<LeashedProcess>

async function startPrograms(
  { directory, address = loopback, auditLog }: ControlPlaneOptions,
  run: Run,
): Promise<Omit<ControlPlane, 'stop'>> {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const etcdUrl = `http://${loopback}:${await freePort()}`
  const securePort = await freePort()
  const url = `https://${address}:${securePort}`
  const caFile = join(directory, 'apiserver.crt')
  const adminToken = randomBytes(24).toString('base64url')

  const runEtcd = (): Promise<LeashedProcess> => run(etcd(directory, etcdUrl), { url: `${etcdUrl}/health` })
  let [database] = await Promise.all([runEtcd(), writeKeys(directory, adminToken)])
  const runApiServer = (): Promise<LeashedProcess> =>
    run(apiServer({ directory, address, etcdUrl, securePort, auditLog }), { url: `${url}/readyz`, caFile })
  let running = await runApiServer()
  const restartApiServer = async (): Promise<void> => {
    await running.kill()
    running = await runApiServer()
  }
  const replaceData: ControlPlane['replaceData'] = async (replace) => {
    await running.kill()
    await database.stop()
    await replace(dataIn(directory))
    database = await runEtcd()
    running = await runApiServer()
  }
  const kubeconfig = writeKubeconfig({ directory, url, caFile, adminToken })
  const serviceAccountKeyFile = serviceAccountKeyIn(directory)
  return {
    url,
    etcdUrl,
    caFile,
    adminToken,
    kubeconfig,
    serviceAccountKeyFile,
    restartApiServer,
    replaceData,
  }
}

function etcd(directory: string, url: string): Command {
  const flags = {
    'data-dir': dataIn(directory),
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': 'http://127.0.0.1:0',
    // The only member elects itself after one election timeout.
    'heartbeat-interval': '10',
    'election-timeout': '100',
    'unsafe-no-fsync': 'true',
  }
  return {
    program: requireBinary('etcd'),
    args: asArguments(flags),
    directory,
    logFile: join(directory, 'etcd.log'),
  }
}

type ApiServer = ControlPlaneOptions & {
  readonly address: string
  readonly etcdUrl: string
  readonly securePort: number
}

function apiServer({ directory, address, etcdUrl, securePort, auditLog }: ApiServer): Command {
  const flags = {
    'etcd-servers': etcdUrl,
    'secure-port': securePort.toString(),
    'bind-address': address,
    // Without a certificate it makes its own, which is its CA as well: apiserver.crt.
    'cert-dir': directory,
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': serviceAccountKeyIn(directory),
    'service-account-signing-key-file': serviceAccountKeyIn(directory),
    'token-auth-file': join(directory, 'tokens.csv'),
    'authorization-mode': 'RBAC',
    // Of both families, so that Services of either are taken.
    'service-cluster-ip-range': '10.0.0.0/24,fd00:10::/112',
    ...(auditLog === undefined ? {} : auditing(directory, auditLog)),
  }
  return {
    program: requireBinary('kube-apiserver'),
    args: asArguments(flags),
    // The data must outlive it.
    directory: join(directory, 'kube-apiserver'),
    logFile: join(directory, 'kube-apiserver.log'),
  }
}

function auditing(directory: string, auditLog: string): Readonly<Record<string, string>> {
  const policy = join(directory, 'audit-policy.yaml')
  const rules = [{ level: 'Metadata', omitStages: ['RequestReceived'] }]
  writeFileSync(policy, stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }))
  return { 'audit-policy-file': policy, 'audit-log-path': auditLog }
}

function dataIn(directory: string): string {
  return join(directory, 'etcd')
}

function serviceAccountKeyIn(directory: string): string {
  return join(directory, 'service-account.key')
}

function asArguments(flags: Readonly<Record<string, string>>): string[] {
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
}

async function writeKeys(directory: string, adminToken: string): Promise<void> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  writeFileSync(serviceAccountKeyIn(directory), pem, { mode: 0o600 })
  writeFileSync(join(directory, 'tokens.csv'), `${adminToken},admin,admin,system:masters\n`, { mode: 0o600 })
}

type Access = Pick<ControlPlane, 'url' | 'caFile' | 'adminToken'> & { readonly directory: string }

function writeKubeconfig({ directory, url, caFile, adminToken }: Access): string {
  const file = join(directory, 'kubeconfig')
  const name = 'countersign'
  const cluster = { server: url, 'certificate-authority-data': readFileSync(caFile).toString('base64') }
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name, user: { token: adminToken } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  }
  writeFileSync(file, stringify(kubeconfig), { mode: 0o600 })
  return file
}
