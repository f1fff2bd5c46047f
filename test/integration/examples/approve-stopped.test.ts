/** What the CI job's script leaves behind when it is stopped or gives up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { sought } from '../../support/assertions/sought.ts'
import {
  administer,
  approve,
  asked,
  proxy,
  questions,
  readTwice,
  scene,
  unavailable,
  useCIJob,
} from '../../support/people/ci-job.ts'

useCIJob()

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`130: stopped by ${signal}, it withdraws`, async () => {
    scene.provider.isAnswered = false
    const running = approve()
    await asked()
    running.signal(signal)
    const { exitCode, errors } = await running.ended
    assert.equal(exitCode, 130, errors)
    assert.equal(await questions(), '')
  })
}

test('130: stopped while it asks, it withdraws what it has asked', async () => {
  scene.provider.isAnswered = false
  proxy.disturb(({ call }) =>
    call === 'POST approvalrequests'
      ? proxy.pass({
          back: (answer, response) => {
            running.signal('SIGTERM')
            response.writeHead(answer.statusCode ?? 502, answer.headers)
            answer.pipe(response)
          },
        })
      : undefined,
  )
  const running = approve()
  const { exitCode, errors } = await running.ended
  assert.equal(exitCode, 130, errors)
  assert.equal(await questions(), '')
})

test('130: stopped while the API server does not answer, too', async () => {
  scene.provider.isAnswered = false
  const running = approve()
  await asked()
  // It names the deadline that it has read.
  await readTwice()
  proxy.disturb(() => unavailable)
  running.signal('SIGTERM')
  const { exitCode, errors } = await running.ended
  assert.equal(exitCode, 130, errors)
  assert.match(
    errors,
    /\nnot withdrawn: approvalrequest\S+ stays open until \d{4}-\S+Z, and people may still be asked: /,
  )
})

for (const [what, isAsked] of [
  ['the request waits for its turn', false],
  ['somebody is asked', true],
] as const) {
  test(`124: the right to ask is withdrawn while ${what}: the request could not be withdrawn, and that is said`, async () => {
    scene.provider.isAnswered = false
    const first = isAsked ? undefined : approve()
    if (first !== undefined) await asked()
    const running = approve({ WAIT_SECONDS: '6' })
    await sought(async () => {
      const reasons = await administer(
        'get',
        'apr',
        '--namespace=prod',
        '--output=jsonpath={.items[*].status.conditions[*].reason}',
      )
      return reasons.includes(isAsked ? 'AuthorizationPending' : 'Throttled') || undefined
    })
    await readTwice()
    const binding = await administer(
      'get',
      'rolebinding/ci-deployer-asks',
      '--namespace=prod',
      '--output=json',
    )
    await administer('delete', 'rolebinding/ci-deployer-asks', '--namespace=prod')
    const { exitCode, errors } = await running.ended
    await recreate(binding)
    if (first !== undefined) {
      first.signal('SIGTERM')
      await first.ended
    }
    assert.equal(exitCode, 124, errors)
    assert.match(
      errors,
      /\nthe request cannot be read, which is tried again: .*\(Forbidden\).*cannot get resource/,
    )
    assert.match(
      errors,
      /\nnot withdrawn: approvalrequest\S+ stays open until \d{4}-\S+Z, and people may still be asked: .*cannot delete resource/,
    )
    assert.match(errors, /\nno answer within 6 seconds\n$/)
    assert.doesNotMatch(errors, /^withdrawn: |nobody was asked/m)
  })
}

async function recreate(object: string): Promise<void> {
  const { kubeconfig } = scene.controlPlane
  const { metadata, ...rest } = JSON.parse(object) as {
    readonly metadata: { readonly name: string; readonly namespace: string }
  }
  const { name, namespace } = metadata
  await kubectl({
    kubeconfig,
    args: ['create', '--filename=-'],
    input: JSON.stringify({ ...rest, metadata: { name, namespace } }),
  })
}
