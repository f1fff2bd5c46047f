/** The script of the node drainer: who answers it, and who stops it. */
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { requireBinary } from '../../../tools/envtest/binaries.ts'
import { kubeconfigFor } from '../../../tools/local/processes.ts'
import type { RunningProgram } from '../../../tools/program.ts'
import {
  administer,
  asked,
  directory,
  drainExample,
  nodeFile,
  proxy,
  questions,
  scene,
  takePlaceOf,
  unavailable,
  useCIJob,
} from '../../support/people/ci-job.ts'
import { json } from '../../support/fakes/network/http-answers.ts'
import { startProgram } from '../../support/clusters/program.ts'
import { nameSomebodyElse } from '../../support/clusters/widen-limits.ts'

const programs = join(directory, 'bin')
let drainer: string

useCIJob({ once: bringDrainer, each: () => nameSomebodyElse(scene.controlPlane.kubeconfig, 'node-drains') })

async function bringDrainer(): Promise<void> {
  for (const file of ['1-access.yaml', '3-approval-policy.yaml'])
    await administer('apply', '--server-side', `--filename=${join(drainExample, file)}`)
  await administer('create', '--raw=/api/v1/nodes', `--filename=${nodeFile}`)
  const { controlPlane } = scene
  mkdirSync(programs)
  for (const program of ['/bin/sh', '/bin/date', '/bin/sleep', requireBinary('kubectl')])
    symlinkSync(program, join(programs, basename(program)))
  drainer = await kubeconfigFor({ ...controlPlane, url: proxy.url }, directory, 'maintenance/node-drainer')
}

test('the approval of another request is none', async () => {
  scene.provider.isAnswered = false
  const running = drain()
  const { metadata } = await asked('maintenance')
  proxy.disturb(() => unavailable)
  await takePlaceOf(metadata)
  proxy.undisturb()
  const { exitCode, errors } = await running.ended
  assert.equal(exitCode, 5, errors)
  assert.equal(await isCordoned(), '')
})

test('a denial drains nothing', async () => {
  scene.provider.tokens(json(400, { error: 'access_denied' }))
  const { exitCode, errors } = await drain().ended
  assert.equal(exitCode, 1, errors)
  assert.equal(await isCordoned(), '')
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`130: ${signal} at the script alone, as a Pod gets it, withdraws the request`, async () => {
    scene.provider.isAnswered = false
    const running = drain()
    await asked('maintenance')
    running.signal(signal)
    const { exitCode, errors } = await running.ended
    assert.equal(exitCode, 130, errors)
    assert.match(errors, /\nwithdrawn: approvalrequest/)
    assert.equal(await questions(), '')
    assert.equal(await isCordoned(), '')
  })
}

test('an approval that comes with the signal drains nothing', async () => {
  proxy.disturb(({ call }) =>
    call === 'GET nodes'
      ? undefined
      : proxy.pass({
          back: (answer, response) => {
            if (call.startsWith('GET approvalrequests')) running.signal('SIGTERM')
            response.writeHead(answer.statusCode ?? 502, answer.headers)
            answer.pipe(response)
          },
        }),
  )
  const running = drain()
  assert.equal((await running.ended).exitCode, 130)
  assert.equal(await isCordoned(), '')
})

test('4: a node that is not there: nobody is asked', async () => {
  const { exitCode, errors } = await drain('worker-9').ended
  assert.equal(exitCode, 4, errors)
  assert.match(errors, /nodes "worker-9" not found\nnobody was asked: node worker-9 cannot be read\n$/)
  assert.equal(await questions(), '')
})

for (const [what, call] of [
  ['cordon', 'PATCH nodes'],
  ['drain', 'GET pods'],
] as const) {
  test(`3: an approved node that kubectl cannot ${what} is neither denied nor drained`, async () => {
    proxy.disturb((exchange) => (exchange.call === call ? unavailable : undefined))
    const { exitCode, errors } = await drain().ended
    assert.equal(exitCode, 3, errors)
    assert.match(errors, /\napproved, but node worker-1 is not drained\n$/)
    await administer('uncordon', 'worker-1')
  })
}

test('3: an approved node that cannot be read any more is not drained', async () => {
  proxy.disturb(({ call }) => {
    if (call.startsWith('GET approvalrequests')) isAsking = true
    return call === 'GET nodes' && isAsking ? unavailable : undefined
  })
  let isAsking = false
  const { exitCode, errors } = await drain().ended
  assert.equal(exitCode, 3, errors)
  assert.match(errors, /\napproved, but node worker-1 cannot be read: it is not drained\n$/)
  assert.equal(await isCordoned(), '')
})

test('0: an approval drains the node, and no other', async () => {
  const { exitCode, errors } = await drain().ended
  assert.equal(exitCode, 0, errors)
  assert.equal(await isCordoned(), 'true')
})

/** In an image that holds nothing but what the page asks for. */
function drain(node = 'worker-1'): RunningProgram {
  const program = join(drainExample, 'drain.sh')
  return startProgram({
    program,
    args: [node],
    cwd: directory,
    env: { KUBECONFIG: drainer, PATH: programs },
  })
}

function isCordoned(): Promise<string> {
  return administer('get', 'node/worker-1', '--output=jsonpath={.spec.unschedulable}')
}
