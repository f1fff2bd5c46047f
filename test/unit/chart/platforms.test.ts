/** What a platform assigns, renews or asks for itself: each can be left to it, or given. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { parseAllDocuments, stringify } from 'yaml'
import { helm } from '../../../tools/chart/helm.ts'
import { chart, render } from '../../../tools/chart/render.ts'
import type { KubernetesObject } from '../../../tools/chart/render.ts'
import { everything, notes, rendered, workloads } from '../../support/docs/chart.ts'

type Fields = Readonly<Record<string, unknown>>

test('on OpenShift no Pod names a user or a group', async () => {
  const deployments = await workloads({ values: everything, valuesFiles: ['examples/openshift.yaml'] })
  assert.equal(deployments.length, 3)
  for (const { metadata, spec } of deployments) {
    assert.deepEqual(
      spec.template.spec.securityContext,
      { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      metadata.name,
    )
  }
})

for (const [name, values] of [
  ['a field', { podSecurityContext: { fsGroup: null }, containerSecurityContext: { capabilities: null } }],
  ['all of it', { podSecurityContext: null, containerSecurityContext: null }],
] as const) {
  test(`${name} of the security contexts may be null`, async () => {
    const [controller] = await workloads({ values })
    const { securityContext, containers } = controller?.spec.template.spec ?? {}
    const inner = (containers?.[0] as Fields | undefined)?.securityContext
    if (name === 'all of it') assert.deepEqual([securityContext, inner], [undefined, undefined])
    else {
      assert.equal('fsGroup' in (securityContext ?? {}), false)
      assert.deepEqual(inner, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true })
    }
  })
}

test('every component may ask a DNS that listens on 5353', async () => {
  for (const policy of await networkPolicies({ values: everything }))
    assert.deepEqual(
      portsIn(policy.spec.egress).filter((port) => port === 53 || port === 5353),
      [53, 53, 5353, 5353],
      policy.metadata.name,
    )
})

test('ports of the DNS can be given', async () => {
  const values = { ...everything, networkPolicy: { dnsPorts: [1053] } }
  for (const policy of await networkPolicies({ values }))
    assert.deepEqual(
      portsIn(policy.spec.egress).filter((port) => [53, 1053, 5353].includes(Number(port))),
      [1053, 1053],
      policy.metadata.name,
    )
})

test('an ambient mesh reaches every component, and every component the mesh', async () => {
  const policies = await networkPolicies({
    values: everything,
    valuesFiles: ['examples/ambient-mesh.yaml'],
  })
  assert.equal(policies.length, 3)
  for (const { metadata, spec } of policies) {
    assert.ok(portsIn(spec.ingress).includes(15_008), metadata.name)
    assert.ok(portsIn(spec.egress).includes(15_008), metadata.name)
    assert.match(JSON.stringify(spec.ingress), /"cidr":"169\.254\.7\.127\/32"/, metadata.name)
  }
})

test('Services take the addresses that the cluster gives, unless told', async () => {
  const services = async (valuesFiles: readonly string[]): Promise<readonly Fields[]> =>
    [...(await rendered({ values: everything, valuesFiles })).values()]
      .filter(({ kind }) => kind === 'Service')
      .map(({ spec }) => spec as Fields)
  assert.ok((await services([])).length >= 5)
  for (const spec of await services([])) assert.equal('ipFamilies' in spec || 'ipFamilyPolicy' in spec, false)
  for (const spec of await services(['examples/ipv6-only.yaml']))
    assert.deepEqual([spec.ipFamilyPolicy, spec.ipFamilies], ['SingleStack', ['IPv6']])
})

test('every object is annotated as the user wants, beside its own annotations', async () => {
  const values = {
    ...everything,
    commonAnnotations: { owner: 'platform', 'helm.sh/resource-policy': 'none' },
  }
  for (const [identity, { kind, metadata }] of await rendered({ values })) {
    const { annotations = {} } = metadata as { readonly annotations?: Readonly<Record<string, string>> }
    assert.equal(annotations.owner, 'platform', identity)
    assert.equal(
      annotations['helm.sh/resource-policy'],
      kind === 'CustomResourceDefinition' ? 'keep' : 'none',
      identity,
    )
  }
})

test('each Deployment and its Pods can be fitted to the cluster', async () => {
  const own = {
    annotations: { 'reloader.company.com/auto': 'true' },
    runtimeClassName: 'gvisor',
    hostAliases: [{ ip: '192.0.2.7', hostnames: ['sso.company.com'] }],
    dnsPolicy: 'None',
    dnsConfig: { nameservers: ['192.0.2.53'] },
  }
  const values = {
    ...everything,
    controller: own,
    inbox: { ...everything.inbox, ...own },
    identityProvider: { ...everything.identityProvider, ...own },
  }
  const { annotations, ...inPods } = own
  for (const { metadata, spec } of await workloads({ values })) {
    const given = metadata as { readonly annotations?: object }
    assert.deepEqual(given.annotations, annotations, metadata.name)
    const pod = spec.template.spec as unknown as Fields
    for (const [field, value] of Object.entries(inPods)) assert.deepEqual(pod[field], value, field)
  }
})

test('Pods run on Linux, and where the user wants besides', async () => {
  const nodeSelectors = async (values: object): Promise<readonly unknown[]> =>
    (await workloads({ values })).map(({ spec }) => (spec.template.spec as unknown as Fields).nodeSelector)
  const linux = { 'kubernetes.io/os': 'linux' }
  assert.deepEqual(await nodeSelectors(everything), [linux, linux, linux])
  assert.deepEqual(await nodeSelectors({ controller: { nodeSelector: { pool: 'system' } } }), [
    { ...linux, pool: 'system' },
  ])
})

test('labels of token Secrets reach the controller', async () => {
  const values = { controller: { tokenSecretLabels: { 'company.com/owner': 'platform', team: '' } } }
  const [controller] = await workloads({ values })
  const args = controller?.spec.template.spec.containers[0].args.filter((arg) => arg.includes('label'))
  assert.deepEqual(args, ['--token-secret-label=company.com/owner=platform', '--token-secret-label=team='])
  await assert.rejects(
    render({ values: { controller: { tokenSecretLabels: { a: 'b c' } } } }),
    /tokenSecretLabels/,
  )
})

for (const [name, version, want] of [
  ['1.36', 'v1.36.3', true],
  ['a vendor’s 1.36', 'v1.36.3-gke.100', true],
  ['a pre-release of 1.37', 'v1.37.0-alpha.1', true],
  ['1.35', 'v1.35.9', false],
] as const) {
  test(`without a cluster to ask, ${name} ${want ? 'stamps' : 'does not stamp'} requesters`, async () => {
    const output = await helm({ args: ['template', 'countersign', chart, `--kube-version=${version}`] })
    assert.equal(output.includes('kind: MutatingAdmissionPolicy\n'), want)
  })
}

test('the notes say that requesters are not stamped, and why', async () => {
  assert.match(
    await notes(['admission.requesterStamping=Never']),
    /Requesters are not stamped \(admission\.requesterStamping: Never\): each ApprovalRequest names its creator/,
  )
  assert.match(
    await notes(),
    /Requesters are not stamped \(Kubernetes v1\.\d+\.\d+ does not serve v1 of MutatingAdmissionPolicy; 1\.36 does\)/,
  )
})

for (const [name, values, want] of [
  ['brings this one where its condition holds', { enabled: true }, true],
  ['leaves it out where its condition does not hold', { enabled: false }, false],
  [
    'can leave user and groups to the platform',
    { enabled: true, podSecurityContext: { fsGroup: null } },
    true,
  ],
] as const) {
  test(`a parent chart ${name}`, async (t) => {
    const objects = await throughParent(t, { countersign: values, global: { region: 'eu' } })
    const deployment = objects.find(({ kind }) => kind === 'Deployment')
    assert.equal(deployment !== undefined, want)
    if ('podSecurityContext' in values) assert.doesNotMatch(JSON.stringify(deployment), /fsGroup/)
  })
}

test('alone, the chart does not pretend that enabled: false removes it', async () => {
  await assert.rejects(render({ values: { enabled: false } }), /condition of a parent chart.*helm uninstall/)
})

type NetworkPolicy = KubernetesObject & {
  readonly spec: { readonly ingress: readonly Rule[]; readonly egress: readonly Rule[] }
}
type Rule = { readonly ports?: readonly { readonly port: number | string }[] }

async function networkPolicies(rendering: Parameters<typeof render>[0]): Promise<readonly NetworkPolicy[]> {
  const objects = [...(await rendered(rendering)).values()]
  return objects.filter(({ kind }) => kind === 'NetworkPolicy') as NetworkPolicy[]
}

function portsIn(rules: readonly Rule[]): readonly (number | string)[] {
  return rules.flatMap(({ ports = [] }) => ports.map(({ port }) => port))
}

async function throughParent(t: TestContext, values: object): Promise<readonly KubernetesObject[]> {
  const parent = mkdtempSync(join(tmpdir(), 'countersign-parent-'))
  t.after(() => {
    rmSync(parent, { recursive: true })
  })
  mkdirSync(join(parent, 'charts'))
  symlinkSync(chart, join(parent, 'charts/countersign'))
  const dependency = { name: 'countersign', version: '*', condition: 'countersign.enabled' }
  const platform = { apiVersion: 'v2', name: 'platform', version: '1.0.0', dependencies: [dependency] }
  writeFileSync(join(parent, 'Chart.yaml'), stringify(platform))
  const output = await helm({
    args: ['template', 'platform', parent, '--kube-version=1.36.0', '--values=-'],
    input: JSON.stringify(values),
  })
  return parseAllDocuments(output)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null)
}
