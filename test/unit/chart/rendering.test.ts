/** What values do to the objects that the chart renders. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import packageJson from '../../../package.json' with { type: 'json' }
import { chart, identityOf, render } from '../../../tools/chart/render.ts'
import type { Rendering } from '../../../tools/chart/render.ts'
import { documentsOf } from '../../support/builders/rollouts.ts'
import { everything, notes, rendered, workloads } from '../../support/docs/chart.ts'

test('chart and program have one version', () => {
  const { version, appVersion } = parse(readFileSync(`${chart}Chart.yaml`, 'utf8')) as Record<string, string>
  assert.deepEqual([version, appVersion], [packageJson.version, packageJson.version])
})

test('by default no inbox is there', async () => {
  assert.deepEqual(
    (await workloads()).map(({ metadata }) => metadata.name),
    ['countersign-controller'],
  )
})

test('every namespaced object is in the namespace of the release', async () => {
  const cluster =
    /^(ClusterAnalysisTemplate|ClusterRole|ClusterRoleBinding|CustomResourceDefinition|(Mutating|Validating)Admission.*)\//
  const objects = await rendered({ values: everything, namespace: 'approvals' })
  const elsewhere = [...objects.keys()].filter(
    (identity) => !cluster.test(identity) && !identity.includes('/approvals/'),
  )
  assert.deepEqual(elsewhere, [])
})

test('every object is labelled, also by the user', async () => {
  for (const [identity, { metadata }] of await rendered({ values: everything })) {
    assert.equal(metadata.labels?.['app.kubernetes.io/name'], 'countersign', identity)
    assert.equal(metadata.labels.team, 'platform', identity)
  }
})

test('the admission policies trust the ServiceAccount of the release', async () => {
  const values = { controller: { serviceAccount: { name: 'asker' } } }
  const policies = [...(await rendered({ values, namespace: 'approvals' }))].filter(([identity]) =>
    identity.includes('AdmissionPolicy/'),
  )
  assert.ok(policies.length >= 5)
  for (const [identity, policy] of policies) {
    const text = JSON.stringify(policy)
    assert.match(text, /system:serviceaccount:approvals:asker/, identity)
    assert.doesNotMatch(text, /countersign-system/, identity)
  }
})

for (const [name, requesterStamping, kubernetes, want] of [
  ['requesters are stamped where that is served', 'Auto', '1.36', true],
  ['requesters are not stamped where that is not served', 'Auto', '1.30', false],
  ['requesters are stamped when told to', 'Always', '1.30', true],
  ['requesters are not stamped when told not to', 'Never', '1.36', false],
] as const) {
  test(name, async () => {
    const objects = await rendered({ values: { admission: { requesterStamping } }, kubernetes })
    assert.equal(objects.has('MutatingAdmissionPolicy//countersign-requester'), want)
    assert.equal(objects.has('MutatingAdmissionPolicyBinding//countersign-requester'), want)
  })
}

test('kinds can be kept, given away, and left to others', async () => {
  const kinds = async (crds: object): Promise<readonly unknown[]> =>
    [...(await rendered({ values: { crds } })).values()]
      .filter(({ kind }) => kind === 'CustomResourceDefinition')
      .map(({ metadata }) => (metadata as { readonly annotations?: unknown }).annotations)
  const keep = { 'helm.sh/resource-policy': 'keep' }
  assert.deepEqual(await kinds({}), [keep, keep, keep, keep])
  assert.deepEqual(await kinds({ keep: false }), [undefined, undefined, undefined, undefined])
  assert.deepEqual(await kinds({ enabled: false }), [])
})

for (const [name, image, want] of [
  ['an image has the version of the chart', {}, `countersign:${packageJson.version}`],
  [
    'an image comes from the registry and with the tag that are given',
    { registry: 'registry.company.com/platform', tag: '1' },
    'registry.company.com/platform/countersign:1',
  ],
  [
    'a digest wins over a tag',
    { tag: '1', digest: `sha256:${'0'.repeat(64)}` },
    `countersign@sha256:${'0'.repeat(64)}`,
  ],
] as const) {
  test(name, async () => {
    const [controller] = await workloads({ values: { image } })
    assert.equal(controller?.spec.template.spec.containers[0].image, want)
  })
}

test('one replica may be disturbed, of several one at a time', async () => {
  const budget = 'PodDisruptionBudget/countersign-system/countersign-controller'
  assert.equal((await rendered()).has(budget), true)
  assert.equal((await rendered({ values: { controller: { replicas: 1 } } })).has(budget), false)
})

test('certificates of a private CA reach every process', async () => {
  for (const { metadata, spec } of await workloads({ values: everything })) {
    const { containers, volumes = [] } = spec.template.spec
    const { env = [] } = containers[0]
    assert.ok(
      env.some(({ name, value }) => name === 'NODE_EXTRA_CA_CERTS' && value !== ''),
      metadata.name,
    )
    assert.match(JSON.stringify(volumes), /"configMap":\{"name":"company-ca"/, metadata.name)
  }
})

test('every program listens on every address of both families', async () => {
  for (const { metadata, spec } of await workloads({ values: everything })) {
    const { args } = spec.template.spec.containers[0]
    const hosts = args.filter((arg) => arg.startsWith('--host='))
    assert.deepEqual(hosts, metadata.name.endsWith('controller') ? [] : ['--host=::'], metadata.name)
  }
})

test('a proxy is named to what asks OpenID Providers, and may be reached', async () => {
  const proxy = { httpsProxy: 'http://proxy.company.com:3128', noProxy: 'sso.company.com' }
  const values = { ...everything, proxy }
  for (const { metadata, spec } of await workloads({ values })) {
    const { env = [] } = spec.template.spec.containers[0]
    const given = Object.fromEntries(env.map(({ name, value }) => [name, value]))
    assert.equal(given.HTTPS_PROXY, proxy.httpsProxy, metadata.name)
    assert.equal(given.NO_PROXY, 'sso.company.com,.svc,.cluster.local', metadata.name)
  }
  for (const component of ['controller', 'inbox']) {
    const policy = (await rendered({ values })).get(
      `NetworkPolicy/countersign-system/countersign-${component}`,
    )
    assert.match(JSON.stringify(policy), /"port":3128,/, component)
  }
  assert.doesNotMatch(JSON.stringify(await workloads()), /_PROXY/)
})

test('for Argo Rollouts the chart renders what deploy/argo-rollouts holds', async () => {
  const objects = await rendered({ valuesFiles: ['examples/argo-rollouts.yaml'] })
  const documents = ['templates/templates.yaml', 'admission.yaml'].flatMap((file) => documentsOf(file))
  assert.ok(documents.length > 6)
  for (const { kind, metadata, ...document } of documents) {
    const object = objects.get(identityOf({ ...document, kind, metadata }))
    assert.ok(object, `${kind} ${metadata.name}`)
    assert.deepEqual({ ...object, metadata }, { ...document, kind, metadata })
  }
})

for (const [name, gate, url, port] of [
  ['None', { tls: 'None' }, 'http://countersign-gate.countersign-system.svc', 80],
  [
    'Trusted',
    { tls: 'Trusted', tlsSecretName: 'gate', host: 'gate.company.com' },
    'https://gate.company.com',
    443,
  ],
  [
    'Insecure',
    { tls: 'Insecure', tlsSecretName: 'gate' },
    'https://countersign-gate.countersign-system.svc',
    443,
  ],
] as const) {
  test(`gate.tls ${name}: templates, Service and server speak the same`, async () => {
    const objects = await rendered({ values: { gate, argoRollouts: { templates: { enabled: true } } } })
    const template = JSON.stringify(objects.get('ClusterAnalysisTemplate//human-approval'))
    assert.match(template, new RegExp(`"url":"${url}/v1/gates/argo-rollouts"`))
    assert.equal(template.includes('"insecure":true'), name === 'Insecure')
    assert.match(
      JSON.stringify(objects.get('Service/countersign-system/countersign-gate')),
      new RegExp(`"port":${port},`),
    )
    const server = JSON.stringify(objects.get('Deployment/countersign-system/countersign-controller'))
    assert.equal(server.includes('--gate-tls-cert-file='), name !== 'None')
    assert.equal(server.includes('"secretName":"gate"'), name !== 'None')
  })
}

test('alerts and dashboard reach the cluster as they are in their files', async () => {
  const objects = await rendered({ values: everything })
  const rule = objects.get('PrometheusRule/countersign-system/countersign')
  const dashboard = objects.get('ConfigMap/countersign-system/countersign-dashboard')
  assert.deepEqual(rule?.spec, parse(readFileSync(`${chart}files/alerts.yaml`, 'utf8')))
  const { 'countersign.json': json = '' } = (dashboard?.data ?? {}) as Readonly<Record<string, string>>
  assert.equal(json.trim(), readFileSync(`${chart}files/dashboard.json`, 'utf8').trim())
})

for (const [name, values, want] of [
  ['an unknown value is refused', { controller: { replica: 3 } }, /replica/],
  [
    'a grace period shorter than a prompt is refused',
    { controller: { terminationGracePeriodSeconds: 44 } },
    /45/,
  ],
  ['a proxy without a port is refused', { proxy: { httpsProxy: 'http://proxy.company.com' } }, /httpsProxy/],
  ['an inbox without a provider is refused', { inbox: { enabled: true } }, /inbox\.issuer/],
  [
    'a public URL with a path is refused',
    { inbox: { publicUrl: 'https://company.com/approve' } },
    /publicUrl/,
  ],
] as const satisfies readonly (readonly [string, NonNullable<Rendering['values']>, RegExp])[]) {
  test(name, () => assert.rejects(render({ values }), want))
}

for (const [name, values, says, want] of [
  [
    'say the next command',
    [],
    /kubectl --namespace countersign-system rollout status deployment\/countersign-controller/,
    true,
  ],
  ['warn of an image that nobody publishes', [], /the nodes must have countersign:/, true],
  ['do not warn of an image with a registry', ['image.registry=localhost'], /the nodes must have/, false],
  [
    'say how Argo Rollouts asks',
    ['argoRollouts.templates.enabled=true'],
    /--kustomize deploy\/argo-rollouts\/access/,
    true,
  ],
] as const) {
  test(`the notes ${name}`, async () => {
    assert.equal(says.test(await notes(values)), want)
  })
}
