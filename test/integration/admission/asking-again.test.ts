/** What the stamp and the immutable spec mean for people with kubectl. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { testKubeconfig, testNamespace, testTransport } from '../../support/clusters/shared.ts'
import { anApprovalRequest } from '../../support/builders/manifests.ts'
import { requestsIn } from '../../support/clusters/paths.ts'

const admin = testTransport()

test('kubectl replace --force asks again', async (t) => {
  const namespace = await testNamespace(t)
  const path = `${requestsIn(namespace)}/foo-v2`
  const body = anApprovalRequest
  const first = (await admin.request({
    method: 'POST',
    path: requestsIn(namespace),
    body,
  })) as ApprovalRequest
  await kubectl({
    kubeconfig: testKubeconfig(),
    args: ['replace', '--force', `--namespace=${namespace}`, '--filename=-'],
    input: JSON.stringify(anApprovalRequest),
  })
  const again = (await admin.request({ method: 'GET', path })) as ApprovalRequest
  assert.notEqual(again.metadata.uid, first.metadata.uid)
  assert.equal(again.spec.requester.username, 'admin')
})

for (const mode of ['--server-side', '--server-side=false']) {
  test(`kubectl apply ${mode} may be repeated`, async (t) => {
    const namespace = await testNamespace(t)
    const call = {
      kubeconfig: testKubeconfig(),
      args: ['apply', mode, `--namespace=${namespace}`, '--filename=-'],
      input: JSON.stringify(anApprovalRequest),
    }
    await kubectl(call)
    const path = `${requestsIn(namespace)}/foo-v2`
    const first = (await admin.request({ method: 'GET', path })) as ApprovalRequest
    await kubectl(call)
    const second = (await admin.request({ method: 'GET', path })) as ApprovalRequest
    assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion)
  })
}
