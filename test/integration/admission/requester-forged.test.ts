import assert from 'node:assert/strict'
import test from 'node:test'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { assertAccepted, tryOut } from '../../support/assertions/attempt.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { anApprovalRequest, withField } from '../../support/builders/manifests.ts'
import { namespaceOwner } from '../../support/clusters/identities.ts'
import { requestsIn } from '../../support/clusters/paths.ts'
import { testNamespace, testTransport } from '../../support/clusters/shared.ts'

const admin = testTransport()
const registration = 'admissionregistration.k8s.io/v1'

const forgeries: Readonly<Record<string, unknown>> = {
  'no object': 'bob',
  null: null,
  'an empty object': {},
  'a list': [{ username: 'bob' }],
  'with a name of another type': { username: 1 },
}
for (const [name, requester] of Object.entries(forgeries))
  test(`a requester that is ${name} is overwritten`, async (t) => {
    const namespace = await testNamespace(t)
    const { transport, username, uid } = await namespaceOwner(admin, namespace)
    const body = withField(anApprovalRequest, 'spec.requester', requester)
    const made = await tryOut(transport, { method: 'POST', path: requestsIn(namespace), body })
    assert.deepEqual(requesterIn(made), { username, uid })
  })

test('a requester as it would be stamped stays, and with another uid it does not', async (t) => {
  const namespace = await testNamespace(t)
  const { transport, username, uid } = await namespaceOwner(admin, namespace)
  for (const written of [{ username, uid }, { username }, { username, uid: '0815' }]) {
    const body = withField(anApprovalRequest, 'spec.requester', written)
    const made = await tryOut(transport, { method: 'POST', path: requestsIn(namespace), body })
    assert.deepEqual(requesterIn(made), { username, uid })
  }
})

test('a spec that is no object is refused', async (t) => {
  const namespace = await testNamespace(t)
  const { transport } = await namespaceOwner(admin, namespace)
  for (const spec of ['text', null, []]) {
    const body = withField(anApprovalRequest, 'spec', spec)
    const answer = await tryOut(transport, { method: 'POST', path: requestsIn(namespace), body })
    assert.equal(answer.kind, 'Refused', JSON.stringify(spec))
  }
})

test('what another mutation writes over the requester is stamped again', async (t) => {
  const namespace = await testNamespace(t)
  const { transport, username, uid } = await namespaceOwner(admin, namespace)
  const name = `forging-${namespace}`
  const policies = `/apis/${registration}/mutatingadmissionpolicies`
  const bindings = `/apis/${registration}/mutatingadmissionpolicybindings`
  const common = { apiVersion: registration, metadata: { name } }
  t.after(async () => {
    await admin.request({ method: 'DELETE', path: `${bindings}/${name}` })
    await admin.request({ method: 'DELETE', path: `${policies}/${name}` })
  })
  const body = { ...common, kind: 'MutatingAdmissionPolicy', spec: forging(namespace) }
  await admin.request({ method: 'POST', path: policies, body })
  const binding = { ...common, kind: 'MutatingAdmissionPolicyBinding', spec: { policyName: name } }
  await admin.request({ method: 'POST', path: bindings, body: binding })
  const request = { method: 'POST', path: requestsIn(namespace), body: anApprovalRequest } as const
  let answer = await tryOut(transport, request)
  // Nothing but a request shows that a policy is in effect.
  await eventually(async () => {
    answer = await tryOut(transport, request)
    return answer.kind === 'Accepted' && (answer.object as ApprovalRequest).spec.reason === 'forged'
  }, 'the other mutation')
  assert.deepEqual(requesterIn(answer), { username, uid })
})

/** In one namespace only, since other tests share the API server. */
function forging(namespace: string): object {
  return {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    matchConstraints: {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      resourceRules: [
        {
          ...{ apiGroups: ['countersign.dev'], apiVersions: ['*'], operations: ['CREATE'] },
          resources: ['approvalrequests'],
        },
      ],
    },
    mutations: [
      {
        patchType: 'JSONPatch',
        jsonPatch: {
          expression: `[JSONPatch{op: 'add', path: '/spec/requester', value: {'username': 'bob'}},
            JSONPatch{op: 'add', path: '/spec/reason', value: 'forged'}]`,
        },
      },
    ],
  }
}

function requesterIn(answer: Awaited<ReturnType<typeof tryOut>>): unknown {
  assertAccepted(answer)
  return answer.kind === 'Accepted' && (answer.object as ApprovalRequest).spec.requester
}
