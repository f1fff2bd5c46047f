import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { takeLock } from '../../../../tools/envtest/lock.ts'

test('a free lock is taken, and gone once released', (t) => {
  const directory = aDirectory(t)
  const lock = takeLock(directory)
  assert.deepEqual(readdirSync(directory), [process.pid.toString()])
  assert.ok(lock.kind === 'Taken')
  lock.release()
  assert.equal(existsSync(directory), false)
})

test('the lock of a living process is held', (t) => {
  const directory = aDirectory(t)
  heldBy(process.ppid, directory)
  assert.deepEqual(takeLock(directory), { kind: 'Held', owner: process.ppid.toString() })
  assert.deepEqual(readdirSync(join(directory, '..')), ['lock'])
})

test('the lock of a dead process is taken over', (t) => {
  const directory = aDirectory(t)
  heldBy(spawnSync('true').pid, directory)
  assert.equal(takeLock(directory).kind, 'Taken')
  assert.deepEqual(readdirSync(directory), [process.pid.toString()])
})

test('a lock that was released by halves is taken', (t) => {
  const directory = aDirectory(t)
  mkdirSync(directory)
  assert.equal(takeLock(directory).kind, 'Taken')
})

test('a lock is released although the next process has it already', (t) => {
  const directory = aDirectory(t)
  const lock = takeLock(directory)
  writeFileSync(join(directory, process.ppid.toString()), '')
  assert.ok(lock.kind === 'Taken')
  lock.release()
  assert.deepEqual(readdirSync(directory), [process.ppid.toString()])
})

function aDirectory(t: TestContext): string {
  const parent = mkdtempSync(join(tmpdir(), 'countersign-lock-'))
  t.after(() => {
    rmSync(parent, { recursive: true })
  })
  return join(parent, 'lock')
}

function heldBy(processId: number, directory: string): void {
  mkdirSync(directory)
  writeFileSync(join(directory, processId.toString()), '')
}
