/** Every object that the chart renders is taken by a real API server, and its Pods meet the Pod Security Standard "restricted". */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { render } from '../../../tools/chart/render.ts'
import type { KubernetesObject } from '../../../tools/chart/render.ts'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { assertAccepted, assertRefused, attempt, tryOut } from '../../support/assertions/attempt.ts'
import { testKubeconfig, testNamespace, testTransport } from '../../support/clusters/shared.ts'
import { defaultedIn } from '../../support/builders/defaults.ts'
import { everything, isOfNeighbour, notes, renderings, workloads } from '../../support/docs/chart.ts'

const transport = testTransport()

for (const [name, rendering] of renderings) {
  test(`the API server takes ${name}`, async (t) => {
    const namespace = await testNamespace(t)
    const rendered = await render({ ...rendering, namespace })
    const objects = rendered.map(({ object }) => within(object, namespace))
    const served = objects.filter((object) => !isOfNeighbour(object))
    const flags = ['--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict']
    const output = await kubectl({
      kubeconfig: testKubeconfig(),
      args: ['apply', ...flags, '--filename=-'],
      input: served.map((object) => JSON.stringify(object)).join('\n---\n'),
    })
    assert.equal(output.trim().split('\n').length, served.length)
  })
}

/**
 * Tools such as Argo CD compare what a chart renders with what the API server holds. They know the defaults of workloads and
 * Services, but not of these.
 */
test('the API server adds nothing to admission policies and CRDs', async (t) => {
  const namespace = await testNamespace(t)
  const objects = (await render({ values: everything, namespace }))
    .map(({ object }) => object)
    .filter(({ apiVersion }) => /^(admissionregistration|apiextensions)\.k8s\.io\//.test(apiVersion))
  assert.ok(objects.length > 20)
  for (const object of objects) {
    const flags = ['--server-side', '--force-conflicts', '--dry-run=server', '--output=json', '--filename=-']
    const stored = JSON.parse(
      await kubectl({
        kubeconfig: testKubeconfig(),
        args: ['apply', ...flags],
        input: JSON.stringify(object),
      }),
    ) as KubernetesObject
    assert.deepEqual(defaultedIn(object, stored), [], `${object.kind} ${object.metadata.name}`)
  }
})

const withInbox = [
  'inbox.enabled=true',
  'inbox.issuer=https://sso.company.com/realms/prod',
  'inbox.publicUrl=https://approve.company.com',
  'inbox.clientId=inbox',
  'inbox.clientSecret.name=inbox',
]
for (const [name, values] of [
  ['', []],
  [' with an inbox', withInbox],
] as const) {
  test(`the API server takes the IdentityProvider of the notes${name}`, async () => {
    const [, manifest = ''] = /<<'END'\n([^]*?)\nEND\n/.exec(await notes(values)) ?? []
    const output = await kubectl({
      kubeconfig: testKubeconfig(),
      args: ['create', '--dry-run=server', '--validate=strict', '--filename=-'],
      input: manifest,
    })
    assert.match(output, /^identityprovider\.countersign\.dev\/company created/)
  })
}

/** The namespaces that an example watches are its reader's; here the test's own stands for them. */
function within(object: KubernetesObject, namespace: string): KubernetesObject {
  const { metadata } = object
  return metadata.namespace === undefined ? object : { ...object, metadata: { ...metadata, namespace } }
}

for (const { metadata, spec } of await workloads({ values: everything })) {
  test(`the Pods of ${metadata.name} are restricted`, async (t) => {
    const namespace = await testNamespace(t, { 'pod-security.kubernetes.io/enforce': 'restricted' })
    const { serviceAccountName = 'default' } = spec.template.spec
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: serviceAccountName } }
    const path = `/api/v1/namespaces/${namespace}`
    assertAccepted(
      await attempt(transport, { method: 'POST', path: `${path}/serviceaccounts`, body: account }),
    )
    // Which priority classes there are is the cluster's affair.
    const { securityContext, ...others } = { ...spec.template.spec, priorityClassName: undefined }
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod' } }
    const pods = { method: 'POST', path: `${path}/pods` } as const
    const restricted = { ...pod, spec: { ...others, securityContext } }
    assertAccepted(await tryOut(transport, { ...pods, body: restricted }))
    assertRefused(
      await tryOut(transport, { ...pods, body: { ...pod, spec: others } }),
      'PodSecurity "restricted',
    )
  })
}
