import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { failpointsFrom } from '../../../src/runtime/failpoints.ts'

const modulePath = new URL('../../../src/runtime/failpoints.ts', import.meta.url).href

test('unarmed, nothing happens', async () => {
  for (const env of [undefined, '', ' ; ']) await failpointsFrom(env).hit('before:W1')
})

test('only the place that is armed fails', async () => {
  const failpoints = failpointsFrom('before:W1=throw; after:I2=pause(1)')
  await assert.rejects(failpoints.hit('before:W1'), { code: 'ERR_FAILPOINT' })
  await failpoints.hit('after:W1')
  await failpoints.hit('after:I2')
})

for (const env of [
  'before:W9=exit',
  'before:W1=explode',
  'before:W1',
  'before:W1=toString',
  'before:W1=pause(soon)',
  'before:W1=freeze(soon)',
]) {
  test(`${env} is refused`, () => {
    assert.throws(() => failpointsFrom(env), { code: 'ERR_FAILPOINT_SYNTAX' })
  })
}

for (const [action, want] of [
  ['exit', { status: 1, signal: null }],
  ['kill', { status: null, signal: 'SIGKILL' }],
] as const) {
  test(`${action} ends the process`, () => {
    const script = `import { failpointsFrom } from '${modulePath}'; await failpointsFrom('after:I1=${action}').hit('after:I1')`
    const { status, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script])
    assert.deepEqual({ status, signal }, want)
  })
}

test('hold lets one go on for each signal, also for one that came before', () => {
  const script = `
    import { setImmediate } from 'node:timers/promises'
    import { failpointsFrom } from '${modulePath}'
    const alive = setTimeout(() => undefined, 20_000)
    const failpoints = failpointsFrom('before:W1=hold;after:W1=hold', (name) => console.log(name))
    process.kill(process.pid, 'SIGUSR2')
    await failpoints.hit('before:W1')
    const second = failpoints.hit('after:W1')
    console.log(await Promise.race([second, setImmediate('held')]))
    process.kill(process.pid, 'SIGUSR2')
    await second
    await failpoints.hit('after:W1')
    clearTimeout(alive)`
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script])
  assert.equal(status, 0)
  assert.equal(stdout.toString(), 'before:W1\nafter:W1\nheld\nafter:W1\n')
})
