/** Builds a program from Go's module proxy into the cache. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { cachedPath } from './find.ts'
import { takeLock } from './lock.ts'
import type { Part } from './parts.ts'
import { startProgress } from './progress.ts'
import type { Progress } from './progress.ts'
import { CannotBuildError, goEnvironment, requireToolchain } from './toolchain.ts'

/**
 * Builds the part, or waits for the process that builds it already. On abort, and on every error, neither a lock nor an
 * unfinished program is left behind.
 */
export async function build(part: Part, signal: AbortSignal): Promise<string> {
  requireToolchain(part)
  const path = cachedPath(part)
  mkdirSync(dirname(path), { recursive: true })
  const progress = startProgress(`${part.name} ${part.version}`)
  try {
    while (!existsSync(path)) {
      const lock = takeLock(`${dirname(path)}.lock`)
      if (lock.kind === 'Held') {
        progress.show(`waiting for process ${lock.owner}, which builds it already`)
        await sleep(500, undefined, { signal })
        continue
      }
      try {
        if (!existsSync(path)) await compile(part, path, { signal, progress })
      } finally {
        lock.release()
      }
    }
  } finally {
    progress.end()
  }
  return path
}

type Surroundings = { readonly signal: AbortSignal; readonly progress: Progress }

async function compile(part: Part, path: string, { signal, progress }: Surroundings): Promise<void> {
  const unfinished = `${path}.${process.pid}`
  const temporary = `${unfinished}.tmp`
  mkdirSync(temporary)
  progress.show('loading modules')
  const format = '{{if .Stale}}{{.ImportPath}}{{end}}'
  const module = { directory: part.module, temporary, signal }
  let stale = 0
  let built = 0
  try {
    await go(
      module,
      ['list', '-deps', '-trimpath', '-mod=readonly', '-f', format, part.goPackage],
      (line) => {
        if (line.startsWith('go: downloading')) progress.show(line.replace('go: ', ''))
        else stale += 1
      },
    )
    await go(module, ['build', '-v', ...buildFlags(part), '-o', unfinished, part.goPackage], () => {
      built = Math.min(built + 1, stale)
      progress.show(
        `building, ${Math.floor((100 * built) / Math.max(stale, 1))} % (${built} of ${stale} packages)`,
      )
    })
    renameSync(unfinished, path)
  } finally {
    rmSync(unfinished, { force: true })
    // An interrupted Go may leave its work behind, and its compilers may still be writing there.
    rmSync(temporary, { recursive: true, maxRetries: 20, retryDelay: 100 })
  }
}

function buildFlags({ linkerVariables }: Part): string[] {
  const set = Object.entries(linkerVariables).map(([name, value]) => `-X ${name}=${value}`)
  return ['-trimpath', '-mod=readonly', '-ldflags', ['-s', '-w', ...set].join(' ')]
}

type Module = { readonly directory: string; readonly temporary: string; readonly signal: AbortSignal }

/** Runs Go in a module; `onLine` gets what it prints. On abort Go is interrupted and waited for. */
async function go(module: Module, args: readonly string[], onLine: (line: string) => void): Promise<void> {
  module.signal.throwIfAborted()
  const env = { ...goEnvironment, GOTMPDIR: module.temporary }
  const child = spawn('go', args, { cwd: module.directory, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const interrupt = (): void => {
    child.kill('SIGINT')
  }
  module.signal.addEventListener('abort', interrupt)
  const last: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      if (line === '') return
      last.push(line)
      if (last.length > 20) last.shift()
      onLine(line)
    })
  }
  const exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  module.signal.removeEventListener('abort', interrupt)
  module.signal.throwIfAborted()
  if (exitCode !== 0) throw new CannotBuildError(`go ${args.join(' ')} failed:\n${last.join('\n')}`)
}
