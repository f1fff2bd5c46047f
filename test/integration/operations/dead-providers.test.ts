/** Several OpenID Providers answer nobody, each at another of its endpoints, and requests through another one are answered as ever. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inParallel } from '../../bench/in-parallel.ts'
import { assertAnswered, patient } from '../../support/attack/meanwhile.ts'
import { startCompanyProvider } from '../../support/fakes/providers/company.ts'
import type { CompanyProvider } from '../../support/fakes/providers/company.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { json, oddities } from '../../support/fakes/network/http-answers.ts'
import { startOperator } from '../../support/scenes/operator.ts'
import type { Operator } from '../../support/scenes/operator.ts'
import { ask, askAgain, create, isFinal } from '../../support/clusters/question.ts'
import type { Question } from '../../support/clusters/question.ts'
import { startScriptedProvider } from '../../support/fakes/providers/scripted.ts'
import type { ScriptedProvider } from '../../support/fakes/providers/scripted.ts'
import { aSigningKey } from '../../support/builders/signing-key.ts'

/** Few, so that few requests would fill them. */
const workers = 16
/** From asking to the token; a second and a half on a quiet machine, and no dead provider has given up by then. */
const mostSeconds = 9
/** At one of them the others answer at once. */
const silent = [
  '/backchannel',
  '/token',
  '/backchannel',
  '/token',
  '/.well-known/openid-configuration',
] as const
const requestsEach = 10
const leastHanging = 6

let operator: Operator
let provider: CompanyProvider
let dead: readonly ScriptedProvider[] = []
let questions: readonly Question[] = []
const closers: (() => Promise<unknown>)[] = []

before(async () => {
  operator = await startOperator('--workers', String(workers), ...patient)
  closers.push(() => operator.stop())
  provider = await startCompanyProvider()
  closers.push(() => provider.close())
  dead = await Promise.all(silent.map(aProviderSilentAt))
  for (const each of dead) closers.push(() => each.close())
  questions = await Promise.all(dead.map((each) => askMany(each)))
})

after(async () => {
  for (const close of closers.toReversed()) await close()
})

async function aProviderSilentAt(path: string): Promise<ScriptedProvider> {
  const started = await startScriptedProvider()
  started.publish(await aSigningKey('dead'), 'Add')
  const prompted = { auth_req_id: crypto.randomUUID(), expires_in: 120, interval: 1 }
  started.routes.set('/backchannel', json(200, prompted))
  started.routes.set('/token', json(400, { error: 'authorization_pending' }))
  started.routes.set(path, oddities.silence)
  return started
}

/** Each about something else, all in one namespace. */
async function askMany({ issuer }: ScriptedProvider): Promise<Question> {
  const first = await ask(operator, { issuer, clientSecret: 'secret' })
  const targets = Array.from({ length: requestsEach - 1 }, (_, index) => ({
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', revision: '7654b4484', name: `foo-${index}` },
  }))
  await inParallel(targets, 8, (target) => askAgain(operator, first, { request: { target } }))
  return first
}

function callsAt(received: ScriptedProvider['received'], path = ''): number {
  return received.get(path)?.length ?? 0
}

test('requests of another namespace are answered while five providers hang', async (t) => {
  await eventually(
    () =>
      dead.reduce((sum, { received }, index) => sum + callsAt(received, silent[index]), 0) >= leastHanging,
    'calls that hang',
    30,
  )
  await assertAnswered(t, { operator, provider, requests: 3, mostSeconds })
})

test('so are those of a namespace whose other requests all go to providers that hang', async () => {
  const healthy = await ask(operator, provider)
  const [busy] = questions
  assert.ok(busy)
  const asked = await operator.requests.get({ namespace: healthy.name, name: healthy.name })
  assert.ok(asked)
  const metadata = { namespace: busy.name, name: 'healthy' }
  await create(operator.requests, { ...asked, metadata, status: {} })
  const { status } = await operator.until(
    busy.name,
    (request) => request.metadata.name === 'healthy' && isFinal(request),
    mostSeconds,
  )
  assert.equal(status?.outcome, 'Approved')
})
