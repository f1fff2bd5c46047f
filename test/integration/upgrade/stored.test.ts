/** What an earlier version has written is understood by this one: an open question is answered, a finished one stays as it is. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { install } from '../../../tools/envtest/install.ts'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { startControlPlane } from '../../../tools/envtest/start.ts'
import type { ControlPlane } from '../../../tools/envtest/start.ts'
import { kubeconfigFor, operatorNamespace, startBundle } from '../../../tools/local/processes.ts'
import { tokenSecretName } from '../../../src/api/names.ts'
import type { ApprovalRequest, KubernetesObject } from '../../../src/api/objects.ts'
import { startCompanyProvider } from '../../support/fakes/providers/company.ts'
import type { CompanyProvider } from '../../support/fakes/providers/company.ts'
import { sought } from '../../support/assertions/sought.ts'
import { file } from './recording.ts'
import type { Recording } from './recording.ts'

test('an open question is answered and nobody asked again, a finished one is left alone', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-upgrade-'))
  t.after(() => {
    rmSync(directory, { recursive: true, force: true })
  })
  const controlPlane = await startControlPlane({ directory: join(directory, 'control-plane') })
  t.after(() => controlPlane.stop())
  const provider = await startCompanyProvider()
  t.after(() => provider.close())
  const { open, finished } = await restore(controlPlane, provider)
  const before = await read(controlPlane, finished)
  await startController(t, controlPlane, directory)
  const answered = await sought(async () => {
    const request = await read(controlPlane, open)
    return request.status?.outcome === undefined ? undefined : request
  })
  assert.equal(answered.status?.outcome, 'Approved', JSON.stringify(answered.status?.conditions))
  assert.deepEqual(provider.visits('/backchannel'), [])
  assert.equal(answered.metadata.uid, open.metadata.uid)
  const { name, namespace = '' } = open.metadata
  await kubectl({
    kubeconfig: controlPlane.kubeconfig,
    args: ['get', 'secret', tokenSecretName(name), `--namespace=${namespace}`],
  })
  assert.deepEqual(await read(controlPlane, finished), before)
})

async function startController(t: TestContext, controlPlane: ControlPlane, directory: string): Promise<void> {
  const account = `${operatorNamespace}/countersign-controller`
  const kubeconfig = await kubeconfigFor(controlPlane, directory, account)
  // Longer than the recording is old.
  const args = ['--kubeconfig', kubeconfig, '--retention-seconds=315360000']
  const controller = await startBundle({ bundle: 'controller', args, directory })
  t.after(() => controller.stop())
}

/** Requests are written where the API server keeps them: seals are good for one uid, which nobody else may give. */
async function restore(controlPlane: ControlPlane, provider: CompanyProvider): Promise<Recording> {
  const text = readFileSync(file, 'utf8')
  const { issuer } = JSON.parse(text) as Recording
  const recording = JSON.parse(text.replaceAll(issuer, provider.issuer)) as Recording
  provider.clientSecret = recording.clientSecret
  const open = asIfJustNow(recording.open, recording.recordedAt)
  const { kubeconfig, etcdUrl } = controlPlane
  await install(kubeconfig)
  const namespaces = [open, recording.finished].map(({ metadata: { namespace: name } }) => ({
    ...{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
  }))
  const objects = [...namespaces, ...recording.secrets, ...recording.providers, ...recording.policies]
  const input = objects.map((object) => JSON.stringify(object)).join('\n---\n')
  await kubectl({ kubeconfig, args: ['apply', '--server-side', '--filename=-'], input })
  for (const request of [open, recording.finished]) await store(etcdUrl, request)
  return { ...recording, open }
}

/** With every moment as far from now as it was from the recording. */
function asIfJustNow(request: ApprovalRequest, recordedAt: string): ApprovalRequest {
  const laterMs = Date.now() - Date.parse(recordedAt)
  const moment = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z"/g
  const text = JSON.stringify(request).replaceAll(moment, (_, seconds: string) =>
    JSON.stringify(new Date(Date.parse(`${seconds}Z`) + laterMs).toISOString().replace(/\.\d+/, '')),
  )
  return JSON.parse(text) as ApprovalRequest
}

/** By etcd's own JSON, since its key is the API server's affair. */
async function store(etcdUrl: string, object: KubernetesObject): Promise<void> {
  const { namespace = '', name } = object.metadata
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const key = `/registry/countersign.dev/approvalrequests/${namespace}/${name}`
  const body = JSON.stringify({ key: base64(key), value: base64(JSON.stringify(object)) })
  const answer = await fetch(`${etcdUrl}/v3/kv/put`, { method: 'POST', body })
  assert.equal(answer.status, 200, await answer.text())
}

async function read({ kubeconfig }: ControlPlane, { metadata }: ApprovalRequest): Promise<ApprovalRequest> {
  const { namespace = '', name } = metadata
  const args = ['get', 'approvalrequest', name, `--namespace=${namespace}`, '--output=json']
  return JSON.parse(await kubectl({ kubeconfig, args })) as ApprovalRequest
}
