/** What must be there before a program is built: Go, and room on the disk. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Part } from './parts.ts'

const oldestGo: readonly [major: number, minor: number] = [1, 26]
const gigabyte = 1e9
const freeGigabytes = 15

/** `GOTOOLCHAIN=local`: the Go that is installed, never one that it would download. */
export const goEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  CGO_ENABLED: '0',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
}

/** The part cannot be built here; the message says what to do. */
export class CannotBuildError extends Error {
  readonly code = 'ERR_CANNOT_BUILD'
}

/** Throws a CannotBuildError unless Go is new enough and there is room for what it writes. */
export function requireToolchain(part: Part): void {
  const found = goEnv('GOVERSION')
  const [, major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(found ?? '') ?? []).map(Number)
  if (found === undefined || major < oldestGo[0] || (major === oldestGo[0] && minor < oldestGo[1])) {
    const elsewhere =
      part.oldest === undefined ? '' : `, or put ${part.name} ${part.oldest.join('.')} or later on PATH`
    throw new CannotBuildError(
      `${part.name} ${part.version} is built with Go ${oldestGo.join('.')} or later, and ${found ?? 'no Go'} was found. ` +
        `Install Go from https://go.dev/dl/ and run this again${elsewhere}.`,
    )
  }
  requireRoom(part)
}

function requireRoom(part: Part): void {
  for (const variable of ['GOCACHE', 'GOMODCACHE']) {
    const directory = goEnv(variable)
    if (directory === undefined) continue
    mkdirSync(directory, { recursive: true })
    const { bavail, bsize } = statfsSync(directory)
    const free = Math.floor((bavail * bsize) / gigabyte)
    if (free < freeGigabytes) {
      throw new CannotBuildError(
        `building ${part.name} needs ${freeGigabytes} GB of free space in ${directory}, and ${free} GB are free. ` +
          `Make room, or let ${variable} name a directory on a larger disk.`,
      )
    }
  }
}

/** Asked outside of every module, since Go refuses to answer inside of one that wants a newer Go. */
function goEnv(variable: string): string | undefined {
  try {
    const options = { cwd: tmpdir(), encoding: 'utf8', env: goEnvironment, stdio: 'pipe' } as const
    return execFileSync('go', ['env', variable], options).trim()
  } catch {
    return undefined
  }
}
