/** A control plane of its own, without the policy that stamps: what clusters before Kubernetes 1.36 do. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { after, before } from 'node:test'
import { installWithoutStamping } from '../../../tools/envtest/install.ts'
import { startControlPlane } from '../../../tools/envtest/start.ts'
import type { ControlPlane } from '../../../tools/envtest/start.ts'
import { credentialsFrom } from '../../../src/kubernetes/client/credentials.ts'
import { createTransport } from '../../../src/kubernetes/client/transport.ts'
import type { Transport } from '../../../src/kubernetes/client/transport.ts'
import { assertAccepted, assertRefused, tryOut } from '../../support/assertions/attempt.ts'
import { anApprovalRequest, withField } from '../../support/builders/manifests.ts'
import { requestsIn } from '../../support/clusters/paths.ts'

let controlPlane: ControlPlane | undefined
let admin: Transport

before(async () => {
  controlPlane = await startControlPlane({ directory: mkdtempSync(join(tmpdir(), 'countersign-test-')) })
  await installWithoutStamping(controlPlane.kubeconfig)
  admin = createTransport(credentialsFrom(controlPlane.kubeconfig))
})

after(async () => {
  await admin.close()
  await controlPlane?.stop()
})

/** The administrator's user name and uid are both `admin`. */
const cases: readonly (readonly [name: string, requester: unknown, ...words: string[]])[] = [
  ['takes the own name', { username: 'admin' }],
  ['takes the own name and uid', { username: 'admin', uid: 'admin' }],
  ['wants a requester', undefined, 'spec.requester', 'Required value'],
  [
    'refuses another name and says the right one',
    { username: 'bob' },
    'spec.requester.username must be "admin"',
    'not "bob". Write that name',
  ],
  [
    'refuses another uid and says the right one',
    { username: 'admin', uid: '0815' },
    'spec.requester.uid must be "admin"',
    'write that or leave it out',
  ],
]

for (const [name, requester, ...words] of cases) {
  test(name, async () => {
    const body = withField(anApprovalRequest, 'spec.requester', requester)
    const answer = await tryOut(admin, { method: 'POST', path: requestsIn('default'), body })
    if (words.length === 0) assertAccepted(answer)
    else assertRefused(answer, ...words)
  })
}
