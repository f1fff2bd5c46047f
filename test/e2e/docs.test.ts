/** Every command of README and quickstart, in order, on a real API server: what the pages show is what is printed. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { helmPath } from '../../hack/chart/helm.ts'
import { requireBinary } from '../../hack/control-plane/binaries.ts'
import { kubectl } from '../../hack/control-plane/kubectl.ts'
import { startControlPlane } from '../../hack/control-plane/start.ts'
import type { ControlPlane } from '../../hack/control-plane/start.ts'
import { agentWith, isAsked } from '../../hack/demo/agent.ts'
import type { Agent } from '../../hack/demo/agent.ts'
import { startCluster } from '../../hack/demo/cluster.ts'
import type { Cluster } from '../../hack/demo/cluster.ts'
import { answerAs } from '../../hack/demo/person.ts'
import { kubeconfigFor, operatorNamespace } from '../../hack/demo/processes.ts'
import { blocksOf, isLike } from '../support/markdown-commands.ts'
import type { Block, Command } from '../support/markdown-commands.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'countersign-docs-'))
/** What a reader has: a clone, and files of its own beside it. */
const clone = join(directory, 'clone')

/** Chapters for a cluster that nothing is installed in yet. */
const onBareClusters = ['Install it']

/** How many blocks each page shows that nothing runs; one more has to be meant. */
const pages = { 'README.md': { notRun: 1 }, 'docs/quickstart.md': { notRun: 2 } } as const

const askedWithinMs = 30_000

let cluster: Cluster
let agent: Agent
let bare: ControlPlane

before(async () => {
  mkdirSync(clone)
  for (const entry of readdirSync(root)) symlinkSync(join(root, entry), join(clone, entry))
  const inner = join(directory, 'cluster')
  mkdirSync(inner)
  cluster = await startCluster(inner, () => undefined)
  agent = agentWith(await kubeconfigFor(cluster.controlPlane, inner, 'demo/agent-release-bot'))
  bare = await startControlPlane({ directory: join(directory, 'bare') })
  await bringClientSecret()
})

after(async () => {
  await bare.stop()
  await cluster.stop()
  rmSync(directory, { recursive: true, force: true })
})

for (const [page, { notRun }] of Object.entries(pages)) {
  const blocks = blocksOf(readFileSync(join(root, page), 'utf8'))

  test(`${page} does what it shows`, async () => {
    const args = ['delete', 'approvalrequests', '--all', '--namespace=demo']
    await kubectl({ kubeconfig: cluster.controlPlane.kubeconfig, args })
    for (const block of blocks) await follow(block, page)
  })

  test(`${page} says of ${notRun} blocks that they are not run`, () => {
    assert.equal(blocks.filter(({ kind }) => kind === 'NotRun').length, notRun)
  })
}

async function follow(block: Block, page: string): Promise<void> {
  if (block.kind === 'NotRun') return
  if (block.kind === 'File') {
    const file = join(clone, block.name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, withOurProvider(block.text))
    return
  }
  const kubeconfig = onBareClusters.includes(block.heading)
    ? bare.kubeconfig
    : cluster.controlPlane.kubeconfig
  for (const command of block.commands) await run(command, { kubeconfig, page })
}

async function run(
  command: Command,
  { kubeconfig, page }: { kubeconfig: string; page: string },
): Promise<void> {
  const { line, output, lineNumber } = command
  const answering = line.includes('--for=condition=Complete') ? approve() : undefined
  const { exitCode, printed } = await inShell(line, kubeconfig)
  await answering
  const where = `${page}:${lineNumber}: ${line}`
  assert.equal(exitCode, 0, `${where}\n${printed}`)
  const lines = printed.trimEnd() === '' ? [] : printed.trimEnd().split('\n')
  assert.ok(isLike(lines, output), `${where} prints\n${printed}\nand not\n${output.join('\n')}`)
}

async function inShell(
  line: string,
  kubeconfig: string,
): Promise<{ exitCode: number | null; printed: string }> {
  const path = [dirname(requireBinary('kubectl')), dirname(helmPath()), process.env.PATH].join(delimiter)
  const env = { ...process.env, KUBECONFIG: kubeconfig, PATH: path }
  const child = spawn('bash', ['-o', 'pipefail', '-c', `${line} 2>&1`], { cwd: clone, env })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  const [exitCode, printed] = await Promise.all([ended, text(child.stdout)])
  return { exitCode, printed }
}

/** The reader's company has a provider; here the embedded one stands in its place. */
function withOurProvider(yaml: string): string {
  return yaml.replace(
    'issuer: https://sso.company.com',
    `issuer: ${cluster.issuer}\n  allowInsecureHTTP: true`,
  )
}

/** The file with the client's secret that the reader got from the provider's administrator. */
async function bringClientSecret(): Promise<void> {
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
}

/** Alice, who answers once she is asked. */
async function approve(): Promise<void> {
  await agent.until('foo-v2', isAsked, AbortSignal.timeout(askedWithinMs))
  const alice = cluster.people.find(({ username }) => username === 'alice')
  if (alice === undefined) throw new Error('nobody is called alice')
  await answerAs({
    ...alice,
    inboxUrl: cluster.inboxUrl,
    request: { namespace: 'demo', name: 'foo-v2' },
    decision: 'approve',
  })
}
