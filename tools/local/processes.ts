/** The three processes of Countersign, as bundles, each with an identity of its own. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { kubectl } from '../envtest/kubectl.ts'
import { startLeashed } from '../envtest/leashed-process.ts'
import type { LeashedProcess } from '../envtest/leashed-process.ts'
import type { ControlPlane } from '../envtest/start.ts'

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))
export const operatorNamespace = 'countersign-system'

export type Bundle = 'controller' | 'inbox' | 'identity-provider'

export type Start = {
  readonly bundle: Bundle
  readonly args: readonly string[]
  readonly directory: string
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Tells the logs of several processes of one bundle apart. */
  readonly logName?: string
  /** How long it may take until it is ready; 20 s if absent. */
  readonly readyWithinSeconds?: number
}

export type Running = LeashedProcess & { readonly logFile: string; readonly readySeconds: number }

/** As in the Dockerfile, which says why; others by `V8_FLAGS`, to compare. */
function runtimeFlags(): readonly string[] {
  return (process.env.V8_FLAGS ?? '--optimize-for-size').split(' ').filter((flag) => flag !== '')
}

/** Returns once the process has logged that it is ready. */
export async function startBundle(start: Start): Promise<Running> {
  const { bundle, args, directory, env = {}, logName = bundle, readyWithinSeconds } = start
  const startedAt = performance.now()
  const logFile = join(directory, `${logName}.log`)
  const program = process.execPath
  const command = {
    program,
    args: [...runtimeFlags(), `${dist}${bundle}.mjs`, ...usual(bundle), ...args],
    logFile,
  }
  const running = startLeashed({ ...command, directory, env })
  await Promise.race([logged(logFile, isReady, readyWithinSeconds), running.failed])
  return { ...running, logFile, readySeconds: (performance.now() - startedAt) / 1000 }
}

/** Servers on free ports of loopback, as long as `args` do not say otherwise. */
function usual(bundle: Bundle): readonly string[] {
  if (bundle !== 'controller') return []
  return ['health-probe', 'metrics', 'gate', 'ping'].flatMap((server) => [
    `--${server}-bind-address`,
    '127.0.0.1:0',
  ])
}

/** The way to a control plane as its administrator. */
export type Access = Pick<ControlPlane, 'kubeconfig' | 'url' | 'caFile'>

/** A kubeconfig file with a ServiceAccount's token. */
export async function kubeconfigFor(
  controlPlane: Access,
  directory: string,
  account: string,
): Promise<string> {
  const token = await tokenFor(controlPlane, account)
  const [namespace = '', name = ''] = account.split('/')
  const file = join(directory, `${name}.kubeconfig`)
  const cluster = {
    server: controlPlane.url,
    'certificate-authority-data': readFileSync(controlPlane.caFile).toString('base64'),
  }
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'demo', cluster }],
    users: [{ name, user: { token } }],
    contexts: [{ name: 'demo', context: { cluster: 'demo', user: name, namespace } }],
    'current-context': 'demo',
  }
  writeFileSync(file, stringify(kubeconfig), { mode: 0o600 })
  return file
}

/** The first line of a log that `isWanted`. */
export async function logged(
  logFile: string,
  isWanted: (line: LogLine) => boolean,
  withinSeconds = 20,
): Promise<LogLine> {
  const deadline = performance.now() + 1000 * withinSeconds
  for (;;) {
    const line = linesOf(logFile).find(isWanted)
    if (line !== undefined) return line
    if (performance.now() > deadline) throw new Error(`${logFile} does not say what was awaited`)
    await sleep(20)
  }
}

export type LogLine = Readonly<Record<string, unknown>>

/** Every line of a log so far. */
export function linesOf(logFile: string): readonly LogLine[] {
  return readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as LogLine)
}

function isReady({ event, msg }: LogLine): boolean {
  return event === 'Ready' || msg === 'ready'
}

async function tokenFor({ kubeconfig }: Access, account: string): Promise<string> {
  const [namespace = '', name = ''] = account.split('/')
  const token = await kubectl({
    kubeconfig,
    args: ['create', 'token', name, `--namespace=${namespace}`, '--duration=24h'],
  })
  return token.trim()
}
