/** Answers that cannot be fetched, for now or for good, and what is said of them while a prompt is open. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { eventually } from '../../support/assertions/elapsed.ts'
import { approved, asked, assertEnds, countsOf, openQuestion, play } from '../../support/scenes/fault-row.ts'
import { startFaultScene } from '../../support/scenes/fault-scene.ts'
import type { FaultScene } from '../../support/scenes/fault-scene.ts'
import { json, text } from '../../support/fakes/network/http-answers.ts'
import type { Handler } from '../../support/fakes/network/http-answers.ts'
import { assertNothingShown } from '../../support/assertions/leaks.ts'
import { ask, create, remove } from '../../support/clusters/question.ts'

let scene: FaultScene
before(async () => {
  scene = await startFaultScene()
})
after(() => scene.close())

const notReady = 'IdentityProviderNotReady'

/** Without a length the end of the connection is the end of the answer. */
const cutOff: Handler = (response) => {
  response.writeHead(200, {
    'content-type': 'application/json',
    connection: 'close',
    'transfer-encoding': 'identity',
  })
  response.end('{"access_token":"marked","token_t')
}

suite('an answer that was given out', { concurrency: true }, () => {
  for (const [name, answer, words] of [
    ['200 without access_token', json(200, {}), /answered HTTP 200 without access_token when/],
    [
      '200 with an ID token alone',
      json(200, { id_token: 'x' }),
      /answered HTTP 200 without access_token when/,
    ],
    ['200 with a list', json(200, []), /answered HTTP 200 with JSON that is no object when/],
    [
      'a form',
      text(200, 'access_token=x&scope=openid'),
      /answered HTTP 200 with a form instead of JSON when/,
    ],
  ] as const)
    test(`as ${name} can be read by nobody, and is not asked for again`, async () => {
      const story = `${asked} MalformedResponse`
      await play(scene, { tokens: [answer], story, words, seen: [1, 1, 0] })
    })

  test('half of a token response is asked for again, and lost', async () => {
    const tokens = [cutOff, json(400, { error: 'invalid_grant' })]
    const story = `${asked} TokenLost`
    await play(scene, { tokens, story, words: /no token is stored/, seen: [1, 2, 0] })
  })
})

suite('an open prompt', { concurrency: true }, () => {
  test('a provider that is away while a question is open is asked when it is back', async () => {
    const { provider, question } = await openQuestion(scene)
    await provider.goAway()
    const requested = provider.visits('/token').length
    await assertEnds(await ask(scene.operator, await scene.openProvider()), approved)
    provider.isAnswered = true
    await eventually(() => question.story().endsWith(notReady), 'it is told')
    assert.match(
      question.words(),
      /cannot fetch the answer: IdentityProvider q-\w+: the token endpoint: connection refused/,
    )
    await provider.comeBack()
    await assertEnds(question, `${asked} ${notReady} Approved`)
    assert.deepEqual(countsOf(provider), [1, requested + 1, 0])
  })

  test('an IdentityProvider that is deleted and created again goes on', async () => {
    const { provider, question } = await openQuestion(scene)
    await remove(scene.operator.providers, question.name)
    provider.isAnswered = true
    await assertEnds(await ask(scene.operator, await scene.openProvider()), approved)
    assert.equal(question.story(), `${asked} ${notReady}`, 'it waits')
    assert.match(
      question.words(),
      /cannot fetch the answer: IdentityProvider q-\w+ was deleted\. Ask a platform engineer/,
    )
    await create(scene.operator.providers, question.provider)
    await assertEnds(question, `${asked} ${notReady} Approved`)
    assert.equal(provider.visits('/backchannel').length, 1)
  })
})

test('no pass failed', () => {
  assert.doesNotMatch(scene.operator.log(), /pass failed|"level":"error"/)
})

test('no secret was shown', () => assertNothingShown(scene.operator, scene.secrets()))
