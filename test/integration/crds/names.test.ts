/** A name, key or label that no object can have is refused when it is written, not waited for; what is stored stays usable. */
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { parse, stringify } from 'yaml'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { assertAccepted, attempt, tryOut } from '../../support/assertions/attempt.ts'
import type { Answer } from '../../support/assertions/attempt.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { testFields } from '../../support/assertions/field-table.ts'
import type { FieldCase } from '../../support/assertions/field-table.ts'
import { anApprovalPolicy, anIdentityProvider, withField } from '../../support/builders/manifests.ts'
import type { Manifest } from '../../support/builders/manifests.ts'
import { testKubeconfig, testTransport } from '../../support/clusters/shared.ts'

const transport = testTransport()
const selector = 'spec.match.namespaceSelector'
const requirement = (change: object): object => ({
  matchExpressions: [{ key: 'env', operator: 'In', values: ['prod'], ...change }],
})
const domain = `${'d'.repeat(63)}.${'e'.repeat(63)}.company.com`
const bot = { kind: 'ServiceAccount', namespace: 'demo', name: 'release-bot' }
const longest = 'v'.repeat(63)

const ofPolicies: readonly FieldCase[] = [
  ['takes any name of an IdentityProvider', 'spec.identityProvider', 'sso.company-2.com'],
  ...['No Such', 'Company', '-a', 'a..b', 'a/b', 'a_b', 'é'].map((name): FieldCase => [
    `refuses ${name} as the name of an IdentityProvider`,
    'spec.identityProvider',
    name,
    'identityProvider must be the name of an IdentityProvider, such as company',
  ]),
  ['takes the longest label', selector, { matchLabels: { [`${domain}/${'k'.repeat(63)}`]: longest } }],
  ['takes a label without a value', selector, { matchLabels: { env: '' } }],
  ['takes a label of one character', selector, { matchLabels: { e: 'P' } }],
  ['takes an expression about a label with a domain', selector, requirement({ key: 'company.com/A_b.c' })],
  ...['a b', '', 'a/b/c', '/a', 'a/', 'Domain.com/a', '-a', 'a-', 'k'.repeat(64)].flatMap(
    (key): FieldCase[] => [
      [
        `refuses "${key}" as the key of a label`,
        selector,
        { matchLabels: { [key]: 'a' } },
        'the key of a label must be a name such as env',
      ],
      [
        `refuses "${key}" as the key of an expression`,
        selector,
        requirement({ key }),
        'the key of a label must be a name such as env',
      ],
    ],
  ),
  ...['a b', '-a', 'a-', 'é', 'a/b'].flatMap((value): FieldCase[] => [
    [
      `refuses "${value}" as the value of a label`,
      selector,
      { matchLabels: { env: value } },
      'the value of a label must be letters',
    ],
    [
      `refuses "${value}" as a value of an expression`,
      selector,
      requirement({ values: ['prod', value] }),
      'the value of a label must be letters',
    ],
    [
      `refuses "${value}" as an environment`,
      'spec.match.environments',
      [value],
      'an environment must be the value of a label, such as prod',
    ],
  ]),
  ['refuses a kind that no target has', 'spec.match.targetKinds', ['Roll out'], 'a kind may contain letters'],
  ['takes an action of one star at its end', 'spec.match.actions', ['promote-*', '*-rollout', 'a*b']],
  ...['-promote', 'promote-', '.a'].map((action): FieldCase => [
    `refuses ${action}, which no request can ask for`,
    'spec.match.actions',
    [action],
    'with a letter or a digit first and last',
  ]),
  ['takes a user of any name', 'spec.match.requesters', [{ kind: 'User', name: 'Bob Builder/é' }]],
  ['takes a ServiceAccount with dots', 'spec.match.requesters', [{ ...bot, name: 'a.b-c' }]],
  [
    'refuses a ServiceAccount in upper case',
    'spec.match.requesters',
    [{ ...bot, name: 'Bot' }],
    'must be lower case, such as release-bot',
  ],
  [
    'refuses a namespace with dots',
    'spec.match.requesters',
    [{ ...bot, namespace: 'a.b' }],
    'namespace must be the name of a Namespace, such as demo',
  ],
]

const clients = (secretRef: object, more: object = {}): object[] => [
  {
    clientID: 'agent',
    authentication: {
      method: 'client_secret_basic',
      secretRef: { name: 'agent', key: 'client-secret', ...secretRef },
    },
    ...more,
  },
]

