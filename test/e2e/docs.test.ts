/** Every command of README, quickstart and the pages of journeys, in order, on a real API server: what the pages show is what is printed. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { kubectl } from '../../tools/envtest/kubectl.ts'
import { startControlPlane } from '../../tools/envtest/start.ts'
import type { ControlPlane } from '../../tools/envtest/start.ts'
import { agentWith, exampleManifest, isAsked, isFinal } from '../../tools/local/agent.ts'
import type { Agent } from '../../tools/local/agent.ts'
import { startCluster } from '../../tools/local/cluster.ts'
import type { Cluster } from '../../tools/local/cluster.ts'
import { answerAs } from '../../tools/local/person.ts'
import { kubeconfigFor, operatorNamespace } from '../../tools/local/processes.ts'
import type { ApprovalRequest } from '../../src/api/objects.ts'
import { answerOpen, answerWhile } from '../support/people/answering.ts'
import type { Decision } from '../support/people/answering.ts'
import { blocksOf, fencesOf, inlineCommandsOf, isLike } from '../support/docs/markdown-commands.ts'
import type { Block, Command } from '../support/docs/markdown-commands.ts'
import { startProgram } from '../support/clusters/program.ts'
import { widenLimits } from '../support/clusters/widen-limits.ts'
import { elsewhere, inline, pages } from './docs-table.ts'
import type { Page } from './docs-table.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'countersign-docs-'))
/** What a reader has: a clone, and files of its own beside it. */
const clone = join(directory, 'clone')

/** Chapters for a cluster that nothing is installed in yet. */
const onBareClusters = ['Helm', 'Upgrade', 'Uninstall', 'Move from Helm to kubectl, and back', 'Install it']

/** Chapters in which alice does not say yes; `undefined`: she says nothing. */
const otherAnswers: Readonly<Record<string, Decision | undefined>> = {
  'When a person says no': 'deny',
  'When nobody answers': undefined,
}

/** Clients that the pages speak of: their administrator has registered them, and given out their secrets. */
const clients = [
  { client_id: 'release-agent', scopes: ['config:rollback'] },
  { client_id: 'ci-deployer', scopes: [] },
  { client_id: 'node-drainer', scopes: [] },
  { client_id: 'argo-cd', scopes: [] },
].map((client) => ({ kind: 'Ciba', client_secret: randomBytes(24).toString('base64url'), ...client }))

/** What a reader has in the cluster already: a node, and Argo CD. */
const present = [
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } },
]

const waitMs = 30_000

let cluster: Cluster
let bare: ControlPlane

before(async () => {
  mkdirSync(clone)
  for (const entry of readdirSync(root)) symlinkSync(join(root, entry), join(clone, entry))
  const inner = join(directory, 'cluster')
  mkdirSync(inner)
  cluster = await startCluster(inner, () => undefined, { clients })
  await widenLimits(cluster.controlPlane.kubeconfig)
  bare = await startControlPlane({ directory: join(directory, 'bare') })
  await bringClientSecrets()
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: present })
  await kubectl({ kubeconfig: cluster.controlPlane.kubeconfig, args: ['create', '--filename=-'], input })
})

after(async () => {
  await bare.stop()
  await cluster.stop()
  rmSync(directory, { recursive: true, force: true })
})

for (const [page, { notRun = [], parts = 0, account, given }] of Object.entries(pages)) {
  const markdown = readFileSync(join(root, page), 'utf8')
  const blocks = blocksOf(markdown)

  test(`${page} does what it shows`, async () => {
    const { controlPlane } = cluster
    await forgetQuestions()
    if (given !== undefined) await putQuestion(given)
    const kubeconfig =
      account === undefined ? controlPlane.kubeconfig : await kubeconfigFor(controlPlane, directory, account)
    for (const block of blocks) await follow(block, { page, kubeconfig })
    for (const command of inlineCommandsOf(markdown)) await tryInline(command, { page, kubeconfig })
  })

  test(`${page} says what is not run`, () => {
    const reasons = blocks.flatMap((block) => (block.kind === 'NotRun' ? [block.reason] : []))
    assert.deepEqual(reasons, notRun)
    assert.equal(blocks.filter(({ kind }) => kind === 'Part').length, parts)
  })
}

test('every page with commands is one of these, or is run elsewhere', () => {
  const withCommands = globSync('{README.md,docs/**/*.md}', { cwd: root }).filter((page) => {
    const markdown = readFileSync(join(root, page), 'utf8')
    return fencesOf(markdown).some(({ language }) => language === 'console')
  })
  assert.deepEqual(
    withCommands.filter((page) => !(page in pages) && !(page in elsewhere)),
    [],
  )
})

