/** The commands that pages show for reading an approval and its token, when somebody has put another request in the place of theirs. */
import assert from 'node:assert/strict'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { kubeconfigFor } from '../../../tools/local/processes.ts'
import { administer, asked, directory, scene, takePlaceOf, useCIJob } from '../../support/people/ci-job.ts'
import { blocksOf } from '../../support/docs/markdown-commands.ts'
import type { Block } from '../../support/docs/markdown-commands.ts'
import { startProgram } from '../../support/clusters/program.ts'
import { nameSomebodyElse } from '../../support/clusters/widen-limits.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const examples = join(root, 'deploy/examples')

type Journey = { readonly namespace: string; readonly policy: string; readonly account?: string }

const journeys: Readonly<Record<string, Journey>> = {
  'README.md': { namespace: 'demo', policy: 'prod-promotions' },
  'docs/quickstart.md': { namespace: 'demo', policy: 'prod-promotions' },
  'docs/how-to/ai-agent.md': { namespace: 'release-agent', policy: 'release-agent' },
  'docs/agents.md': {
    ...{ namespace: 'release-agent', policy: 'release-agent' },
    account: 'release-agent/release-agent',
  },
  'docs/how-to/argo-cd.md': { namespace: 'shop', policy: 'prod-syncs' },
}

useCIJob({ once: bringExamples, each: nameSomebodyElseEverywhere })

async function bringExamples(): Promise<void> {
  const files = ['promote-rollout/1-namespace.yaml', 'promote-rollout/3-approval-policy.yaml']
  for (const example of ['ai-agent', 'argo-cd'])
    files.push(
      ...[example === 'argo-cd' ? '1-access' : '1-namespace', '3-approval-policy'].map(
        (file) => `${example}/${file}.yaml`,
      ),
    )
  for (const file of files) await administer('apply', '--server-side', `--filename=${join(examples, file)}`)
  const provider = '--patch={"spec":{"identityProvider":"company"}}'
  await administer('patch', 'apol/prod-promotions', '--type=merge', provider)
}

async function nameSomebodyElseEverywhere(): Promise<void> {
  for (const policy of ['prod-promotions', 'release-agent', 'prod-syncs'])
    await nameSomebodyElse(scene.controlPlane.kubeconfig, policy)
}

for (const [page, journey] of Object.entries(journeys)) {
  const blocks = blocksOf(readFileSync(join(root, page), 'utf8'))
  const { creates, reads } = commandsOf(blocks)

  test(`${page}: what it shows finds its own approval`, async () => {
    const reader = await readerOf(blocks, journey)
    await reader.run(creates)
    await approved(journey)
    const judged = reads.filter((line) => !line.endsWith('answer.txt'))
    assert.ok(judged.length > 0)
    for (const line of reads)
      await reader.isYes(line).then((yes) => {
        assert.equal(yes, judged.includes(line), line)
      })
  })

  for (const [index, line] of reads.entries()) {
    test(`${page}: no approval is found when the request is replaced before: ${line}`, async () => {
      const reader = await readerOf(blocks, journey)
      scene.provider.isAnswered = index > 0
      await reader.run(creates)
      if (index > 0) await approved(journey)
      else await asked(journey.namespace)
      for (const earlier of reads.slice(0, index)) await reader.isYes(earlier)
      await takePlaceOf(await theRequestIn(journey.namespace))
      // What was read before, in one command with its uid, was true then.
      const asksTheCluster = reads.slice(index).filter((later) => index === 0 || later.includes('kubectl'))
      for (const later of asksTheCluster) assert.equal(await reader.isYes(later), false, later)
    })
  }
}

/** The one that creates the request, and those that read what has become of it. */
function commandsOf(blocks: readonly Block[]): {
  readonly creates: string
  readonly reads: readonly string[]
} {
  const lines = blocks
    .filter(({ heading }) => heading !== 'When a person says no')
    .flatMap((block) => (block.kind === 'Commands' ? block.commands.map(({ line }) => line) : []))
  const start = lines.findIndex((line) => / create .*\.metadata\.uid/.test(line))
  const [creates = '', ...later] = lines.slice(start)
  return { creates, reads: later.filter((line) => line.includes('.uid')) }
}

type Reader = {
  readonly run: (line: string) => Promise<void>
  /** Whether whoever runs the command takes what it prints or writes for an approval or its token. */
  readonly isYes: (line: string) => Promise<boolean>
}

async function readerOf(blocks: readonly Block[], { account }: Journey): Promise<Reader> {
  const cwd = mkdtempSync(join(directory, 'page-'))
  mkdirSync(join(cwd, 'deploy'))
  cpSync(examples, join(cwd, 'deploy/examples'), { recursive: true })
  for (const block of blocks)
    if (block.kind === 'File' && !block.name.includes('/')) writeFileSync(join(cwd, block.name), block.text)
  const { controlPlane } = scene
  const env = {
    KUBECONFIG:
      account === undefined ? controlPlane.kubeconfig : await kubeconfigFor(controlPlane, directory, account),
  }
  const inShell = (line: string) =>
    startProgram({ program: 'bash', args: ['-o', 'pipefail', '-c', line], cwd, env }).ended
  return {
    run: async (line) => {
      const { exitCode, errors } = await inShell(line)
      assert.equal(exitCode, 0, `${line}\n${errors}`)
    },
    isYes: async (line) => {
      const token = join(cwd, 'token.jwt')
      rmSync(token, { force: true })
      const { exitCode, output } = await inShell(`${line} && printf %s "$token"`)
      if (exitCode !== 0) return false
      return line.startsWith('test ') || output !== '' || (existsSync(token) && statSync(token).size > 0)
    },
  }
}

async function approved({ namespace }: Journey): Promise<void> {
  const condition = '--for=jsonpath={.status.outcome}=Approved'
  await administer('wait', 'apr', '--all', `--namespace=${namespace}`, condition, '--timeout=60s')
}

async function theRequestIn(
  namespace: string,
): Promise<{ readonly name: string; readonly namespace: string }> {
  const args = ['get', 'apr', `--namespace=${namespace}`, '--output=jsonpath={.items[*].metadata.name}']
  return { namespace, name: await administer(...args) }
}
