/** Whether anybody was asked, as the CI job's script tells it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json } from '../../support/fakes/network/http-answers.ts'
import { approve, scene, useCIJob } from '../../support/people/ci-job.ts'

useCIJob()

for (const [what, answer] of [
  ['does not know the approver', json(400, { error: 'unknown_user_id' })],
  ['lets nobody be prompted', json(403, { error: 'access_denied' })],
  ['refuses the binding message', json(400, { error: 'invalid_binding_message' })],
  ['answers with an error of its own', json(400, { errorCode: 'E1', errorSummary: 'User is locked' })],
] as const) {
  test(`4: the provider ${what}: nobody was asked, and no code is printed`, async () => {
    scene.provider.prompts(answer)
    const { exitCode, errors } = await approve({ INBOX_URL: 'https://approve.company.com' }).ended
    assert.equal(exitCode, 4, errors)
    assert.match(errors, /\n\w+: .*was not prompted.*\nnobody was asked\n$/)
    assert.doesNotMatch(errors, /^(code|to answer): /m)
  })
}

test('4: the provider fails each time: no code is printed, since nobody has seen it', async () => {
  const { routes } = scene.provider
  const usual = routes.get('/backchannel')
  routes.set('/backchannel', json(503, { error: 'server_error' }))
  const { exitCode, errors } = await approve({ WAIT_SECONDS: '3', INBOX_URL: 'https://approve.company.com' })
    .ended
  if (usual !== undefined) routes.set('/backchannel', usual)
  assert.equal(exitCode, 4, errors)
  assert.match(errors, /\nIdentityProviderNotReady: .*answered server_error/)
  assert.doesNotMatch(errors, /^(code|to answer): /m)
})

test('124: the provider gives no answer to the prompt: whether anybody sees it is not known', async () => {
  scene.provider.prompts(() => undefined)
  const { exitCode, errors } = await approve({ WAIT_SECONDS: '2' }).ended
  assert.equal(exitCode, 124, errors)
  assert.match(
    errors,
    /\nwithdrawn: .*\nit is not known whether anybody was asked\nno answer within 2 seconds\n$/,
  )
  assert.doesNotMatch(errors, /^code: /m)
})
