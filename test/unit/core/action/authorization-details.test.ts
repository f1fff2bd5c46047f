import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { authorizationDetailOf, grantOf } from '../../../../src/core/action/authorization-details.ts'
import { digestOf } from '../../../../src/api/digest.ts'
import type { GrantedDetails } from '../../../../src/core/ports/redeeming.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'

const parameters = { wait: '5m', region: 'eu-1' }
const request = anApprovalRequest().saying({
  parameters,
  adjustable: [{ name: 'wait', type: 'Duration', minimum: '1m', maximum: '1h' }],
})
const asked = authorizationDetailOf(request)

test('what is asked names the action, its target, the digest and the parameters', () => {
  assert.deepEqual(asked, {
    type: 'countersign.dev/action',
    actions: ['promote-rollout'],
    identifier: 'demo/Rollout/foo-v2',
    digest: digestOf(request),
    parameters,
  })
})

test('an action without parameters is asked with none', () => {
  assert.deepEqual(authorizationDetailOf(anApprovalRequest()).parameters, {})
})

const overTheWire = (details: unknown): GrantedDetails =>
  JSON.parse(JSON.stringify(details)) as GrantedDetails

for (const [name, of, details, want] of [
  ['what was asked', request, [asked], parameters],
  ['members in another order', request, [Object.fromEntries(Object.entries(asked).toReversed())], parameters],
  [
    'another wait',
    request,
    [withParameters({ wait: '15m', region: 'eu-1' })],
    { ...parameters, wait: '15m' },
  ],
  ['the same wait in other words', request, [withParameters({ ...parameters, wait: '300s' })], parameters],
  [
    'no parameters where none were asked',
    anApprovalRequest(),
    [authorizationDetailOf(anApprovalRequest())],
    {},
  ],
] as const)
  test(`${name} is granted`, () => {
    const grant = grantOf(of, overTheWire(details))
    assert.ok(grant.kind === 'Granted', JSON.stringify(grant))
    assert.deepEqual(grant.parameters, want)
    assert.deepEqual(grant.detail, details[0])
  })

function withParameters(changed: unknown): Readonly<Record<string, unknown>> {
  return { ...asked, parameters: changed }
}

const withoutDigest = Object.fromEntries(Object.entries(asked).filter(([name]) => name !== 'digest'))
let deep: unknown = 'x'
for (let depth = 0; depth < 100_000; depth++) deep = [deep]

for (const [name, details, message] of [
  ['nothing', undefined, 'the grant lacks them, although they were asked for'],
  ['what is no list', 'Unreadable', 'they are no list of objects'],
  ['two elements', [asked, asked], '2 elements were granted, where one was asked for'],
  ['another type', [{ ...asked, type: 'payment' }], 'the granted element has another type than was asked'],
  [
    'a type that is no text',
    [{ ...asked, type: [asked.type] }],
    'the granted element has another type than was asked',
  ],
  [
    'another action',
    [{ ...asked, actions: ['scale-out'] }],
    'the granted element has other actions than were asked',
  ],
  [
    'an action more',
    [{ ...asked, actions: [...asked.actions, 'x'] }],
    'the granted element has other actions than were asked',
  ],
  [
    'an action as text',
    [{ ...asked, actions: 'promote-rollout' }],
    'the granted element has other actions than were asked',
  ],
  ['no action', [{ ...asked, actions: [] }], 'the granted element has other actions than were asked'],
  [
    'another target',
    [{ ...asked, identifier: 'demo/Rollout/foo' }],
    'the granted element has another identifier than was asked',
  ],
  [
    'another digest',
    [{ ...asked, digest: 'sha256:00' }],
    'the granted element has another digest than was asked',
  ],
  ['no digest', [withoutDigest], 'the granted element has other members than were asked'],
  [
    'a member more',
    [{ ...asked, locations: ['https://x'] }],
    'the granted element has other members than were asked',
  ],
  [
    'a member more that is undefined',
    [{ ...asked, locations: undefined }],
    'the granted element has other members than were asked',
  ],
  [
    'a prototype',
    [JSON.parse(`{"__proto__":1,${JSON.stringify(asked).slice(1)}`)],
    'the granted element has other members than were asked',
  ],
  [
    'a prototype instead of parameters',
    [JSON.parse(JSON.stringify(asked).replace('"parameters"', '"__proto__"'))],
    'the granted element has other members than were asked',
  ],
  ['deep nesting', [{ ...asked, actions: deep }], 'the granted element has other actions than were asked'],
  [
    'deep nesting of parameters',
    [withParameters({ ...parameters, wait: deep })],
    'the granted parameters are no map of texts',
  ],
  ['parameters as a list', [withParameters(['5m'])], 'the granted parameters are no map of texts'],
  ['parameters as null', [withParameters(null)], 'the granted parameters are no map of texts'],
  ['parameters as text', [withParameters('wait=5m')], 'the granted parameters are no map of texts'],
  [
    'a number as a parameter',
    [withParameters({ ...parameters, wait: 300 })],
    'the granted parameters are no map of texts',
  ],
  [
    'null as a parameter',
    [withParameters({ ...parameters, wait: null })],
    'the granted parameters are no map of texts',
  ],
  [
    'a parameter less',
    [withParameters({ wait: '5m' })],
    'the parameters must be those that were asked, by name',
  ],
  [
    'a parameter more',
    [withParameters({ ...parameters, more: 'x' })],
    'the parameters must be those that were asked, by name',
  ],
  [
    'a prototype as a parameter',
    [withParameters(JSON.parse('{"wait":"5m","__proto__":"x"}'))],
    'the parameters must be those that were asked, by name',
  ],
  [
    'a fixed parameter changed',
    [withParameters({ ...parameters, region: 'us-1' })],
    'region may not be changed',
  ],
  [
    'a wait above its bounds',
    [withParameters({ ...parameters, wait: '2h' })],
    'wait must be a duration from 1m to 1h',
  ],
  [
    'a wait as long as a book',
    [withParameters({ ...parameters, wait: '9'.repeat(900_000) })],
    'wait must be a duration from 1m to 1h',
  ],
] as const satisfies readonly (readonly [string, unknown, string])[])
  test(`${name} is refused`, () => {
    assert.deepEqual(grantOf(request, details as GrantedDetails | undefined), { kind: 'Refused', message })
  })

test('a question that lets nothing be changed takes no change', () => {
  const fixed: ApprovalRequest = anApprovalRequest().saying({ parameters })
  const detail = { ...authorizationDetailOf(fixed), parameters: { ...parameters, wait: '15m' } }
  assert.deepEqual(grantOf(fixed, [detail]), { kind: 'Refused', message: 'wait may not be changed' })
})
