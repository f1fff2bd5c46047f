/** Approval and token are those of the script's own request, whoever takes its name. */
import assert from 'node:assert/strict'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { kubeconfigFor } from '../../../tools/local/processes.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { nameSomebodyElse } from '../../support/clusters/widen-limits.ts'
import {
  administer,
  approve,
  asked,
  directory,
  kubeconfig,
  proxy,
  questions,
  scene,
  takePlaceOf,
  unavailable,
  useCIJob,
} from '../../support/people/ci-job.ts'

const examples = fileURLToPath(new URL('../../../deploy/examples/', import.meta.url))
const file = join(directory, 'token.jwt')
const generated = readFileSync(join(examples, 'ai-agent/4-approval-request.yaml'), 'utf8').replace(
  'name: rollback-foo',
  'generateName: rollback-',
)
const without = generated.replace(/\n {2}token:[^]*/, '\n')

let agent: string

useCIJob({ once: bringAgent, each: () => nameSomebodyElse(scene.controlPlane.kubeconfig, 'release-agent') })

async function bringAgent(): Promise<void> {
  const files = ['ai-agent/1-namespace.yaml', 'ai-agent/3-approval-policy.yaml']
  for (const name of files) await administer('apply', '--server-side', `--filename=${join(examples, name)}`)
  const { controlPlane } = scene
  agent = await kubeconfigFor({ ...controlPlane, url: proxy.url }, directory, 'release-agent/release-agent')
}

afterEach(() => {
  rmSync(file, { force: true })
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

test('a Role for a namespace of tokens alone reads that of a generated name; nobody else reads the file', async () => {
  const { exitCode, output, errors } = await approveWithToken().ended
  assert.equal(exitCode, 0, errors)
  assert.match(output, /\/rollback-\w+\n$/)
  assert.match(readFileSync(file, 'utf8'), /^marked-access_token-/)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.doesNotMatch(errors, /marked/)
})

test('3: a Role that names another Secret: what is missing is said where it is missing', async () => {
  const change = [{ op: 'add', path: '/rules/1/resourceNames', value: ['rollback-foo.countersign'] }]
  const role = ['patch', 'role/release-agent', '--namespace=release-agent', '--type=json']
  await administer(...role, `--patch=${JSON.stringify(change)}`)
  const { exitCode, errors } = await approveWithToken().ended
  await administer(...role, '--patch=[{"op":"remove","path":"/rules/1/resourceNames"}]')
  assert.equal(exitCode, 3, errors)
  assert.match(errors, /secrets "rollback-\w+\.countersign" is forbidden/)
  assert.match(
    errors,
    /\napproved, but whoever runs this script may not get Secret release-agent\/rollback-\w+\.countersign, which holds the token\./,
  )
  assert.match(
    errors,
    /a generated name is not known before: give requests whose tokens are read a namespace\nof their own/,
  )
})

test('5: between outcome and token the request is replaced by another one, which is approved', async () => {
  proxy.disturb(({ call }) =>
    call === 'GET secrets'
      ? proxy.pass({
          before: async () => {
            proxy.undisturb()
            await takePlaceOf(await theRequest())
          },
        })
      : undefined,
  )
  const { exitCode, errors } = await approveWithToken().ended
  assert.equal(exitCode, 5, errors)
  assert.match(
    errors,
    /\napproved, but Secret release-agent\/rollback-\w+\.countersign is not of this request: its token is not used\n$/,
  )
  assert.throws(() => readFileSync(file), { code: 'ENOENT' })
})

test('5: between outcome and token the request is deleted', async () => {
  proxy.disturb(({ call }) =>
    call === 'GET secrets'
      ? proxy.pass({
          before: async () => {
            proxy.undisturb()
            await administer('delete', 'apr', '--all', '--namespace=release-agent')
            await administer('delete', 'secrets', '--all', '--namespace=release-agent')
          },
        })
      : undefined,
  )
  const { exitCode, errors } = await approveWithToken().ended
  assert.equal(exitCode, 5, errors)
  assert.throws(() => readFileSync(file), { code: 'ENOENT' })
})

test('0: the API server is away when the token is read', async () => {
  let refused = 0
  proxy.disturb(({ call }) => {
    if (call !== 'GET secrets') return undefined
    refused += 1
    return refused > 2 ? undefined : (response) => void response.socket?.destroy()
  })
  const { exitCode, errors } = await approveWithToken().ended
  assert.equal(exitCode, 0, errors)
  assert.ok(refused > 2)
})

test('64: the manifest asks for no token; 64: there is no place for it: nobody is asked in vain', async () => {
  const bare = await approve({ KUBECONFIG: agent, TOKEN_FILE: file }, without).ended
  assert.equal(bare.exitCode, 64, bare.errors)
  assert.equal(bare.errors, 'TOKEN_FILE is set, but the manifest asks for no token; nothing was created\n')
  for (const place of [join(directory, 'no/where'), directory, `${directory}/`]) {
    const nowhere = await approve({ KUBECONFIG: agent, TOKEN_FILE: place }, generated).ended
    assert.equal(nowhere.exitCode, 64, nowhere.errors)
    assert.equal(nowhere.errors, `TOKEN_FILE cannot be written: ${place}\n`)
  }
  assert.equal(await questions(), '')
})

test('a file that others may read is theirs no longer once it holds a token', async () => {
  writeFileSync(file, 'of the last run, and longer than the token', { mode: 0o644 })
  const { exitCode, errors } = await approveWithToken().ended
  assert.equal(exitCode, 0, errors)
  assert.match(readFileSync(file, 'utf8'), /^marked-access_token-/)
  assert.equal(statSync(file).mode & 0o777, 0o600)
})

for (const wait of ['soon', '-1', '010', '1e3', '99999999']) {
  test(`64: WAIT_SECONDS is "${wait}"`, async () => {
    const env = { KUBECONFIG: kubeconfig, WAIT_SECONDS: wait }
    const { exitCode, errors } = await approve(env).ended
    assert.deepEqual([exitCode, errors], [64, `WAIT_SECONDS is a number of seconds, and not: ${wait}\n`])
    assert.equal(await questions(), '')
  })
}

function approveWithToken() {
  return approve({ KUBECONFIG: agent, TOKEN_FILE: file }, generated)
}

async function theRequest(): Promise<ApprovalRequest['metadata']> {
  const list = await administer('get', 'apr', '--namespace=release-agent', '--output=json')
  const { items } = JSON.parse(list) as { readonly items: readonly ApprovalRequest[] }
  assert.equal(items.length, 1)
  return items[0]?.metadata ?? { name: '' }
}
