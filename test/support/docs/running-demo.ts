/** A demo as somebody runs it at a terminal: Ctrl-C reaches everything that is in the foreground. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { sought } from '../assertions/sought.ts'

export type RunningDemo = {
  /** With the exit code. */
  readonly ended: Promise<number | null>
  readonly signal: (name: NodeJS.Signals) => void
  readonly printed: () => string
  /** What it prints, as soon as it does. */
  readonly says: (what: RegExp) => Promise<RegExpExecArray>
  readonly administer: (...args: readonly string[]) => Promise<string>
  /** Ends it, if it has not ended, and looks whether anything stays. */
  readonly end: () => Promise<void>
}

/** @param program of `tools/demo` */
export function startDemo(program: string, ...args: readonly string[]): RunningDemo {
  const file = fileURLToPath(new URL(`../../../tools/demo/${program}`, import.meta.url))
  const directory = mkdtempSync(join(tmpdir(), 'countersign-running-demo-'))
  const env = { ...process.env, TMPDIR: directory }
  const child = spawn(process.execPath, [file, ...args], { env, detached: true })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  const ended = once(child, 'close').then(([exitCode]) => exitCode as number | null)
  const signal = (name: NodeJS.Signals): void => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, name)
  }
  return {
    ended,
    signal,
    printed: () => printed,
    says: (what) =>
      sought(
        () => Promise.resolve(what.exec(printed) ?? undefined),
        () => `${String(what)} in\n${printed}`,
      ),
    administer: (...call) => {
      const [, kubeconfig = ''] = /KUBECONFIG=(\S+)/.exec(printed) ?? []
      return kubectl({ kubeconfig, args: call })
    },
    end: async () => {
      signal('SIGTERM')
      await ended
      assert.deepEqual(readdirSync(directory), [])
      rmSync(directory, { recursive: true })
    },
  }
}
