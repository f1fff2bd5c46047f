/**
 * Of several OpenID Providers one was taken over, and does its worst to the controller, which has the memory that the chart gives it.
 * Requests that go to another provider are put to people and answered meanwhile.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { residentBytesOf } from '../../bench/process-figures.ts'
import { startAttack } from '../../support/attack/attack.ts'
import type { Attack } from '../../support/attack/attack.ts'
import { memoryLimitOf, nodeOptionsFor, withNodeOptions } from '../../support/attack/chart-limits.ts'
import { assertAnswered, patient } from '../../support/attack/meanwhile.ts'
import { askThroughEach } from '../../support/attack/scenes.ts'
import { startCompanyProvider } from '../../support/fakes/providers/company.ts'
import type { CompanyProvider } from '../../support/fakes/providers/company.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { startOperator } from '../../support/scenes/operator.ts'
import type { Operator } from '../../support/scenes/operator.ts'

/** From asking to the token; a second and a half without the attack. */
const mostSeconds = 20
/** Half of the default, so that fewer requests fill them. */
const workers = 128
/** A busy machine takes that long to set the scene. */
const patienceSeconds = 90
/** With what hangs at the others, as many as there are workers: one provider holds each token request open as long as it may. */
const many: Readonly<Record<string, number>> = {
  'silent-token': 100,
  'silent-prompt': 12,
  'costly-token': 10,
}

let operator: Operator
let provider: CompanyProvider
let attack: Attack
const closers: (() => Promise<unknown>)[] = []

before(async () => {
  operator = await withNodeOptions(nodeOptionsFor('controller'), () =>
    startOperator('--workers', String(workers), ...patient),
  )
  closers.push(() => operator.stop())
  provider = await startCompanyProvider()
  closers.push(() => provider.close())
  attack = await startAttack('hostile-provider', {})
  closers.push(() => attack.stop())
  await askThroughEach(operator, attack, many)
})

after(async () => {
  for (const close of closers.toReversed()) await close()
})

test('requests of another provider are answered, one after the other', async (t) => {
  await eventually(
    () => (attack.done()['silent-token token'] ?? 0) >= workers / 3,
    'token requests that hang',
    patienceSeconds,
  )
  await assertAnswered(t, { operator, provider, requests: 4, mostSeconds })
})

test('what is wrong with each is said where it can be said', async () => {
  for (const [persona, said] of [
    ['endless-metadata', /too large|larger than/i],
    ['redirects', /HTTP 302/],
    ['many-keys', /publishes 2000 of them, and 100 are read at most/],
  ] as const)
    await eventually(async () => {
      const [object] = (await operator.providers.list()).items.filter(({ spec }) =>
        spec.issuer.endsWith(`/${persona}`),
      )
      return said.test(object?.status?.conditions?.[0]?.message ?? '')
    }, persona)
})

test('the process goes on, and keeps to its limit', async (t) => {
  t.diagnostic(JSON.stringify(await attack.stop()))
  const peak = residentBytesOf(Number(/"pid":(\d+)/.exec(operator.log())?.[1]), 'Peak')
  t.diagnostic(`${Math.round(peak / 1024 ** 2)} MiB at most`)
  assert.ok(peak < memoryLimitOf('controller'))
})
