/** Every exit code of the CI job's script, in the name of the ServiceAccount of its example, beside the controller as it is shipped. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { kubectl } from '../../../hack/control-plane/kubectl.ts'
import { kubeconfigFor } from '../../../hack/demo/processes.ts'
import { apiVersion } from '../../../src/api/names.ts'
import type { RunningProgram } from '../../../hack/program.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { startApiProxy } from '../../support/api-proxy.ts'
import type { ApiProxy } from '../../support/api-proxy.ts'
import { startClusterScene } from '../../support/cluster-scene.ts'
import type { ClusterScene } from '../../support/cluster-scene.ts'
import { clientID } from '../../support/company-provider.ts'
import { json } from '../../support/http-answers.ts'
import { create, isPending, storeCredential } from '../../support/question.ts'
import { startProgram } from '../../support/program.ts'
import { nameSomebodyElse } from '../../support/widen-limits.ts'
import { sought } from '../../support/sought.ts'

const example = fileURLToPath(new URL('../../../deploy/examples/ci-job/', import.meta.url))
const request = readFileSync(join(example, 'request.yaml'), 'utf8')
const unavailable = json(503, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 503 })
const directory = mkdtempSync(join(tmpdir(), 'countersign-ci-job-'))

let scene: ClusterScene
/** Between the script and the API server. */
let proxy: ApiProxy
let kubeconfig: string

before(async () => {
  scene = await startClusterScene()
  proxy = await startApiProxy(scene.controlPlane)
  const { operator, provider, controlPlane } = scene
  await storeCredential(operator, 'ci-deployer', provider.clientSecret)
  await create(operator.providers, {
    apiVersion,
    kind: 'IdentityProvider',
    metadata: { name: 'company' },
    spec: {
      issuer: provider.issuer,
      profile: 'Generic',
      clients: [
        {
          clientID,
          authentication: {
            method: 'client_secret_basic',
            secretRef: { name: 'ci-deployer', key: 'secret' },
          },
        },
      ],
      delivery: 'Poll',
      token: { approverClaim: 'sub' },
      allowInsecureHTTP: true,
    },
  })
  for (const file of ['1-access.yaml', '3-approval-policy.yaml'])
    await administer('apply', '--server-side', `--filename=${join(example, file)}`)
  await administer('wait', 'identityprovider/company', '--for=condition=Ready', '--timeout=30s')
  kubeconfig = await kubeconfigFor({ ...controlPlane, url: proxy.url }, directory, 'prod/ci-deployer')
})
beforeEach(() => nameSomebodyElse(scene.controlPlane.kubeconfig, 'prod-deployments'))
afterEach(async () => {
  proxy.undisturb()
  scene.provider.isAnswered = true
  await administer('delete', 'approvalrequests', '--all', '--namespace=prod')
})
after(async () => {
  await proxy.close()
  await scene.close()
  rmSync(directory, { recursive: true, force: true })
})

test('0: approved', async () => {
  const { exitCode, output, errors } = await approve().ended
  assert.equal(exitCode, 0, errors)
  assert.match(output, /^approvalrequest\.countersign\.dev\/deploy-foo-\w+\n$/)
  assert.match(errors, /^asked: approvalrequest.*\nalice@company\.com approved at \d\d:\d\d UTC/)
})

for (const [code, what, answer] of [
  [3, 'denied', () => json(400, { error: 'access_denied' })],
  [4, 'nobody answered', () => json(400, { error: 'expired_token' })],
  [5, 'failed', () => scene.provider.grant({ claims: { sub: 'mallory' } })],
] as const) {
  test(`${code}: ${what}`, async () => {
    scene.provider.tokens(answer())
    const { exitCode, output, errors } = await approve().ended
    assert.equal(exitCode, code, errors)
    assert.match(output, /^approvalrequest/)
    // What the request says, beside what was asked.
    assert.equal(errors.trimEnd().split('\n').length, 2, errors)
  })
}

test('4: the script has waited long enough, and withdraws', async () => {
  scene.provider.isAnswered = false
  const { exitCode, errors } = await approve({ WAIT_SECONDS: '2' }).ended
  assert.equal(exitCode, 4, errors)
  assert.equal(await questions(), '')
})

test('5: somebody has withdrawn the question', async () => {
  scene.provider.isAnswered = false
  const running = approve({ WAIT_SECONDS: '3' })
  await asked()
  await administer('delete', 'approvalrequests', '--all', '--namespace=prod')
  const { exitCode, errors } = await running.ended
  assert.equal(exitCode, 5, errors)
  assert.match(errors, /is gone, or could not be read\n$/)
})

test('5: the answer cannot be read, though it is a yes', async () => {
  scene.provider.isAnswered = false
  const running = approve({ WAIT_SECONDS: '4' })
  await asked()
  proxy.disturb(() => unavailable)
  scene.provider.isAnswered = true
  const { exitCode, errors } = await running.ended
  assert.equal(exitCode, 5, errors)
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
  test(`1: ${why}`, async () => {
    const { exitCode, output } = await approve({}, manifest).ended
    assert.deepEqual([exitCode, output], [1, ''])
    assert.equal(await questions(), '')
  })
}

test('1: the API server does not answer', async () => {
  proxy.disturb(() => unavailable)
  const { exitCode, output } = await approve().ended
  assert.deepEqual([exitCode, output], [1, ''])
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

test('130: a cancelled step of the GitHub job withdraws', async () => {
  scene.provider.isAnswered = false
  const pipeline = parse(readFileSync(join(example, 'github-actions.yaml'), 'utf8')) as Pipeline
  const step = pipeline.jobs.deploy.steps.find(({ name }) => name === 'Ask')?.run ?? ''
  symlinkSync(example, join(directory, 'deploy'))
  const running = startProgram({
    program: 'bash',
    args: ['-e', '-c', step],
    cwd: directory,
    env: {
      ...{ RUNNER_TEMP: directory, KUBECONFIG_ASK: readFileSync(kubeconfig, 'utf8') },
      ...{ GITHUB_RUN_ID: '4712', GITHUB_SHA: 'f'.repeat(40) },
    },
  })
  await asked()
  running.signal('SIGINT')
  assert.equal((await running.ended).exitCode, 130)
  assert.equal(await questions(), '')
})

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

type Pipeline = {
  readonly jobs: {
    readonly deploy: { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }
  }
}

function approve(env: NodeJS.ProcessEnv = {}, input = request): RunningProgram {
  const surroundings = { KUBECONFIG: kubeconfig, ...env }
  return startProgram({ program: join(example, 'approve.sh'), cwd: directory, env: surroundings, input })
}

async function asked(): Promise<void> {
  await sought(async () => {
    const list = await administer('get', 'approvalrequests', '--namespace=prod', '--output=json')
    return (JSON.parse(list) as { readonly items: ApprovalRequest[] }).items.some(isPending) || undefined
  })
}

/** Names of those that are there. */
function questions(): Promise<string> {
  return administer('get', 'approvalrequests', '--all-namespaces', '--output=name')
}

function administer(...args: readonly string[]): Promise<string> {
  return kubectl({ kubeconfig: scene.controlPlane.kubeconfig, args })
}
