/** A program as a user runs it: the project's kubectl and Helm are on its PATH. */
import { spawn } from 'node:child_process'
import { delimiter, dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { helmPath } from '../../hack/chart/helm.ts'
import { requireBinary } from '../../hack/control-plane/binaries.ts'

export type Program = {
  readonly program: string
  readonly args?: readonly string[]
  readonly cwd: string
  /** Added to this process's own environment. */
  readonly env: NodeJS.ProcessEnv
  /** On its standard input. */
  readonly input?: string
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
  const path = [dirname(requireBinary('kubectl')), dirname(helmPath()), process.env.PATH].join(delimiter)
  const child = spawn(program, args, { cwd, env: { ...process.env, PATH: path, ...env } })
  // It may end without having read all of it.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  const ended = Promise.all([closed, text(child.stdout), text(child.stderr)]).then(
    ([exitCode, output, errors]) => ({ exitCode, output, errors }),
  )
  return { ended, signal: (name) => child.kill(name) }
}
