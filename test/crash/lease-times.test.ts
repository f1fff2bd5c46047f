/** The times that are shipped, and no flags: how long nobody works after a controller was killed, and after an orderly end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAsked } from '../../tools/local/agent.ts'
import { labOfThisFile } from '../support/labs/crash-file.ts'
import { eventually } from '../support/assertions/elapsed.ts'
import { shipped } from '../support/labs/replica.ts'
import type { Replica } from '../support/labs/replica.ts'

/** Candidates look every 2 s, and up to 2.4 s later. */
const [leaseSeconds, longestLookSeconds] = [15, 4.4]
/** What a busy machine may add. */
const toleranceSeconds = 4
const approved = 'Approved: 1 prompt, 1 token, 3 writes'

const { lab, ledger } = await labOfThisFile()

test('a killed controller is followed when its lease is over, and nobody is asked twice', async () => {
  const first = await lab.startController('', shipped)
  await first.says('leading')
  const second = await lab.startController('', shipped)
  await lab.ask('killed', 'client_secret_basic')
  await lab.until('killed', isAsked)
  const seconds = await untilItLeads(second, async () => {
    first.signal('SIGKILL')
    await first.ends()
  })
  // It may have been renewed two seconds ago, and the candidate may have seen that one look later.
  const longest = leaseSeconds + 2 * longestLookSeconds + toleranceSeconds
  assert.ok(seconds > leaseSeconds - longestLookSeconds && seconds < longest, `${seconds} s`)

  // What its predecessor may be redeeming waits for forty seconds, what it asks itself for nothing.
  await lab.approve('killed')
  await lab.ask('asked-by-the-heir', 'private_key_jwt')
  await lab.approve('asked-by-the-heir')
  assert.equal(await ledger.close('asked-by-the-heir'), approved)
  const asked = lab.proxy.count('TokenRequest')
  await sleep(20_000)
  assert.equal(lab.proxy.count('TokenRequest'), asked)
  assert.equal(await ledger.close('killed'), approved)
})

test('a controller that ends orderly is followed at the next look, and nothing waits', async () => {
  const leader = await lab.startController('', shipped)
  await leader.says('leading')
  const heir = await lab.startController('', shipped)
  await lab.ask('handed-over', 'client_secret_basic')
  await lab.until('handed-over', isAsked)
  const seconds = await untilItLeads(heir, async () => {
    leader.signal('SIGTERM')
    assert.equal(await leader.ends(), 0)
  })
  assert.ok(seconds < longestLookSeconds + toleranceSeconds, `${seconds} s`)
  const from = performance.now()
  await lab.approve('handed-over')
  assert.equal(await ledger.close('handed-over'), approved)
  assert.ok(performance.now() - from < 20_000, 'it is not held back')
})

test('what is final stays as it is, and no log holds a token', () => ledger.audit())

/** Seconds from the end of one to the lead of the other. */
async function untilItLeads(heir: Replica, ends: () => Promise<unknown>): Promise<number> {
  assert.ok(!heir.hasSaid('leading'))
  await ends()
  const from = performance.now()
  await eventually(() => heir.hasSaid('leading'), 'the other leads')
  return (performance.now() - from) / 1000
}
