/** One run of one controller: what so many requests cost it, the API server and those who wait. */
import { apiServerUse, since } from '../api-requests.ts'
import type { ApiRequests } from '../api-requests.ts'
import { spreadOf } from '../numbers.ts'
import type { Spread } from '../numbers.ts'
import { benchNamespace } from '../scene.ts'
import type { Scene } from '../scene.ts'
import type { Contender, Provider } from './contenders.ts'
import { profileApiServer } from './profile.ts'
import { runLoad } from './programs.ts'
import type { LoadResult } from './programs.ts'

export type Load = {
  readonly total: number
  readonly atOnce: number
  readonly approvers: number
  readonly requesters: number
}

export type Run = {
  readonly wallSeconds: number
  /** In milliseconds, from creating a request until it is seen to be complete. */
  readonly latency: Spread
  readonly controllerCpuSeconds: number
  readonly apiServerCpuSeconds: number
  readonly peakBytes: number
  readonly requests: ApiRequests
}

/** What the provider counts. */
type Asked = Readonly<Record<'prompts' | 'tokenRequests' | 'early' | 'granted', number>>

const within = '10m'

/**
 * Starts the controller, lets the load do its work, and leaves nothing of it behind.
 * @param logName tells this run's logs apart
 * @throws unless each request was approved by one prompt and one token request: what cost less than that is not compared
 */
export async function measure(scene: Scene, { contender, provider, load, logName }: Measured): Promise<Run> {
  const controller = await contender.start()
  const before = {
    asked: await askedOf(provider),
    api: await apiServerUse(scene.kubeconfig),
    cpu: controller.cpuSeconds(),
  }
  const program = { args: argumentsFor(contender, load), env: { KUBECONFIG: scene.kubeconfig }, logName }
  const profiled = profileApiServer(scene, logName)
  const result = await Promise.race([runLoad(scene, program), controller.failed])
  await profiled
  const controllerCpuSeconds = controller.cpuSeconds() - before.cpu
  const api = await apiServerUse(scene.kubeconfig)
  const peakBytes = controller.residentBytes('Peak')
  assertAlike(contender, load, { result, before: before.asked, after: await askedOf(provider) })
  await controller.stop()
  await removeAll(scene, contender)
  return {
    wallSeconds: result.wallSeconds,
    latency: spreadOf(result.seconds.map((seconds) => 1000 * seconds)),
    controllerCpuSeconds,
    apiServerCpuSeconds: api.cpuSeconds - before.api.cpuSeconds,
    peakBytes,
    requests: since(before.api.requests, api.requests),
  }
}

type Measured = {
  readonly contender: Contender
  readonly provider: Provider
  readonly load: Load
  readonly logName: string
}

function argumentsFor({ resource, template }: Contender, load: Load): readonly string[] {
  return [
    ...[`--resource=${resource}`, `--template=${template}`, `--namespace=${benchNamespace}`],
    ...[`--count=${load.total}`, `--at-once=${load.atOnce}`, `--within=${within}`],
    ...[`--approvers=${load.approvers}`, `--requesters=${load.requesters}`],
  ]
}

async function askedOf({ issuer }: Provider): Promise<Asked> {
  const response = await fetch(`${issuer}/counts`)
  return (await response.json()) as Asked
}

type Exchanged = { readonly result: LoadResult; readonly before: Asked; readonly after: Asked }

function assertAlike({ name }: Contender, { total }: Load, { result, before, after }: Exchanged): void {
  const expected: Asked = { prompts: total, tokenRequests: total, early: 0, granted: total }
  for (const key of Object.keys(expected) as (keyof Asked)[]) {
    const count = after[key] - before[key]
    if (count !== expected[key])
      throw new Error(
        `${name}, ${total} requests: the provider counts ${count} for "${key}", not ${expected[key]}`,
      )
  }
  if (result.reasons.Approved !== total)
    throw new Error(
      `${name}, ${total} requests: they are complete because of ${JSON.stringify(result.reasons)}`,
    )
}

async function removeAll({ admin }: Scene, { path }: Contender): Promise<void> {
  for (const each of [path, `/api/v1/namespaces/${benchNamespace}/secrets`])
    await admin.request({ method: 'DELETE', path: each, timeoutMs: 120_000 })
}
