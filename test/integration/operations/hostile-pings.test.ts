/**
 * Someone sends pings as fast as they can: with the tokens and ids of prompts that they were sent, and with what they make up. Another
 * namespace's request is answered meanwhile, and the API server and the sender itself are hardly asked more than without it.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { apiRequests, since } from '../../bench/api-requests.ts'
import type { ApiRequests } from '../../bench/api-requests.ts'
import { residentBytesOf } from '../../bench/process-figures.ts'
import { startAttack } from '../../support/attack/attack.ts'
import type { Attack, Done } from '../../support/attack/attack.ts'
import { memoryLimitOf, nodeOptionsFor, withNodeOptions } from '../../support/attack/chart-limits.ts'
import { assertAnswered, patient } from '../../support/attack/meanwhile.ts'
import { askTheSender } from '../../support/attack/scenes.ts'
import { startCompanyProvider } from '../../support/fakes/providers/company.ts'
import type { CompanyProvider } from '../../support/fakes/providers/company.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { startOperator } from '../../support/scenes/operator.ts'
import type { Operator } from '../../support/scenes/operator.ts'

/** From asking to the token; a second and a half without the attack. */
const mostSeconds = 20
/** Of those whose prompts the sender knows. */
const prompts = 10
const leastPings = 1000

let operator: Operator
let provider: CompanyProvider
let attack: Attack
let earlier: ApiRequests
const closers: (() => Promise<unknown>)[] = []

before(async () => {
  operator = await withNodeOptions(nodeOptionsFor('controller'), () => startOperator(...patient))
  closers.push(() => operator.stop())
  provider = await startCompanyProvider()
  closers.push(() => provider.close())
  const [, url] = /"server":"ping","url":"([^"]+)"/.exec(operator.log()) ?? []
  attack = await startAttack('ping-sender', { pingUrl: `${url ?? ''}/v1/ping`, from: '127.0.0.66' })
  closers.push(() => attack.stop())
  await askTheSender(operator, attack, prompts)
  await eventually(() => (attack.done()['asked /prompt'] ?? 0) >= prompts, 'prompts that the sender knows')
  earlier = await apiRequests(operator.kubeconfig)
})

after(async () => {
  for (const close of closers.toReversed()) await close()
})

test('a request at another provider is answered, one after the other', async (t) => {
  await assertAnswered(t, { operator, provider, requests: 3, mostSeconds })
  await eventually(
    () => sum(attack.done(), /^(duplicate|another|no token)/) > leastPings,
    'thousands of pings',
  )
})

test('pings cost neither reads of the API server nor token requests', async (t) => {
  const grown = since(earlier, await apiRequests(operator.kubeconfig))
  const done = await attack.stop()
  t.diagnostic(JSON.stringify(done))
  const reads = grown.get('GET approvalrequests') ?? 0
  const pings = sum(done, /^(duplicate|another|no token)/)
  t.diagnostic(`${pings} pings, ${reads} reads`)
  assert.ok(pings > leastPings)
  assert.ok(reads < 400, `${reads} reads`)
  // Each prompt is asked about once early, and then as often as its interval of 5 s says.
  const seconds = 60
  assert.ok(
    (done['asked /token'] ?? 0) <= prompts * (2 + seconds / 5),
    `${String(done['asked /token'])} token requests`,
  )
})

test('a made-up ping is 401, a repeated one 204, and the process keeps to its limit', async () => {
  const counts = await attack.stop()
  for (const what of ['another proof', 'another key', 'no token']) {
    assert.ok((counts[`${what} 401`] ?? 0) > 5, what)
    assert.equal(sum(counts, new RegExp(`^${what} [23]`)), 0)
  }
  assert.ok((counts['duplicate 204'] ?? 0) > 20)
  const peak = residentBytesOf(Number(/"pid":(\d+)/.exec(operator.log())?.[1]), 'Peak')
  assert.ok(peak < memoryLimitOf('controller'), `${Math.round(peak / 1024 ** 2)} MiB at most`)
})

function sum(done: Done, what: RegExp): number {
  return Object.entries(done)
    .filter(([name]) => what.test(name))
    .reduce((total, [, count]) => total + count, 0)
}
