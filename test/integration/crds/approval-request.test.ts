import { testTransport } from '../../support/clusters/shared.ts'
import { testFields } from '../../support/assertions/field-table.ts'
import type { FieldCase } from '../../support/assertions/field-table.ts'
import { anApprovalRequest } from '../../support/builders/manifests.ts'

const times = (count: number, item: (index: number) => unknown): unknown[] =>
  Array.from({ length: count }, (_, i) => item(i))
const anEvidence = (name: unknown): object => ({ name, value: '99.8 %' })
const parameters = (count: number): object =>
  Object.fromEntries(times(count, (i) => [`p${String(i)}`, 'x']) as [string, string][])

const cases: readonly FieldCase[] = [
  ['takes a name of 63 characters', 'metadata.name', 'a'.repeat(63)],
  ['refuses a name of 64', 'metadata.name', 'a'.repeat(64), 'at most 63 characters', 'Choose a shorter name'],

  ['wants an action', 'spec.action', undefined, 'Required value'],
  ['takes an action of 63 characters', 'spec.action', 'a'.repeat(63)],
  ['refuses an action of 64', 'spec.action', 'a'.repeat(64), 'Too long: may not be more than 63'],
  ['takes dots and dashes in an action', 'spec.action', 'rotate-secret.v2'],
  ['refuses an action in upper case', 'spec.action', 'Promote', 'lower case, such as promote-rollout'],
  ['refuses an action that ends in a dash', 'spec.action', 'promote-', 'lower case, such as promote-rollout'],
  ['refuses an action with a space', 'spec.action', 'drain node', 'lower case, such as promote-rollout'],

  ['wants a kind of target', 'spec.target.kind', undefined, 'Required value'],
  ['wants a name of the target', 'spec.target.name', undefined, 'Required value'],
  ['takes a target without a revision', 'spec.target.revision', undefined],
  ['takes an image digest as revision', 'spec.target.revision', 'registry/foo@sha256:0123'],
  ['refuses a space in a target name', 'spec.target.name', 'foo v2', 'letters, digits and', 'such as foo-v2'],
  [
    'refuses a quote in a revision',
    'spec.target.revision',
    '"x"',
    'letters, digits and',
    'such as 7654b4484',
  ],
  ['takes a revision of 128 characters', 'spec.target.revision', 'r'.repeat(128)],
  ['refuses a revision of 129', 'spec.target.revision', 'r'.repeat(129), 'may not be more than 128'],

  ['refuses a space in a kind', 'spec.target.kind', 'Roll out', 'such as Rollout'],
  ['refuses a space in an apiVersion', 'spec.target.apiVersion', 'v 1', 'such as argoproj.io/v1alpha1'],

  ['wants an environment', 'spec.environment', undefined, 'Required value'],
  [
    'refuses an environment that is no label value',
    'spec.environment',
    '-prod',
    'value of a label, such as prod',
  ],

  ['wants a summary', 'spec.summary', undefined, 'Required value'],
  ['takes a summary of 140 characters', 'spec.summary', 'ü'.repeat(140)],
  ['refuses a summary of 141', 'spec.summary', 'ü'.repeat(141), 'may not be more than 140'],
  [
    'refuses a turned writing direction in a summary',
    'spec.summary',
    'a\u202eb',
    'without control characters',
  ],
  ['refuses a second line in a summary', 'spec.summary', 'a\nb', 'one line', 'Put the rest into reason'],
  ['takes a reason of 2048 characters', 'spec.reason', 'r'.repeat(2048)],
  ['refuses a reason of 2049', 'spec.reason', 'r'.repeat(2049), 'may not be more than 2048'],

  ['takes 16 facts', 'spec.evidence', times(16, (i) => anEvidence(`fact ${String(i)}`))],
  [
    'refuses 17 facts',
    'spec.evidence',
    times(17, (i) => anEvidence(`fact ${String(i)}`)),
    'at most 16 items',
  ],
  [
    'refuses two facts of one name',
    'spec.evidence',
    times(2, () => anEvidence('rate')),
    'spec.evidence[1]',
    'Duplicate value',
  ],
  [
    'wants the value of a fact',
    'spec.evidence',
    [{ name: 'rate' }],
    'spec.evidence[0].value',
    'Required value',
  ],
  [
    'takes an https address of a fact',
    'spec.evidence',
    [{ ...anEvidence('a'), url: 'https://grafana.company.com/d/1' }],
  ],
  [
    'refuses a script as address',
    'spec.evidence',
    [{ ...anEvidence('a'), url: 'javascript:x' }],
    'spec.evidence[0].url',
    'begins with https://',
  ],

  ['takes 16 parameters', 'spec.parameters', parameters(16)],
  ['refuses 17 parameters', 'spec.parameters', parameters(17), 'at most 16 items'],
  ['takes a parameter name of 63 characters', 'spec.parameters', { ['p'.repeat(63)]: 'x' }],
  ['refuses a parameter name of 64', 'spec.parameters', { ['p'.repeat(64)]: 'x' }, 'at most 63 letters'],
  ['refuses a space in a parameter name', 'spec.parameters', { 'a b': 'x' }, 'starts with a letter'],
  ['takes a parameter of 200 characters', 'spec.parameters', { p: 'x'.repeat(200) }],
  ['refuses a parameter of 201', 'spec.parameters', { p: 'x'.repeat(201) }, 'may not be more than 200'],

  ['takes an expiry of 10 s', 'spec.requestedExpiry', '10s'],
  ['refuses an expiry of 9 s', 'spec.requestedExpiry', '9s', 'at least 10s: hours, such as 24h'],
  ['takes hours, minutes and seconds', 'spec.requestedExpiry', '1h30m5s'],
  [
    'refuses an expiry without a unit',
    'spec.requestedExpiry',
    '600',
    'hours, such as 24h, minutes, such as 10m',
  ],
  ['refuses an expiry in days', 'spec.requestedExpiry', '1d', 'hours, such as 24h, minutes, such as 10m'],
  ['refuses an empty expiry', 'spec.requestedExpiry', '', 'hours, such as 24h, minutes, such as 10m'],
  ['takes a retention of 0 s', 'spec.ttlAfterFinished', '0s'],
  ['takes the longest duration in hours', 'spec.ttlAfterFinished', '99999h'],
  [
    'refuses a retention in words',
    'spec.ttlAfterFinished',
    'a week',
    'hours, such as 24h',
    '30 days are 720h',
  ],
  ['refuses a retention in days', 'spec.ttlAfterFinished', '30d', '30 days are 720h'],

  ['takes 8 scopes', 'spec.token.scopes', times(8, (i) => `s${String(i)}`)],
  ['refuses 9 scopes', 'spec.token.scopes', times(9, (i) => `s${String(i)}`), 'at most 8 items'],
  ['refuses a scope twice', 'spec.token.scopes', ['a', 'a'], 'spec.token.scopes[1]', 'Duplicate value'],
  ['refuses a space in a scope', 'spec.token.scopes', ['a b'], 'spec.token.scopes[0]', 'one word'],
  ...[
    'openid',
    'offline_access',
    'action:x',
    'target:x',
    'namespace:x',
    'kind:x',
    'revision:x',
    'environment:x',
    'digest:x',
  ].map((scope): FieldCase => [
    `refuses the scope ${scope}`,
    'spec.token.scopes',
    [scope],
    'sets these itself; remove them',
  ]),
  ['takes a scope that only looks reserved', 'spec.token.scopes', ['actions:read', 'openid2']],
  ['takes a URI as audience', 'spec.token.audience', 'https://rollouts.company.com'],
  [
    'refuses a bare name as audience',
    'spec.token.audience',
    'rollouts',
    'absolute URI',
    'such as https://deploy.company.com',
  ],
  ['takes a token that is not delivered', 'spec.token.delivery', 'None'],
  ['refuses another delivery', 'spec.token.delivery', 'Email', 'supported values: "Secret", "None"'],
]

testFields(testTransport(), anApprovalRequest, cases)
