/** What kubectl has installed becomes Helm's and kubectl's again: nothing is lost on the way, and nobody is in the other's way afterwards. */
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { helm } from '../../../tools/chart/helm.ts'
import { chart, releaseNamespace } from '../../../tools/chart/render.ts'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { startControlPlane } from '../../../tools/envtest/start.ts'
import type { ControlPlane } from '../../../tools/envtest/start.ts'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const base = join(root, 'deploy/kustomize/base')
const release = ['countersign', chart, `--namespace=${releaseNamespace}`]
const takeOver = ['upgrade', '--install', ...release, '--take-ownership', '--force-conflicts']

let controlPlane: ControlPlane | undefined

before(async () => {
  controlPlane = await startControlPlane({ directory: mkdtempSync(join(tmpdir(), 'countersign-move-')) })
})
after(() => controlPlane?.stop())

test('from kubectl to Helm and back every object stays the same one', async () => {
  await run('apply', '--server-side', `--kustomize=${base}`)
  await run('create', 'namespace', 'demo')
  await run(
    'apply',
    '--server-side',
    `--filename=${join(root, 'deploy/examples/promote-rollout/3-approval-policy.yaml')}`,
  )
  const installed = await uids()
  assert.ok(installed.length > 15)

  await assert.rejects(helmed('install', ...release), /cannot be imported into the current release/)
  await helmed(...takeOver)
  await releaseClaims('kubectl')
  await helmed('upgrade', ...release, '--set=controller.logLevel=debug')
  assert.deepEqual(await uids(), installed)
  assert.match(await logLevel(), /--log-level=debug/)

  await run('delete', 'secret', `--namespace=${releaseNamespace}`, '--selector=owner=helm,name=countersign')
  await assert.rejects(run('apply', '--server-side', `--kustomize=${base}`), /conflicts? with "helm"/)
  await run('apply', '--server-side', '--force-conflicts', `--kustomize=${base}`)
  await releaseClaims('helm')
  await run('apply', '--server-side', `--kustomize=${base}`)
  assert.deepEqual(await uids(), installed)
  assert.match(await logLevel(), /--log-level=info/)
  assert.equal((await helmed('list', '--all-namespaces', '--short')).trim(), '')
})

/** As docs/install.md shows it. */
async function releaseClaims(manager: 'kubectl' | 'helm'): Promise<void> {
  const objects = JSON.parse(await run('get', `--kustomize=${base}`, '--output=json')) as {
    readonly items: readonly {
      apiVersion: string
      kind: string
      metadata: { name: string; namespace?: string }
    }[]
  }
  const names = objects.items
    .filter(({ kind }) => kind !== 'Namespace')
    .map(({ apiVersion, kind, metadata: { name, namespace } }) => ({
      apiVersion,
      kind,
      metadata: { name, namespace },
    }))
  const input = names.map((object) => JSON.stringify(object)).join('\n---\n')
  const args = ['apply', '--server-side', `--field-manager=${manager}`, '--filename=-']
  await kubectl({ kubeconfig: kubeconfig(), args, input })
}

async function uids(): Promise<readonly string[]> {
  const columns = '--output=custom-columns=:.kind,:.metadata.name,:.metadata.uid'
  const ours = await run('get', `--kustomize=${base}`, '--no-headers', columns)
  const policies = await run('get', 'approvalpolicies', '--no-headers', columns)
  return [...ours.trim().split('\n'), ...policies.trim().split('\n')]
}

function logLevel(): Promise<string> {
  const path = '--output=jsonpath={.spec.template.spec.containers[0].args}'
  return run('get', 'deployment', 'countersign-controller', `--namespace=${releaseNamespace}`, path)
}

function run(...args: readonly string[]): Promise<string> {
  return kubectl({ kubeconfig: kubeconfig(), args })
}

function helmed(...args: readonly string[]): Promise<string> {
  return helm({ args, kubeconfig: kubeconfig() })
}

function kubeconfig(): string {
  assert.ok(controlPlane)
  return controlPlane.kubeconfig
}
