/** Runs other programs, and takes down what they say. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export type Program = {
  readonly program: string
  readonly args?: readonly string[]
  readonly cwd?: string | undefined
  /** All of its environment; this process's own if absent. */
  readonly env?: NodeJS.ProcessEnv | undefined
  /** On its standard input. */
  readonly input?: string | undefined
}

export type RunningProgram = {
  readonly ended: Promise<EndedProgram>
  /** Signals this process alone, and none that it has started. */
  readonly signal: (name: NodeJS.Signals) => void
}

export type EndedProgram = {
  readonly exitCode: number | null
  readonly output: string
  readonly errors: string
}

export function startProgram({ program, args = [], cwd, env, input = '' }: Program): RunningProgram {
  const child = spawn(program, args, { cwd, env })
  // It may end without having read everything; its exit code says what came of it.
  child.stdin.on('error', () => undefined).end(input)
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  const ended = Promise.all([closed, text(child.stdout), text(child.stderr)]).then(
    ([exitCode, output, errors]) => ({ exitCode, output, errors }),
  )
  return { ended, signal: (name) => child.kill(name) }
}
