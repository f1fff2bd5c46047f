/** Every exit code of the CI job's script, and who takes the name of its request. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { kubeconfigFor } from '../../../hack/demo/processes.ts'
import { json } from '../../support/http-answers.ts'
import { startProgram } from '../../support/program.ts'
import { nameSomebodyElse } from '../../support/widen-limits.ts'
import { sought } from '../../support/sought.ts'
import {
  administer,
  approve,
  asked,
  directory,
  drainExample,
  nodeFile,
  proxy,
  questions,
  readTwice,
  request,
  scene,
  takePlaceOf,
  unavailable,
  unmatched,
  useCIJob,
} from '../../support/ci-job.ts'

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

test('4: no policy matches, so nobody is asked: the reason is printed before the request is withdrawn', async () => {
  const { exitCode, errors } = await approve({ WAIT_SECONDS: '2' }, unmatched).ended
  assert.equal(exitCode, 4, errors)
  const lines = errors.trimEnd().split('\n')
  assert.match(lines[1] ?? '', /^NoMatchingPolicy: .+/)
  assert.match(lines[2] ?? '', /^withdrawn: approvalrequest/)
  assert.equal(lines[3], 'nobody was asked within 2 seconds')
  assert.equal(await questions(), '')
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

test('5: another request has taken the name, and is approved; it stays', async () => {
  scene.provider.isAnswered = false
  const running = approve()
  const { metadata } = await asked()
  proxy.disturb(() => unavailable)
  await takePlaceOf(metadata)
  proxy.undisturb()
  const { exitCode, errors } = await running.ended
  assert.equal(exitCode, 5, errors)
  assert.match(errors, /withdrawn by somebody else: .* is gone, and another request has its name\n$/)
  assert.match(await questions(), new RegExp(metadata.name))
})

for (const stop of ['SIGTERM', 'SIGINT'] as const) {
  test(`130: stopped by ${stop}, it does not withdraw the request that has taken the name`, async () => {
    scene.provider.isAnswered = false
    const running = approve()
    const { metadata } = await asked()
    proxy.disturb(() => unavailable)
    await takePlaceOf(metadata)
    proxy.disturb(({ call }) => (call.startsWith('GET') ? unavailable : undefined))
    running.signal(stop)
    const { exitCode, errors } = await running.ended
    assert.equal(exitCode, 130, errors)
    assert.match(await questions(), new RegExp(metadata.name))
  })
}

test('a drain does not take the approval of another request for its own', async () => {
  for (const file of ['1-access.yaml', '3-approval-policy.yaml'])
    await administer('apply', '--server-side', `--filename=${join(drainExample, file)}`)
  await nameSomebodyElse(scene.controlPlane.kubeconfig, 'node-drains')
  await administer('create', '--raw=/api/v1/nodes', `--filename=${nodeFile}`)
  scene.provider.isAnswered = false
  const drainer = await kubeconfigFor(
    { ...scene.controlPlane, url: proxy.url },
    directory,
    'maintenance/node-drainer',
  )
  const program = join(drainExample, 'drain.sh')
  const running = startProgram({ program, args: ['worker-1'], cwd: directory, env: { KUBECONFIG: drainer } })
  const { metadata } = await asked('maintenance')
  proxy.disturb(() => unavailable)
  await takePlaceOf(metadata)
  proxy.undisturb()
  assert.equal((await running.ended).exitCode, 5)
  assert.equal(await administer('get', 'node/worker-1', '--output=jsonpath={.spec.unschedulable}'), '')
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
  assert.match(errors, /\nthe API server does not answer; the script tries again\n/)
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
