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
  scene,
  unavailable,
  unmatched,
  useCIJob,
} from '../../support/people/ci-job.ts'

useCIJob()

test('0: approved', async () => {
  const { exitCode, output, errors } = await approve().ended
  assert.equal(exitCode, 0, errors)
  assert.match(output, /^approvalrequest\.countersign\.dev\/deploy-foo-\w+\n$/)
  const [requested, ...changes] = errors.trimEnd().split('\n')
  assert.equal(requested, `requested: ${output.trim()}`)
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

test('it prints each condition as it appears, and code and address once somebody is asked', async () => {
  scene.provider.isAnswered = false
  const running = approve({ INBOX_URL: 'https://approve.company.com/' })
  const { status, metadata } = await asked()
  await readTwice()
  scene.provider.isAnswered = true
  const { exitCode, errors } = await running.ended
  assert.equal(exitCode, 0, errors)
  const lines = errors.trimEnd().split('\n')
  const code = lines.indexOf(`code: ${status?.code ?? ''}`)
  assert.equal(lines[code + 1], `to answer: https://approve.company.com/requests/prod/${metadata.name}`)
  const pending = lines.findIndex((line) => line.startsWith('AuthorizationPending: '))
  const approved = lines.findIndex((line) => line.startsWith('Approved: alice@company.com approved at '))
  assert.ok(pending > 0 && code > pending && approved > code, errors)
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

test('4: the API server does not answer', async () => {
  proxy.disturb(() => unavailable)
  const { exitCode, output } = await approve().ended
  assert.deepEqual([exitCode, output], [4, ''])
})