const ofProviders: readonly FieldCase[] = [
  ['takes a Secret and a key with dots', 'spec.clients', clients({ name: 'a.b-c', key: '.Client_secret.1' })],
  ...['X_y', 'a b', '-a', 'a/b'].map((name): FieldCase => [
    `refuses ${name} as the name of a Secret`,
    'spec.clients',
    clients({ name }),
    'spec.clients[0].authentication.secretRef.name',
    'name must be the name of a Secret, such as agent-release-bot',
  ]),
  ...['y z', '.', '..', '..a', 'a/b'].map((key): FieldCase => [
    `refuses ${key} as the key of a Secret`,
    'spec.clients',
    clients({ key }),
    'spec.clients[0].authentication.secretRef.key',
    'key must be a key of a Secret, such as client-secret',
  ]),
  [
    'refuses a ServiceAccount that cannot exist',
    'spec.clients',
    clients({}, { requesters: [{ ...bot, name: 'a b' }] }),
    'must be lower case, such as release-bot',
  ],
]

suite('an ApprovalPolicy', () => {
  testFields(transport, anApprovalPolicy, ofPolicies)
})
suite('an IdentityProvider', () => {
  testFields(transport, anIdentityProvider, ofProviders)
})

/** The same kinds under a group of their own, so that other tests keep theirs. */
const group = 'stored.countersign.dev'
const kubeconfig = testKubeconfig()

function definition(plural: string, reviver?: (key: unknown, value: unknown) => unknown): string {
  const text = readFileSync(`crds/countersign.dev_${plural}.yaml`, 'utf8')
    .replace(`name: ${plural}.countersign.dev`, `name: ${plural}.${group}`)
    .replace('group: countersign.dev', `group: ${group}`)
    .replace(/ +shortNames: .*\n/, '')
  return stringify(reviver === undefined ? parse(text) : parse(text, reviver))
}

async function apply(input: string): Promise<void> {
  await kubectl({ kubeconfig, args: ['apply', '--server-side', '--force-conflicts', '--filename=-'], input })
}

for (const [plural, good, path, bad, edit] of [
  [
    'approvalpolicies',
    anApprovalPolicy,
    'spec.match.namespaceSelector',
    { matchLabels: { 'a b': 'c d' }, matchExpressions: [{ key: 'a b', operator: 'In', values: ['c d'] }] },
    { priority: 7 },
  ],
  ['approvalpolicies', anApprovalPolicy, 'spec.identityProvider', 'No Such', { priority: 7 }],
  ['approvalpolicies', anApprovalPolicy, 'spec.match.environments', ['no such'], { priority: 7 }],
  [
    'identityproviders',
    anIdentityProvider,
    'spec.clients',
    clients({ name: 'X_y', key: 'y z' }, { requesters: [{ ...bot, name: 'a b' }] }),
    { delivery: 'Ping' },
  ],
] as const)
  test(`what is stored in ${plural} with ${path} that is refused now can be edited, and its status written`, async (t) => {
    const collection = `/apis/${group}/v1alpha1/${plural}`
    await apply(definition(plural, (key, value) => (key === 'x-kubernetes-validations' ? undefined : value)))
    const crd = `crd/${plural}.${group}`
    t.after(() => kubectl({ kubeconfig, args: ['delete', crd] }))
    await kubectl({ kubeconfig, args: ['wait', crd, '--for=condition=Established', '--timeout=30s'] })
    const stored = { ...withField(good, path, bad), apiVersion: `${group}/v1alpha1` }
    const object = `${collection}/${good.metadata.name}`
    await eventually(async () => {
      const created = await attempt(transport, { method: 'POST', path: collection, body: stored })
      return created.kind === 'Accepted'
    }, 'the object is stored under the older definition')
    await apply(definition(plural))
    const another = { ...stored, metadata: { name: 'another' } }
    await eventually(async () => {
      const created = await tryOut(transport, { method: 'POST', path: collection, body: another })
      return created.kind === 'Refused'
    }, 'a new object is refused')

    const put = async (at: string, change: (object: Manifest) => object): Promise<Answer> => {
      const present = (await transport.request({ method: 'GET', path: object })) as Manifest
      return attempt(transport, { method: 'PUT', path: at, body: { ...present, ...change(present) } })
    }
    assertAccepted(await put(object, ({ spec }) => ({ spec: { ...spec, ...edit } })))
    assertAccepted(await put(object, ({ metadata }) => ({ metadata: { ...metadata, labels: { a: 'b' } } })))
    const condition = { type: 'Ready', status: 'True', reason: 'Any', message: '' }
    const conditions = [{ ...condition, lastTransitionTime: '2026-01-01T00:00:00Z' }]
    assertAccepted(await put(`${object}/status`, () => ({ status: { conditions } })))
  })
