/** Whichever page of a provider comes first or last, and in whichever order clients are added to it: each page's objects count afterwards. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { install } from '../../../tools/envtest/install.ts'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { startControlPlane } from '../../../tools/envtest/start.ts'
import type { ControlPlane } from '../../../tools/envtest/start.ts'
import type { ApprovalPolicy, IdentityProvider } from '../../../src/api/objects.ts'
import { mayOverlap } from '../../../src/core/policy/overlap.ts'
import { blocksOf } from '../../support/docs/markdown-commands.ts'
import { startProgram } from '../../support/clusters/program.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'countersign-pages-in-any-order-'))

/** Each brings the whole provider. */
const wholes = { 'docs/quickstart.md': 'OidcProvider', 'docs/how-to/keycloak.md': 'Keycloak' } as const
/** Each adds a client to it. */
const additions = {
  'docs/argo-rollouts.md': 'rollouts-gate',
  'docs/how-to/ai-agent.md': 'release-agent',
  'docs/how-to/argo-cd.md': 'argo-cd',
  'docs/how-to/ci-job.md': 'ci-deployer',
  'docs/how-to/drain-node.md': 'node-drainer',
} as const
const added = Object.keys(additions)

let controlPlane: ControlPlane

before(async () => {
  controlPlane = await startControlPlane({ directory: join(directory, 'control-plane') })
  await install(controlPlane.kubeconfig)
  symlinkSync(join(root, 'deploy'), join(directory, 'deploy'))
})
beforeEach(async () => {
  await administer('delete', 'idp,apol', '--all')
})
after(async () => {
  await controlPlane.stop()
  rmSync(directory, { recursive: true, force: true })
})

for (const [what, order, profile] of [
  ['after Keycloak', ['docs/how-to/keycloak.md', ...added], wholes['docs/how-to/keycloak.md']],
  ['after the quickstart', ['docs/quickstart.md', ...added.toReversed()], wholes['docs/quickstart.md']],
  [
    'before Keycloak',
    ['docs/quickstart.md', ...added, 'docs/how-to/keycloak.md'],
    wholes['docs/how-to/keycloak.md'],
  ],
] as const) {
  test(`clients are added ${what}: the provider has all of them, and no policy is in the way of another`, async () => {
    for (const page of order) await follow(page)
    const { spec } = JSON.parse(await administer('get', 'idp/company', '--output=json')) as IdentityProvider
    assert.equal(spec.profile, profile)
    const clients = spec.clients.map(({ clientID }) => clientID)
    assert.deepEqual(clients.toSorted(), ['agent-release-bot', ...Object.values(additions)].toSorted())
    const { items } = JSON.parse(await administer('get', 'apol', '--output=json')) as {
      readonly items: readonly ApprovalPolicy[]
    }
    assert.equal(items.length, 1 + added.length)
    for (const [index, one] of items.entries())
      for (const other of items.slice(index + 1))
        assert.ok(!mayOverlap(one, other), `${one.metadata.name} and ${other.metadata.name}`)
  })
}

/** The commands that bring providers, clients and policies, with the files that the page shows. */
async function follow(page: string): Promise<void> {
  const blocks = blocksOf(readFileSync(join(root, page), 'utf8'))
  for (const block of blocks) if (block.kind === 'File') write(block.name, block.text)
  const lines = blocks
    .flatMap((block) => (block.kind === 'Commands' ? block.commands : []))
    .map(({ line }) => line)
    .filter((line) => /^kubectl apply .*-(client|policy|provider)\.yaml/.test(line))
  assert.ok(lines.length >= 1, page)
  for (const line of lines) {
    const args = ['-c', `exec 2>&1; ${line}`]
    const env = { KUBECONFIG: controlPlane.kubeconfig }
    const { exitCode, output } = await startProgram({ program: 'bash', args, cwd: directory, env }).ended
    assert.equal(exitCode, 0, `${page}: ${line}\n${output}`)
  }
}

function write(name: string, text: string): void {
  const path = join(directory, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

function administer(...args: readonly string[]): Promise<string> {
  return kubectl({ kubeconfig: controlPlane.kubeconfig, args })
}
