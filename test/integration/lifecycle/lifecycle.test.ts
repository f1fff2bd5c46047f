/** What a request leaves in the cluster on its way and after its end: no write while nothing happens, Events, audit, clean-up. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { tokenSecretName } from '../../../src/api/names.ts'
import { startCompanyProvider } from '../../support/fakes/providers/company.ts'
import type { CompanyProvider } from '../../support/fakes/providers/company.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { json } from '../../support/fakes/network/http-answers.ts'
import { startOperator } from '../../support/scenes/operator.ts'
import type { Operator } from '../../support/scenes/operator.ts'
import { ask, edit, isFinal, isPending } from '../../support/clusters/question.ts'
import type { Question } from '../../support/clusters/question.ts'

let operator: Operator
let provider: CompanyProvider

before(async () => {
  operator = await startOperator()
  provider = await startCompanyProvider()
})

after(async () => {
  await operator.stop()
  await provider.close()
})

test('nothing is written while an answer is awaited, nor after the end', async () => {
  provider.isAnswered = false
  const question = await ask(operator, provider)
  const pending = await question.until(isPending)
  const seen = provider.visits('/token').length
  await eventually(() => provider.visits('/token').length >= seen + 3, 'three token requests')
  assert.equal((await live(question))?.metadata.resourceVersion, pending.metadata.resourceVersion)

  provider.isAnswered = true
  const finished = await question.until(isFinal)
  await wakeEverything(question)
  assert.equal((await live(question))?.metadata.resourceVersion, finished.metadata.resourceVersion)
})

test('the Secret goes when its token has expired, the answer stays', async () => {
  provider.tokens(provider.grant({ response: { expires_in: 3 } }))
  const question = await ask(operator, provider)
  const finished = await question.until(isFinal)
  assert.equal(finished.status?.outcome, 'Approved')
  const expiresAt = new Date(finished.status.tokenExpiresAt ?? 0).getTime()
  await until(async () => (await secretOf(question)) === undefined, 'the Secret is deleted')
  assert.ok(Date.now() >= expiresAt - 1000, 'not before the token has expired')
  assert.ok(Date.now() < expiresAt + 30_000, 'within 30 s')
  assert.equal((await live(question))?.metadata.resourceVersion, finished.metadata.resourceVersion)
})

test('a finished request is deleted when its retention is over', async () => {
  const question = await ask(operator, provider, { request: { ttlAfterFinished: '2s' } })
  await question.until(isFinal)
  await until(async () => (await live(question)) === undefined, 'the request is deleted')
})

test('each transition but the intent to prompt is said by one Event of the same reason', async () => {
  provider.isAnswered = false
  const question = await ask(operator, provider)
  const isSaid = (reason: string) => async (): Promise<boolean> => (await eventsOf(question)).includes(reason)
  await until(isSaid('AuthorizationPending'), 'the Event of the prompt')
  provider.isAnswered = true
  await question.until(isFinal)
  await until(isSaid('Approved'), 'the Event of the approval')
  assert.equal(question.story(), 'Prompting AuthorizationPending Approved')
  const said = (await eventsOf(question)).filter((reason) => reason !== 'NoMatchingPolicy')
  assert.deepEqual(said.toSorted(), ['Approved', 'AuthorizationPending'])
})

for (const [what, answer, outcome, reason] of [
  ['a decision', undefined, 'Approved', 'Approved'],
  ['a denial', { error: 'access_denied' }, 'Denied', 'AccessDenied'],
  ['an expiry', { error: 'expired_token' }, 'Expired', 'RequestExpired'],
  ['a loss', { error: 'invalid_request' }, 'Failed', 'InvalidRequest'],
] as const) {
  test(`${what} leaves one audit record`, async () => {
    if (answer !== undefined) provider.tokens(json(400, answer))
    const question = await ask(operator, provider)
    await question.until(isFinal)
    await eventually(() => auditOf(question).length > 0, 'the audit record')
    const [record, another] = auditOf(question)
    assert.equal(another, undefined)
    assert.equal(record?.outcome, outcome)
    assert.equal(record.reason, reason)
    assert.match(
      String(record.sentence),
      /^admin q-[0-9a-f]+ foo-v2 revision 7654b4484 in prod, as claimed: /,
    )
  })
}

function live({ name }: Question): Promise<ApprovalRequest | undefined> {
  return operator.requests.get({ namespace: name, name })
}

function secretOf({ name }: Question): Promise<object | undefined> {
  return operator.secrets.get({ namespace: name, name: tokenSecretName(name) })
}

/** Its policy and provider change, and another question goes its whole way after that. */
async function wakeEverything({ name }: Question): Promise<void> {
  await edit(operator.policies, name, { priority: 1 })
  await edit(operator.providers, name, { token: { approverClaim: 'sub', ignoredScopes: ['profile'] } })
  const another = await ask(operator, provider)
  await another.until(isFinal)
}

async function eventsOf({ name }: Question): Promise<readonly string[]> {
  const path = `/apis/events.k8s.io/v1/namespaces/${name}/events`
  const { items } = (await operator.admin.request({ method: 'GET', path })) as { items: { reason: string }[] }
  return items.map(({ reason }) => reason)
}

function auditOf({ name }: Question): readonly Readonly<Record<string, unknown>>[] {
  return operator
    .log()
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg, request }) => msg === 'audit' && request === name)
}

/** The API server has to be asked, so this looks less often than `eventually`. */
async function until(isTrue: () => Promise<boolean>, what: string): Promise<void> {
  let held = false
  const looking = setInterval(() => {
    void isTrue().then((holds) => (held ||= holds))
  }, 200)
  try {
    await eventually(() => held, what)
  } finally {
    clearInterval(looking)
  }
}
