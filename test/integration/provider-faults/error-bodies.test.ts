/** Errors whose bodies are not OAuth's: what people read of them, and what nobody does. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { aJwt } from '../../support/builders/access-token.ts'
import { asked, assertEnds, play } from '../../support/scenes/fault-row.ts'
import { startFaultScene } from '../../support/scenes/fault-scene.ts'
import type { FaultScene } from '../../support/scenes/fault-scene.ts'
import { json, text } from '../../support/fakes/network/http-answers.ts'
import type { Handler } from '../../support/fakes/network/http-answers.ts'
import { assertNothingShown } from '../../support/assertions/leaks.ts'
import { ask } from '../../support/clusters/question.ts'

let scene: FaultScene
before(async () => {
  scene = await startFaultScene()
})
after(() => scene.close())

const okta = json(400, { errorCode: 'E0000001', errorSummary: 'Api validation failed: login' })
const problem = json(
  403,
  { type: 'about:blank', title: 'Forbidden', status: 403, detail: 'No CIBA for this client' },
  { 'content-type': 'application/problem+json' },
)
const page = '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>'

suite('the backchannel endpoint', { concurrency: true }, () => {
  for (const [name, answer, words] of [
    ['errorSummary', okta, /answered HTTP 400 \("E0000001: Api validation failed: login"\), and alice/],
    ['problem details', problem, /answered HTTP 403 \("Forbidden: No CIBA for this client"\)/],
    ['an error object', json(400, { error: { code: 'bad_hint', message: 'who?' } }), /\("bad_hint: who\?"\)/],
    ['a message', json(404, { message: 'no Route matched' }), /answered HTTP 404 \("no Route matched"\)/],
    ['text', text(400, 'login_hint is unknown'), /answered HTTP 400 \("login_hint is unknown"\)/],
    ['markup', text(400, '<b>no</b>'), /answered HTTP 400 without an OAuth error/],
    ['no body', text(400, ''), /answered HTTP 400 without an OAuth error/],
  ] as const)
    test(`a refusal with ${name} is quoted`, async () => {
      await play(scene, { prompts: [answer], story: 'Prompting ProviderError', words, seen: [1, 0, 0] })
    })

  test('a redirect disturbs nobody, and is not followed', async () => {
    const prompts = [text(307, '', { location: '/token' })]
    const words = /answered HTTP 307, a redirect, which is not followed, and alice@company\.com was not/
    await play(scene, { prompts, story: 'Prompting ProviderError', words, seen: [1, 0, 0] })
  })

  test('the title of a page is quoted where somebody may have been prompted', async () => {
    const words =
      /HTTP 502 without an OAuth error \("502 Bad Gateway"\)\. alice@company\.com may still see the prompt/
    await play(scene, { prompts: [text(502, page)], story: 'Prompting PromptLost', words, seen: [1, 0, 0] })
  })

  test('a 401 of a gateway is a client that is not let in, with the gateway’s words', async () => {
    const answer = json(401, {
      status: 401,
      error: 'Unauthorized',
      message: 'Full authentication is required',
    })
    const story = 'Prompting IdentityProviderNotReady AuthorizationPending Approved'
    const words = /HTTP 401 \("Full authentication is required"\)/
    await play(scene, { prompts: [answer], story, words, seen: [2, 1, 0] })
  })

  test('what was sent, and what looks like a token, is not passed on', async () => {
    const provider = await scene.openProvider()
    const quoting: Handler = (...exchange) => {
      const token = aJwt({ sub: 'alice' })
      provider.secrets.add(token)
      json(400, { message: `client ${provider.clientSecret} with ${token}` })(...exchange)
    }
    const words = /answered HTTP 400 \("client \.\.\. with \.\.\."\)/
    await play(scene, {
      provider,
      prompts: [quoting],
      story: 'Prompting ProviderError',
      words,
      seen: [1, 0, 0],
    })
  })
})

suite('the token endpoint', { concurrency: true }, () => {
  for (const [name, answer, words] of [
    [
      'errorSummary',
      okta,
      /answered HTTP 400 \("E0000001: Api validation failed: login"\) when the operator/,
    ],
    ['an empty error', json(400, { error: '' }), /answered HTTP 400 without an OAuth error when/],
  ] as const)
    test(`a refusal with ${name} is final, and quoted`, async () => {
      const story = `${asked} ProviderError`
      await play(scene, { tokens: [answer], story, words, seen: [1, 1, 0] })
    })

  const short = json(200, { auth_req_id: 'a-short-one', expires_in: 15, interval: 3 })

  for (const [name, answer, words] of [
    [
      'problem details',
      problem,
      /the token endpoint answered HTTP 403 \("Forbidden: No CIBA for this client"\)/,
    ],
    ['a page', text(502, page), /the token endpoint answered HTTP 502 \("502 Bad Gateway"\)/],
    [
      'text',
      text(500, 'upstream connect error'),
      /the token endpoint answered HTTP 500 \("upstream connect error"\)/,
    ],
    [
      'a status by name',
      json(403, { error: 'Forbidden' }),
      /the token endpoint answered HTTP 403 \("Forbidden"\)/,
    ],
  ] as const)
    test(`an error with ${name} until the deadline is quoted`, async () => {
      const provider = await scene.openProvider()
      provider.prompts(short)
      provider.tokens(...Array<Handler>(20).fill(answer))
      const question = await ask(scene.operator, provider)
      await assertEnds(question, `${asked} IdentityProviderNotReady RequestExpired`)
      assert.match(question.words(), words)
    })
})

test('no secret was shown', () => assertNothingShown(scene.operator, scene.secrets()))
