/** The programs in Go beside this file, each started with the scene's directory for its log. */
import { join } from 'node:path'
import { requireBinary } from '../../../tools/envtest/binaries.ts'
import { startLeashed } from '../../../tools/envtest/leashed-process.ts'
import { linesOf, logged } from '../../../tools/local/processes.ts'
import type { LogLine, Running } from '../../../tools/local/processes.ts'
import type { Scene } from '../scene.ts'

export type Program = {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Tells the logs of several processes of one program apart. */
  readonly logName: string
}

/** A program that has said that it is ready. */
export type Started = Running & { readonly said: LogLine }

/** Returns once the program has said that it is ready. It is ended with the scene. */
export async function startServer(
  scene: Scene,
  name: 'peer-controller' | 'peer-provider',
  program: Program,
): Promise<Started> {
  const startedAt = performance.now()
  const { running, logFile } = start(scene, name, program)
  const said = await Promise.race([logged(logFile, ({ msg }) => msg === 'ready'), running.failed])
  const readySeconds = (performance.now() - startedAt) / 1000
  const started = { ...running, logFile, readySeconds, said }
  await scene.startProvider(() => Promise.resolve(started))
  return started
}

/** What `load` found out. */
export type LoadResult = {
  /** Until the last object was created. */
  readonly createdSeconds: number
  /** Until the last object was complete. */
  readonly wallSeconds: number
  /** One entry for each object: from before its creation until the watch showed that it is complete. */
  readonly seconds: readonly number[]
  /** Reason of the condition Complete → how many objects. */
  readonly reasons: Readonly<Record<string, number>>
}

/** Returns once every object is complete; throws what the program says if one of them is not in time. */
export async function runLoad(scene: Scene, program: Program): Promise<LoadResult> {
  const { running, logFile } = start(scene, 'peer-load', program)
  if ((await running.ended) !== 0) return running.failed
  const result = linesOf(logFile).at(-1)
  if (result === undefined) throw new Error('the load says nothing')
  return result as LoadResult
}

type Name = 'peer-controller' | 'peer-load' | 'peer-provider'

function start(
  { directory }: Scene,
  name: Name,
  { args, env = {}, logName }: Program,
): { readonly running: ReturnType<typeof startLeashed>; readonly logFile: string } {
  const logFile = join(directory, `${name}-${logName}.log`)
  return { running: startLeashed({ program: requireBinary(name), args, env, directory, logFile }), logFile }
}
