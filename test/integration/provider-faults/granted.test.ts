/** What a provider may grant for an action that it was asked to grant (RFC 9396), and what becomes of the question. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Grant } from '../../support/fakes/providers/company.ts'
import { asked, play } from '../../support/scenes/fault-row.ts'
import { startFaultScene } from '../../support/scenes/fault-scene.ts'
import type { FaultScene } from '../../support/scenes/fault-scene.ts'
import { assertNothingShown } from '../../support/assertions/leaks.ts'
import { ask, isFinal } from '../../support/clusters/question.ts'
import type { Asking } from '../../support/clusters/question.ts'

let scene: FaultScene
before(async () => {
  scene = await startFaultScene()
})
after(() => scene.close())

const withWait: Asking = {
  provider: { authorizationDetails: 'Supported' },
  request: {
    parameters: { wait: '5m' },
    adjustable: [{ name: 'wait', type: 'Duration', minimum: '1m', maximum: '1h' }],
  },
}
const unasked: Asking = { request: withWait.request ?? {} }
let deep: unknown = 'x'
for (let depth = 0; depth < 500; depth++) deep = [deep]

suite('granted details', { concurrency: true }, () => {
  const rows: readonly (readonly [string, Grant, RegExp, Asking?])[] = [
    ['that are absent', { details: () => undefined }, /lacks them/],
    ['that are null', { details: () => null }, /no list of objects/],
    ['that are no list', { details: (detail) => detail }, /no list of objects/],
    ['that are text', { details: (detail) => JSON.stringify([detail]) }, /no list of objects/],
    ['of two elements', { details: (detail) => [detail, detail] }, /2 elements were granted/],
    ['of 1,000 elements', { details: (detail) => Array<unknown>(1000).fill(detail) }, /no list/],
    ['of another type', { details: (detail) => [{ ...detail, type: 'payment' }] }, /another type/],
    ['of another digest', { details: (detail) => [{ ...detail, digest: 'sha256:00' }] }, /another digest/],
    ['with a member more', { details: (detail) => [{ ...detail, locations: [] }] }, /other members/],
    ['with a prototype', { details: withPrototype }, /other members/],
    ['that are nested', { details: (detail) => [{ ...detail, actions: deep }] }, /other actions/],
    ['with a number for a wait', { details: waiting(900) }, /no map of texts/],
    ['with a wait of 50 kB', { details: waiting('9'.repeat(50_000)) }, /wait must be a duration/],
    ['with a wait that is too long', { details: waiting('2h') }, /wait must be a duration from 1m to 1h/],
    ['that nobody asked for', { response: { authorization_details: [{ type: 'x' }] } }, /none were/, unasked],
  ]
  for (const [name, grant, words, asking = withWait] of rows)
    test(`${name} are refused and the token is revoked`, async () => {
      const story = `${asked} TokenRejected`
      const said = new RegExp(`TokenRejected: authorization_details: .*${words.source}`)
      const { visits } = await play(scene, { grant, asking, story, words: said, seen: [1, 1, 1] })
      assert.match(visits('/revoke')[0]?.form.get('token') ?? '', /^marked-access_token/)
    })

  for (const [name, grant, asking, reason, wait] of [
    ['as asked', {}, withWait, 'Approved', '5m'],
    ['as asked, in other words', { details: waiting('300s') }, withWait, 'Approved', '5m'],
    ['with what the person chose', { details: waiting('15m') }, withWait, 'ApprovedWithChanges', '15m'],
    [
      'as none, where none were asked',
      { response: { authorization_details: [] } },
      unasked,
      'Approved',
      '5m',
    ],
  ] as const)
    test(`details are granted ${name}: ${reason}`, async () => {
      const provider = await scene.openProvider()
      provider.tokens(provider.grant(grant))
      const question = await ask(scene.operator, provider, asking)
      const { status } = await question.until(isFinal)
      assert.equal(question.story(), `${asked} ${reason}`, question.words())
      assert.equal(status?.outcome, 'Approved')
      assert.deepEqual(status.decision?.parameters, { wait })
      assert.equal(status.decision.authorizationDetails?.length, asking === unasked ? undefined : 1)
      assert.equal(status.secretName, `${question.name}.countersign`)
      assert.equal(provider.visits('/revoke').length, 0)
    })
})

test('no pass failed', () => {
  assert.doesNotMatch(scene.operator.log(), /pass failed|"level":"error"/)
})

test('no secret was shown', () => assertNothingShown(scene.operator, scene.secrets()))

function waiting(wait: unknown): Grant['details'] & {} {
  return (detail) => [{ ...detail, parameters: { wait } }]
}

function withPrototype(detail: object): unknown {
  return [JSON.parse(`{"__proto__":{"admin":true},${JSON.stringify(detail).slice(1)}`)]
}
