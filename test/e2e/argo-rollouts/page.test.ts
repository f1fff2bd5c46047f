/** Every command of docs/argo-rollouts.md, in order, with the real Argo Rollouts: what the page shows is what is printed. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startRolloutsCluster } from '../../../tools/argo-rollouts/cluster.ts'
import type { RolloutsCluster } from '../../../tools/argo-rollouts/cluster.ts'
import { rendered, shipped } from '../../../tools/argo-rollouts/manifests.ts'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { isAsked } from '../../../tools/local/agent.ts'
import { answerAs } from '../../../tools/local/person.ts'
import { operatorNamespace } from '../../../tools/local/processes.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { isAborted, isPromotedTo, lastAnswer, measurementsOf } from '../../support/builders/argo-objects.ts'
import type { AnalysisRun, Rollout } from '../../support/builders/argo-objects.ts'
import { blocksOf, inlineCommandsOf, isLike } from '../../support/docs/markdown-commands.ts'
import type { Command } from '../../support/docs/markdown-commands.ts'
import { startProgram } from '../../support/clusters/program.ts'
import { sought } from '../../support/assertions/sought.ts'
import { releaseOf } from '../../support/builders/rollouts.ts'
import { inline } from '../docs-table.ts'

const page = 'docs/argo-rollouts.md'
const markdown = readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8')
const directory = mkdtempSync(join(tmpdir(), 'countersign-page-'))
const templates = 'deploy/argo-rollouts/templates/templates.yaml'

let cluster: RolloutsCluster

/** What happens to the Rollout before the command of this number is run. */
const course: Readonly<Record<number, () => Promise<void>>> = {
  7: async () => {
    await administer(['apply', `--filename=${shipped}examples/canary.yaml`])
    await until<Rollout>('rollouts', isPromotedTo('v1'))
    await administer(releaseOf('v2'))
    await until<ApprovalRequest>('approvalrequests', isAsked)
  },
  8: async () => {
    await answer('deny')
    await until<Rollout>('rollouts', isAborted)
  },
  10: async () => {
    await administer(releaseOf('v3'))
    await answer('approve', { wait: '5m' })
    await until<AnalysisRun>('analysisruns', isHolding)
  },
}

before(async () => {
  cpSync(shipped, join(directory, 'deploy/argo-rollouts'), { recursive: true })
  cluster = await startRolloutsCluster(join(directory, 'cluster'), () => undefined)
  // The reader's gate is reached by its Service; and nobody waits for ten seconds here.
  const here = rendered('templates/templates.yaml', cluster.addresses).replaceAll(
    'interval: 10s',
    'interval: 1s',
  )
  writeFileSync(join(directory, templates), here)
  const labels = { 'countersign.dev/environment': 'prod' }
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod', labels } }
  await administer(['create', '--filename=-'], JSON.stringify(namespace))
  await bringClientSecret()
})

after(async () => {
  await cluster.stop()
  rmSync(directory, { recursive: true, force: true })
})

test(`${page} does what it shows`, async () => {
  const commands = blocksOf(markdown).flatMap((block) => (block.kind === 'Commands' ? block.commands : []))
  for (const [index, command] of commands.entries()) {
    await course[index + 1]?.()
    await follow(command)
  }
  assert.equal(commands.length, 12)
})

test('its sentences name commands that work', async () => {
  for (const command of inlineCommandsOf(markdown)) {
    const how = inline[command]
    assert.ok(how !== undefined, `say in docs-table.ts how "${command}" is run`)
    if (how === 'Run') assert.equal((await inShell(command)).exitCode, 0, command)
  }
})

/** The file with the secret of the gate's client, which the reader got from the provider's administrator. */
async function bringClientSecret(): Promise<void> {
  const secret = ['secret/rollouts-gate', `--namespace=${operatorNamespace}`]
  const encoded = await administer(['get', ...secret, '--output=jsonpath={.data.client-secret}'])
  writeFileSync(join(directory, 'rollouts-gate.txt'), Buffer.from(encoded, 'base64'))
  await administer(['delete', ...secret])
}

async function follow({ line, output, lineNumber }: Command): Promise<void> {
  const { exitCode, output: printed } = await inShell(line)
  const where = `${page}:${lineNumber}: ${line}`
  assert.equal(exitCode, 0, `${where}\n${printed}`)
  const lines = printed.trimEnd() === '' ? [] : printed.trimEnd().split('\n')
  assert.ok(isLike(lines, output), `${where} prints\n${printed}\nand not\n${output.join('\n')}`)
}

function inShell(line: string): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const args = ['-o', 'pipefail', '-c', `exec 2>&1; ${line}`]
  const env = { KUBECONFIG: cluster.controlPlane.kubeconfig }
  return startProgram({ program: 'bash', args, cwd: directory, env }).ended
}

function administer(args: readonly string[], input = ''): Promise<string> {
  return kubectl({ kubeconfig: cluster.controlPlane.kubeconfig, args, input })
}

/** The one of the namespace for which it holds. */
function until<T>(plural: string, isReached: (object: T) => boolean): Promise<T> {
  return sought(async () => {
    const list = await administer(['get', plural, '--namespace=prod', '--output=json'])
    return (JSON.parse(list) as { readonly items: readonly T[] }).items.find(isReached)
  })
}

async function answer(decision: 'approve' | 'deny', changes = {}): Promise<void> {
  const { metadata } = await until<ApprovalRequest>('approvalrequests', isAsked)
  const [alice] = cluster.people.filter(({ username }) => username === 'alice')
  assert.ok(alice)
  const request = { namespace: 'prod', name: metadata.name }
  await answerAs({ ...alice, inboxUrl: cluster.inboxUrl, request, decision, changes })
}

function isHolding(run: AnalysisRun): boolean {
  return measurementsOf(run).length > 0 && lastAnswer(run).decision === 'holding'
}
