/**
 * Answers by ping (CIBA Core §10.2), with controllers that are killed: what polling alone has to call lost, a ping brings back.
 * What becomes of each question is judged by the provider's own count.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { summaryOf } from '../../src/core/request/conditions.ts'
import { labOfThisFile } from '../support/labs/crash-file.ts'
import { armedWith, nameOf } from '../support/labs/crash-steps.ts'

const { lab, ledger } = await labOfThisFile({ delivery: 'Ping' })

const sigkill = 137
/** W1, W2, the ping and W4. */
const approved = 'Approved: 1 prompt, 1 token, 4 writes'

async function tokenRequestsOf(work: () => Promise<string>): Promise<readonly [string, number]> {
  const sent = lab.proxy.count('TokenRequest')
  return [await work(), lab.proxy.count('TokenRequest') - sent]
}

for (const method of ['client_secret_basic', 'private_key_jwt'] as const) {
  test(`one token request is all it takes, with ${method}`, async () => {
    const name = nameOf('one', method)
    await lab.startController()
    await lab.ask(name, method)
    const [end, requests] = await tokenRequestsOf(async () => {
      await lab.approve(name)
      return ledger.close(name)
    })
    assert.deepEqual([end, requests], [approved, 1])
  })

  for (const failpoint of ['after:I1', 'before:W2'] as const)
    test(`killed ${failpoint}, with ${method}: the ping brings the id that was lost`, async () => {
      const name = nameOf('killed', failpoint, method)
      const controller = await armedWith(`${failpoint}=kill`, { name, method }, lab)
      assert.equal(await controller.ends(), sigkill)
      await lab.startController()
      await lab.until(
        name,
        (request) => summaryOf(request)?.message.includes('ping will bring its id') ?? false,
      )
      await lab.approveAs(name, 'alice')
      // W1, what is awaited, the ping with the id, and W4.
      assert.equal(await ledger.close(name), approved)
    })

  test(`killed before:I2, with ${method}: the next one asks for what was pinged`, async () => {
    const name = nameOf('killed', 'before:I2', method)
    const controller = await armedWith('before:I2=kill', { name, method }, lab)
    assert.equal(await controller.ends(), sigkill)
    await lab.startController()
    assert.equal(await ledger.close(name), approved)
  })
}

test('a ping that comes to a replica that does not lead wakes the one that does', async () => {
  const name = nameOf('standby')
  const leader = await lab.startController()
  await leader.says('leading')
  const standby = await lab.startController()
  await lab.ask(name, 'client_secret_basic')
  const [end, requests] = await tokenRequestsOf(async () => {
    await lab.approve(name)
    return ledger.close(name)
  })
  assert.deepEqual([end, requests, standby.hasSaid('leading')], [approved, 1, false])
})

test('a ping that comes while no controller runs is made up for within two intervals', async () => {
  const name = nameOf('nobody', 'there')
  const controller = await lab.startController()
  await lab.ask(name, 'client_secret_basic')
  await lab.until(name, ({ status }) => status?.prompts?.[0]?.handle !== undefined)
  await controller.stop()
  lab.pings.forwardTo([])
  const turnedAway = lab.pings.turnedAway()
  await lab.approveAs(name, 'alice')
  assert.equal(lab.pings.turnedAway(), turnedAway + 1)
  await lab.startController()
  assert.equal(await ledger.close(name), 'Approved: 1 prompt, 1 token, 3 writes')
})

test('what is final stays as it is, and no log holds a token', () => ledger.audit())
