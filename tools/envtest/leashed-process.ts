/** A program that ends with this process, however this process ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const leash = fileURLToPath(new URL('leash.sh', import.meta.url))
/** Longer than any program takes on a busy machine. */
const graceSeconds = 15
const shownLogLines = 15

export type LeashedProcess = {
  /** Resolves when the program has ended, stopped or by itself; 128 and the signal's number if a signal ended it. */
  readonly ended: Promise<number | null>
  /** Rejects when the program ends before it was stopped; never resolves. */
  readonly failed: Promise<never>
  /** SIGTERM, and SIGKILL when that does not help within 15 s. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
}

export type Command = {
  readonly program: string
  readonly args: readonly string[]
  /** Gets what the program prints. */
  readonly logFile: string
  /** Removed when this process dies without having stopped the program. */
  readonly directory: string
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>
}

/** The program ended by itself; the message carries the end of its log. */
export class ProgramEndedError extends Error {
  readonly code = 'ERR_PROGRAM_ENDED'
}

/** Starts a program in a session of its own, so that Ctrl-C reaches it only through `stop`. */
export function startLeashed({ program, args, logFile, directory, env }: Command): LeashedProcess {
  const log = openSync(logFile, 'w')
  const child = spawn(leash, [directory, program, ...args], {
    stdio: ['pipe', log, log],
    detached: true,
    env: { ...process.env, ...env },
  })
  closeSync(log)
  // It may have ended already when it is told to.
  child.stdin?.on('error', () => undefined)
  let stopping = false
  const ended = once(child, 'exit').then(([exitCode]) => exitCode as number | null)
  const failed = ended.then((exitCode) => {
    if (stopping) return new Promise<never>(() => undefined)
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-shownLogLines)
    throw new ProgramEndedError(
      `${program} ended with code ${String(exitCode)}. Its log ends so:\n${lines.join('\n')}`,
    )
  })
  // Whoever waits for `failed` hears of it; nobody else has to.
  failed.catch(() => undefined)
  return {
    ended,
    failed,
    async stop() {
      stopping = true
      child.stdin?.write('TERM\n')
      const kill = setTimeout(() => child.stdin?.write('KILL\n'), 1000 * graceSeconds)
      await ended
      clearTimeout(kill)
    },
    async kill() {
      stopping = true
      child.stdin?.write('KILL\n')
      await ended
    },
  }
}
