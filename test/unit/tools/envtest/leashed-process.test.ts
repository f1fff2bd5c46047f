import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startLeashed } from '../../../../tools/envtest/leashed-process.ts'
import type { Command } from '../../../../tools/envtest/leashed-process.ts'

test('a program that ends by itself is reported with its log', async (t) => {
  const program = startLeashed(aCommand(t, 'echo last words; exit 7'))
  await assert.rejects(program.failed, { code: 'ERR_PROGRAM_ENDED', message: /code 7[^]*last words/ })
  await program.stop()
})

test('a program that is stopped is not reported', async (t) => {
  const program = startLeashed(aCommand(t, 'exec sleep 600'))
  await program.stop()
  assert.equal(await Promise.race([program.failed, sleep(0, 'silent')]), 'silent')
})

test('a program and its directory go when its starter is killed', { timeout: 20_000 }, async (t) => {
  const command = aCommand(t, 'echo $$; exec sleep 600')
  const module = new URL('../../../../tools/envtest/leashed-process.ts', import.meta.url).href
  const source = `import { startLeashed } from '${module}'; startLeashed(${JSON.stringify(command)})`
  const starter = spawn(process.execPath, ['--input-type=module', '--eval', source], { stdio: 'inherit' })
  t.after(() => starter.kill('SIGKILL'))
  await until(() => existsSync(command.logFile) && readFileSync(command.logFile, 'utf8').endsWith('\n'))
  const program = Number(readFileSync(command.logFile, 'utf8'))
  starter.kill('SIGKILL')
  await until(() => !existsSync(command.directory))
  await until(() => isGone(program))
})

function aCommand(t: TestContext, script: string): Command {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-leash-'))
  t.after(() => {
    rmSync(directory, { recursive: true, force: true })
  })
  return { program: 'sh', args: ['-c', script], directory, logFile: join(directory, 'log') }
}

/** Looks again every few milliseconds; the time-out of the test ends it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10)
}

function isGone(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return false
  } catch {
    return true
  }
}
