/**
 * Someone who owns one namespace has hundreds of requests wait in it, and writes as fast as the API server lets them: to the requests, to the
 * Namespace, and new ones that are deleted at once. Another namespace's request is answered meanwhile.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { residentBytesOf } from '../../bench/process-figures.ts'
import { startAttack } from '../../support/attack/attack.ts'
import type { Attack } from '../../support/attack/attack.ts'
import { memoryLimitOf, nodeOptionsFor, withNodeOptions } from '../../support/attack/chart-limits.ts'
import { assertAnswered, patient } from '../../support/attack/meanwhile.ts'
import { anOwner } from '../../support/attack/scenes.ts'
import { startCompanyProvider } from '../../support/fakes/providers/company.ts'
import type { CompanyProvider } from '../../support/fakes/providers/company.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { startOperator } from '../../support/scenes/operator.ts'
import type { Operator } from '../../support/scenes/operator.ts'

/** From asking to the token; a second and a half without the attack. Two cores are shared with the API server that the editor keeps busy. */
const mostSeconds = 40
const waiting = 400
/** A busy machine takes that long to set the scene. */
const patienceSeconds = 90

let operator: Operator
let provider: CompanyProvider
let attack: Attack
const closers: (() => Promise<unknown>)[] = []

before(async () => {
  operator = await withNodeOptions(nodeOptionsFor('controller'), () => startOperator(...patient))
  closers.push(() => operator.stop())
  provider = await startCompanyProvider()
  closers.push(() => provider.close())
  provider.decided.set('owner', (response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"authorization_pending"}')
  })
  attack = await startAttack('editor', await anOwner(operator, provider, waiting))
  closers.push(() => attack.stop())
  await eventually(() => attack.done().filled === 1, 'hundreds of requests that wait', patienceSeconds)
})

after(async () => {
  for (const close of closers.toReversed()) await close()
})

test('a request of another namespace is answered, one after the other', async (t) => {
  await assertAnswered(t, { operator, provider, requests: 4, mostSeconds })
})

test('the process keeps to its limit, and all of it was really done', async (t) => {
  const done = await attack.stop()
  t.diagnostic(JSON.stringify(done))
  for (const what of [
    'created 201, deleted 200',
    'label of a request 200',
    'annotation of 200 KB 200',
    'label of the namespace 200',
    'deleted and held 200',
  ])
    assert.ok((done[what] ?? 0) > 0, `${what}: ${done[what] ?? 0}`)
  assert.equal(done['status 200'], undefined)
  const peak = residentBytesOf(Number(/"pid":(\d+)/.exec(operator.log())?.[1]), 'Peak')
  t.diagnostic(`${Math.round(peak / 1024 ** 2)} MiB at most`)
  assert.ok(peak < memoryLimitOf('controller'))
})
