/**
 * A lock between processes: a directory that holds one file, named by the process id of its owner.
 *
 * Taking it is one rename of a prepared directory, which fails while the lock is held. Taking over from a dead owner is one
 * rename of the file that bears the owner's id, which succeeds for one process only.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type LockAttempt =
  { readonly kind: 'Taken'; release(): void } | { readonly kind: 'Held'; readonly owner: string }

const ownId = process.pid.toString()

/** One attempt: waiting for a living owner is up to the caller. */
export function takeLock(directory: string): LockAttempt {
  for (;;) {
    if (installPrepared(directory)) return taken(directory)
    const owner = ownerOf(directory)
    if (owner === undefined) continue
    if (owner !== ownId && isAlive(Number(owner))) return { kind: 'Held', owner }
    if (moved(join(directory, owner), join(directory, ownId))) return taken(directory)
  }
}

function taken(directory: string): LockAttempt {
  return {
    kind: 'Taken',
    release() {
      rmSync(join(directory, ownId))
      ignoring(['ENOTEMPTY', 'EEXIST', 'ENOENT'], () => {
        rmdirSync(directory)
      })
    },
  }
}

/** A directory may be renamed onto an empty one, so a half-released lock stops nobody. */
function installPrepared(directory: string): boolean {
  const prepared = `${directory}.${ownId}`
  mkdirSync(prepared, { recursive: true })
  writeFileSync(join(prepared, ownId), '')
  const installed = ignoring(['ENOTEMPTY', 'EEXIST'], () => {
    renameSync(prepared, directory)
  })
  if (!installed) rmSync(prepared, { recursive: true })
  return installed
}

function ownerOf(directory: string): string | undefined {
  let owner: string | undefined
  ignoring(['ENOENT'], () => {
    owner = readdirSync(directory)[0]
  })
  return owner
}

function moved(from: string, to: string): boolean {
  return ignoring(['ENOENT'], () => {
    renameSync(from, to)
  })
}

function isAlive(processId: number): boolean {
  return ignoring(['ESRCH'], () => process.kill(processId, 0))
}

/** Whether the action worked; false if it failed with one of these codes. */
function ignoring(codes: readonly string[], action: () => void): boolean {
  try {
    action()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && codes.includes(String(error.code))) return false
    throw error
  }
}
