/** An answer of a provider that means harm, or none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAnswer } from '../../../../src/oidc/ciba/answer.ts'

for (const [name, body] of [
  [
    'nested a hundred thousand times',
    `{"error":"slow_down","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  ],
  [
    'of a hundred thousand members',
    `{${Array.from({ length: 100_000 }, (_, index) => `"${index}":1`).join()}}`,
  ],
] as const)
  test(`an error ${name} is not parsed`, async () => {
    assert.equal((await readAnswer(new Response(body, { status: 400 }))).body, undefined)
  })

test('a token response of some members is', async () => {
  const answer = {
    access_token: 'a'.repeat(100_000),
    authorization_details: Array(300).fill({ type: 'a', b: [1] }),
  }
  assert.deepEqual((await readAnswer(Response.json(answer))).body, answer)
})