test('a question that is open while the keys are rotated goes on', async () => {
  const { kubeconfig } = cluster.controlPlane
  await forgetQuestions()
  const { agent, asked } = await putQuestion('Asked')
  const page = 'docs/operations.md'
  const blocks = blocksOf(readFileSync(join(root, page), 'utf8'))
  for (const block of blocks.filter(({ heading }) => heading === 'Rotate the keys that seal'))
    await follow(block, { page, kubeconfig })
  const ended = new AbortController()
  const answering = answerWhile(cluster, 'approve', ended.signal)
  const finished = await agent.until('foo-v2', isFinal, AbortSignal.timeout(waitMs))
  ended.abort()
  await answering
  assert.equal(finished.status?.outcome, 'Approved')
  const args = ['get', 'secret', 'countersign-keys', `--namespace=${operatorNamespace}`, '--output=json']
  const { data } = JSON.parse(await kubectl({ kubeconfig, args })) as { readonly data: object }
  const [header = ''] = (asked.status?.prompts?.[0]?.handle ?? '').split('.')
  const { kid: sealedWith } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }
  assert.ok(Object.keys(data).includes(sealedWith))
  assert.notEqual(sealedWith, Object.keys(data).toSorted().at(-1))
})

/** The founding example, asked by its agent. */
async function putQuestion(
  state: NonNullable<Page['given']>,
): Promise<{ agent: Agent; asked: ApprovalRequest }> {
  const agent = agentWith(await kubeconfigFor(cluster.controlPlane, directory, 'demo/agent-release-bot'))
  await agent.apply(exampleManifest())
  const asked = await agent.until('foo-v2', isAsked, AbortSignal.timeout(waitMs))
  if (state === 'ApprovedWithChanges') {
    const [alice] = cluster.people.filter(({ username }) => username === 'alice')
    assert.ok(alice)
    const request = { namespace: 'demo', name: 'foo-v2' }
    const changes = { waitInterval: '15m' }
    await answerAs({ ...alice, inboxUrl: cluster.inboxUrl, request, decision: 'approve', changes })
    await agent.until('foo-v2', isFinal, AbortSignal.timeout(waitMs))
  }
  return { agent, asked }
}

/** Answers what is open first: a prompt holds its place until it is answered, even if its request is deleted. */
async function forgetQuestions(): Promise<void> {
  await answerOpen(cluster, 'approve')
  const args = ['delete', 'approvalrequests', '--all', '--all-namespaces']
  await kubectl({ kubeconfig: cluster.controlPlane.kubeconfig, args })
}

async function tryInline(command: string, { page, kubeconfig }: Reader): Promise<void> {
  const how = inline[command]
  assert.ok(how !== undefined, `${page}: say in docs-table.ts how "${command}" is run`)
  if (how !== 'Run' && 'notRun' in how) return
  const { exitCode, printed } = await inShell(how === 'Run' ? command : how.as, kubeconfig)
  assert.equal(exitCode, 0, `${page}: ${command}\n${printed}`)
}

type Reader = { readonly page: string; readonly kubeconfig: string }

async function follow(block: Block, reader: Reader): Promise<void> {
  if (block.kind === 'NotRun' || block.kind === 'Part') return
  if (block.kind === 'File') {
    const file = join(clone, block.name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, withOurProvider(block.text))
    return
  }
  const { heading } = block
  const kubeconfig = onBareClusters.includes(heading) ? bare.kubeconfig : reader.kubeconfig
  const answer = heading in otherAnswers ? otherAnswers[heading] : 'approve'
  for (const command of block.commands) await run(command, { ...reader, kubeconfig, answer })
}

async function run(
  { line, output, lineNumber }: Command,
  { kubeconfig, page, answer }: Reader & { readonly answer: Decision | undefined },
): Promise<void> {
  const where = `${page}:${lineNumber}: ${line}`
  const ended = new AbortController()
  const waits = line.includes('--for=condition=Complete') || line.includes('.sh')
  const answering =
    waits && answer !== undefined ? answerWhile(cluster, answer, ended.signal) : Promise.resolve()
  const running = inShell(line, kubeconfig).finally(() => {
    ended.abort()
  })
  const [{ exitCode, printed }] = await Promise.all([running, answering])
  assert.equal(exitCode, 0, `${where}\n${printed}`)
  const lines = printed.trimEnd() === '' ? [] : printed.trimEnd().split('\n')
  assert.ok(isLike(lines, output), `${where} prints\n${printed}\nand not\n${output.join('\n')}`)
}

async function inShell(
  line: string,
  kubeconfig: string,
): Promise<{ exitCode: number | null; printed: string }> {
  const args = ['-o', 'pipefail', '-c', `exec 2>&1; ${line}`]
  const env = { KUBECONFIG: kubeconfig }
  const { exitCode, output } = await startProgram({ program: 'bash', args, cwd: clone, env }).ended
  return { exitCode, printed: output }
}

/** The reader's company has a provider; here the embedded one stands in its place. */
function withOurProvider(yaml: string): string {
  return yaml.replace(
    'issuer: https://sso.company.com',
    `issuer: ${cluster.issuer}\n  allowInsecureHTTP: true`,
  )
}

/** The files with the clients' secrets that the reader got from the provider's administrator. */
async function bringClientSecrets(): Promise<void> {
  const encoded = await kubectl({
    kubeconfig: cluster.controlPlane.kubeconfig,
    args: [
      'get',
      'secret',
      'agent-release-bot',
      `--namespace=${operatorNamespace}`,
      '--output=jsonpath={.data.client-secret}',
    ],
  })
  writeFileSync(join(clone, 'client-secret.txt'), Buffer.from(encoded, 'base64'))
  for (const { client_id: id, client_secret: secret } of clients)
    writeFileSync(join(clone, `${id}.txt`), secret)
}
