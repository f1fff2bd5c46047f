/** Token responses that grant less than was requested, or that cannot be read, and what becomes of the request. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { summaryOf } from '../../../src/core/request/conditions.ts'
import { aJwt } from '../../support/builders/access-token.ts'
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

const longJwt = aJwt({ exp: Math.floor(Date.now() / 1000) + 7200 })
const scopes = ['rollouts:promote', 'rollouts:abort']
const withScopes: Asking = {
  policy: { token: { scopes, maxLifetime: '10m' } },
  request: { token: { delivery: 'Secret', scopes } },
}

suite('a token response', { concurrency: true }, () => {
  for (const [name, response, words] of [
    [
      'without any scope that was requested',
      { scope: 'openid' },
      /scope: nothing that was requested was granted, the grant lacks rollouts:promote, rollouts:abort/,
    ],
    ['with no scope at all', { scope: '' }, /scope: nothing that was requested was granted/],
    ['with a list that has a wider scope', { scope: ['openid', ...scopes, 'admin'] }, /scope: .*, admin/],
    [
      'with a scope that is no list',
      { scope: { openid: true } },
      /scope: the token response has .*, which is no list of scopes/,
    ],
    [
      'with null for a scope',
      { scope: null },
      /scope: the token response has .*, which is no list of scopes/,
    ],
    ['with an ID token that is no text', { id_token: 7 }, /id_token: the token response has no text for it/],
    ['of another type', { token_type: 'DPoP' }, /token_type: the token response has "DPoP" and not "Bearer"/],
    [
      'with a longer life',
      { expires_in: 7200 },
      /expires_in: the token lives longer than the policy's maxLife/,
    ],
    ['without a lifetime', { expires_in: undefined }, /expires_in: the provider did not state a lifetime/],
    ['that has expired', { expires_in: 0 }, /expires_in: the token had already expired/],
    ['with a JWT that outlives the limit', { access_token: longJwt }, /exp: the token lives longer/],
    [
      'with a life that is no number',
      { expires_in: 'soon' },
      /expires_in: the token response has "soon", which is no number of seconds/,
    ],
  ] as const satisfies readonly (readonly [string, Grant['response'], RegExp])[])
    test(`${name} is refused and revoked`, async () => {
      const story = `${asked} TokenRejected`
      const said = new RegExp(`TokenRejected: ${words.source}`)
      // Another access token than the one that at_hash is of.
      const grant = { response, claims: { at_hash: undefined } }
      await play(scene, { grant, asking: withScopes, story, words: said, seen: [1, 1, 1] })
    })

  test('with some of the scopes is an approval that says which are missing', async () => {
    const provider = await scene.openProvider()
    provider.tokens(provider.grant({ response: { scope: ['openid', 'rollouts:abort'] } }))
    const question = await ask(scene.operator, provider, withScopes)
    const finished = await question.until(isFinal)
    assert.match(
      summaryOf(finished)?.message ?? '',
      /^alice@company\.com approved at [\d:]+ UTC\. The provider did not grant rollouts:promote\. Act before [\d:]+ UTC, with the token in Secret \S+ \(it does not name the action\)\.$/,
    )
    assert.equal(provider.visits('/revoke').length, 0)
  })
})

test('no pass failed', () => {
  assert.doesNotMatch(scene.operator.log(), /pass failed|"level":"error"/)
})

test('no secret was shown', () => assertNothingShown(scene.operator, scene.secrets()))
