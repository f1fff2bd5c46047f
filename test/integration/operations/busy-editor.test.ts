/**
 * Someone who owns one namespace has a thousand requests wait in it, and writes as fast as the API server lets them: to the requests, to the
 * Namespace, and new ones that are deleted at once. Another namespace's request is answered meanwhile.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { residentBytesOf } from '../../bench/process-figures.ts'
import { credentialsFrom } from '../../../src/kubernetes/credentials.ts'
import { startAttack, type Attack } from '../../support/attack/attack.ts'
import { memoryLimitOf, nodeOptionsFor, withNodeOptions } from '../../support/attack/chart-limits.ts'
import { startCompanyProvider, type CompanyProvider } from '../../support/company-provider.ts'
import { eventually } from '../../support/elapsed.ts'
import { grantEverything } from '../../support/identities.ts'
import { theLimits } from '../../support/limits.ts'
import { startOperator, type Operator } from '../../support/operator.ts'
import { ask, isFinal } from '../../support/question.ts'
import { createAccount, requestToken } from '../../support/service-account-tokens.ts'

/** From asking to the token; a second and a half without the attack. */
const mostSeconds = 20
const waiting = 1000

/** The machine may be busy with other tests, and a controller that gets no CPU gives its Lease up. */
const patient = ['--lease-seconds', '60', '--renew-deadline-seconds', '40']

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
  attack = await startAttack('editor', await theOwner())
  closers.push(() => attack.stop())
  await eventually(() => attack.done().filled === 1, 'a thousand requests that wait')
})

after(async () => {
  for (const close of closers.toReversed()) await close()
})

test('a request of another namespace is answered, one after the other', async (t) => {
  for (let times = 0; times < 4; times++) {
    const startedAt = performance.now()
    const question = await ask(operator, provider)
    const { status } = await question.until(isFinal, mostSeconds)
    t.diagnostic(`answered after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
    assert.equal(status?.outcome, 'Approved')
  }
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
    assert.ok((done[what] ?? 0) > 5, `${what}: ${done[what] ?? 0}`)
  assert.equal(done['status 200'], undefined)
  const peak = residentBytesOf(Number(/"pid":(\d+)/.exec(operator.log())?.[1]), 'Peak')
  t.diagnostic(`${Math.round(peak / 1024 ** 2)} MiB at most`)
  assert.ok(peak < memoryLimitOf('controller'))
})

/** With a policy of usual limits, so that nearly all of the requests wait. */
async function theOwner(): Promise<object> {
  const approvers = [{ name: 'alice@company.com', hint: 'owner', subject: 'alice' }]
  const stages = [{ name: 'sre', required: 1, approvers }]
  const { name: namespace } = await ask(operator, provider, { policy: { stages, limits: theLimits() } })
  const account = await createAccount(operator.admin, namespace, 'owner')
  await grantEverything(operator.admin, namespace, `system:serviceaccount:${namespace}:owner`)
  const token = await requestToken(operator.admin, account, {})
  const { server, tls } = await credentialsFrom(operator.kubeconfig).current()
  return { server: server.href, ca: String(tls.ca), token, namespace, action: namespace, waiting }
}
