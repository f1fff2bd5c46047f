/** Every exit code of the CI job's script. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json } from '../../support/fakes/network/http-answers.ts'
import { sought } from '../../support/assertions/sought.ts'
import {
  administer,
  approve,
  asked,
  proxy,
  questions,
  readTwice,
  request,
  scene,
  unavailable,
  unmatched,
  useCIJob,
} from '../../support/people/ci-job.ts'

useCIJob()

test('0: approved', async () => {
  const { exitCode, output, errors } = await approve({ INBOX_URL: 'https://approve.company.com/' }).ended
  assert.equal(exitCode, 0, errors)
  assert.match(output, /^approvalrequest\.countersign\.dev\/deploy-foo-\w+\n$/)
  const [requested, address, ...changes] = errors.trimEnd().split('\n')
  const name = output.trim().split('/')[1] ?? ''
  assert.equal(requested, `requested: ${output.trim()}`)
  assert.equal(address, `to answer: https://approve.company.com/requests/prod/${name}`)
  assert.match(changes.join('\n'), /^alice@company\.com approved at \d\d:\d\d UTC|^Approved: alice/m)
})

for (const [code, what, answer] of [
  [1, 'denied', () => json(400, { error: 'access_denied' })],
  [2, 'nobody answered', () => json(400, { error: 'expired_token' })],
  [3, 'failed', () => scene.provider.grant({ claims: { sub: 'mallory' } })],
] as const) {
  test(`${code}: ${what}`, async () => {
    scene.provider.tokens(answer())
    const { exitCode, output, errors } = await approve().ended
    assert.equal(exitCode, code, errors)
    assert.match(output, /^approvalrequest/)
    assert.match(errors.trimEnd().split('\n').at(-1) ?? '', /^(code|\w+: .+)/)
  })
}

test('it prints each condition and the code as they appear', async () => {
  scene.provider.isAnswered = false
  const running = approve()
  const { status } = await asked()
  await readTwice()
  scene.provider.isAnswered = true
  const { exitCode, errors } = await running.ended
  assert.equal(exitCode, 0, errors)
  const lines = errors.trimEnd().split('\n')
  assert.ok(lines.includes(`code: ${status?.code ?? ''}`), errors)
  const pending = lines.findIndex((line) => line.startsWith('AuthorizationPending: '))
  const approved = lines.findIndex((line) => line.startsWith('Approved: alice@company.com approved at '))
  assert.ok(pending > 0 && approved > pending, errors)
})

test('4: no policy matches, so nobody is asked: the reason is printed, and stays in the request', async () => {
  const { exitCode, errors } = await approve({ WAIT_SECONDS: '2' }, unmatched).ended
  assert.equal(exitCode, 4, errors)
  const lines = errors.trimEnd().split('\n')
  assert.match(lines[1] ?? '', /^NoMatchingPolicy: .+/)
  const [, name = ''] = /\/(\S+)$/.exec(lines[0] ?? '') ?? []
  assert.deepEqual(lines.slice(2), [
    `kept, so that it can be read: kubectl --namespace=prod get approvalrequest ${name} --output=yaml`,
    'nobody was asked within 2 seconds',
  ])
  assert.match(await questions(), new RegExp(name))
})

test('each change of the condition is printed once: the policy comes while the script waits', async () => {
  const removal = { patch: [{ op: 'add', path: '/spec/match/actions/-', value: 'remove' }] }
  const running = approve({}, unmatched)
  await sought(async () => {
    const found = await administer(
      'get',
      'apr',
      '--namespace=prod',
      '--output=jsonpath={.items[*].status.conditions[*].reason}',
    )
    return found === 'NoMatchingPolicy' || undefined
  })
  await readTwice()
  await administer(
    'patch',
    'apol/prod-deployments',
    '--type=json',
    `--patch=${JSON.stringify(removal.patch)}`,
  )
  const { exitCode, errors } = await running.ended
  await administer(
    'patch',
    'apol/prod-deployments',
    '--type=json',
    '--patch=[{"op":"remove","path":"/spec/match/actions/1"}]',
  )
  assert.equal(exitCode, 0, errors)
  const reasons = errors.split('\n').flatMap((line) => /^([A-Z]\w+): /.exec(line)?.[1] ?? [])
  assert.equal(reasons[0], 'NoMatchingPolicy')
  assert.equal(reasons.at(-1), 'Approved')
  assert.equal(new Set(reasons).size, reasons.length, errors)
})

test('4: the approver has an open prompt about the target; a script that gives up leaves nothing that would ask', async () => {
  scene.provider.isAnswered = false
  const first = approve()
  const { metadata } = await asked()
  const { exitCode, errors } = await approve({ WAIT_SECONDS: '2' }).ended
  assert.equal(exitCode, 4, errors)
  assert.match(errors, /\nThrottled: .*\nwithdrawn: .*\nnobody was asked within 2 seconds\n$/)
  assert.equal(await questions(), `approvalrequest.countersign.dev/${metadata.name}\n`)
  scene.provider.isAnswered = true
  assert.equal((await first.ended).exitCode, 0)
})

test('4: the request ends before anybody is asked', async () => {
  const short = unmatched.replace('spec:', 'spec:\n  requestedExpiry: 10s')
  scene.provider.prompts(json(400, { error: 'unknown_user_id' }))
  const { exitCode, errors } = await approve({}, short.replace('action: remove', 'action: deploy')).ended
  assert.equal(exitCode, 4, errors)
  assert.match(errors, /\nUnknownUserId: .*was not prompted.*\nnobody was asked\n$/)
})

test('124: the script has waited long enough, and withdraws', async () => {
  scene.provider.isAnswered = false
  const { exitCode, errors } = await approve({ WAIT_SECONDS: '4' }).ended
  assert.equal(exitCode, 124, errors)
  assert.match(errors, /\nwithdrawn: approvalrequest.*\nno answer within 4 seconds\n$/)
  assert.equal(await questions(), '')
})

test('5: somebody has withdrawn the request', async () => {
  scene.provider.isAnswered = false
  const running = approve()
  await asked()
  await administer('delete', 'approvalrequests', '--all', '--namespace=prod')
  const { exitCode, errors } = await running.ended
  assert.equal(exitCode, 5, errors)
  assert.match(errors, /withdrawn by somebody else: approvalrequest\S+ is gone\n$/)
})

test('124: the answer cannot be read, though it is a yes', async () => {
  scene.provider.isAnswered = false
  const running = approve({ WAIT_SECONDS: '6' })
  await asked()
  await readTwice()
  proxy.disturb(() => unavailable)
  scene.provider.isAnswered = true
  const { exitCode, errors } = await running.ended
  assert.equal(exitCode, 124, errors)
  assert.match(errors, /\nthe request cannot be read, which is tried again: .+\n/)
  assert.match(errors, /\nno answer within 6 seconds\n$/)
})

test('0: the API server is away for a while', async () => {
  scene.provider.isAnswered = false
  const running = approve()
  await asked()
  let refused = 0
  proxy.disturb(() => (response) => {
    refused += 1
    response.socket?.destroy()
  })
  proxy.cutWatches()
  await sought(() => Promise.resolve(refused > 2 || undefined))
  proxy.undisturb()
  scene.provider.isAnswered = true
  const { exitCode, errors } = await running.ended
  assert.equal(exitCode, 0, errors)
})

for (const [why, manifest] of [
  ['the manifest is refused', request.replace('action: deploy', 'action: Deploy!')],
  ['it has no right there', request.replace('metadata:', 'metadata:\n  namespace: default')],
  ['there is no manifest', ''],
] as const) {
  test(`4: ${why}`, async () => {
    const { exitCode, output } = await approve({}, manifest).ended
    assert.deepEqual([exitCode, output], [4, ''])
    assert.equal(await questions(), '')
  })
}

test('64: a manifest of two requests: both are named, and left as they are', async () => {
  const { exitCode, output, errors } = await approve({}, `${request}---\n${request}`).ended
  assert.deepEqual([exitCode, output], [64, ''])
  assert.match(
    errors,
    /^the manifest is not one ApprovalRequest\. Created, and left as it is: prod deploy-foo-/,
  )
  assert.equal((await questions()).trim().split('\n').length, 2)
})

test('4: the API server does not answer', async () => {
  proxy.disturb(() => unavailable)
  const { exitCode, output } = await approve().ended
  assert.deepEqual([exitCode, output], [4, ''])
})

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
  proxy.disturb(() => unavailable)
  running.signal('SIGTERM')
  const { exitCode, errors } = await running.ended
  assert.equal(exitCode, 130, errors)
})
