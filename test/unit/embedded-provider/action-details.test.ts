import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actionDetailIn, detailsIn, grantedDetailIn } from '../../../src/embedded-provider/action-details.ts'

const asked = {
  type: 'countersign.dev/action',
  actions: ['promote-rollout'],
  identifier: 'demo/Rollout/foo-v2',
  digest: 'sha256:00',
  parameters: { wait: '5m' },
}

test('the parameter is read as JSON', () => {
  assert.deepEqual(detailsIn({ authorization_details: JSON.stringify([asked]) }), [asked])
  assert.equal(detailsIn({}), undefined)
  assert.equal(detailsIn(undefined), undefined)
})

for (const [name, value, want] of [
  ['one element', [asked], asked],
  ['no parameters', [{ ...asked, parameters: {} }], { ...asked, parameters: {} }],
  ['no list', asked, undefined],
  ['no element', [], undefined],
  ['two elements', [asked, asked], undefined],
  ['null', [null], undefined],
  ['another type', [{ ...asked, type: 'payment' }], undefined],
  ['a member more', [{ ...asked, locations: [] }], undefined],
  ['a member less', [{ ...asked, digest: undefined }], undefined],
  ['two actions', [{ ...asked, actions: ['a', 'b'] }], undefined],
  ['parameters as a list', [{ ...asked, parameters: ['5m'] }], undefined],
  ['a number as a parameter', [{ ...asked, parameters: { wait: 5 } }], undefined],
  ['a long identifier', [{ ...asked, identifier: 'x'.repeat(513) }], undefined],
  ['a long parameter', [{ ...asked, parameters: { wait: 'x'.repeat(513) } }], undefined],
  [
    '17 parameters',
    [{ ...asked, parameters: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`p${i}`, 'x'])) }],
    undefined,
  ],
] as const)
  test(`${name} ${want === undefined ? 'may not' : 'may'} be asked`, () => {
    assert.deepEqual(actionDetailIn(value), want)
  })

for (const [name, change, isGranted] of [
  ['what was asked', {}, true],
  ['another value', { parameters: { wait: '15m' } }, true],
  ['another name', { parameters: { pause: '15m' } }, false],
  ['a parameter less', { parameters: {} }, false],
  ['a parameter more', { parameters: { wait: '5m', more: 'x' } }, false],
  ['another action', { actions: ['scale-out'] }, false],
  ['another target', { identifier: 'demo/Rollout/foo' }, false],
  ['another digest', { digest: 'sha256:01' }, false],
] as const)
  test(`${name} ${isGranted ? 'can' : 'cannot'} be granted`, () => {
    const granted = { ...asked, ...change }
    assert.deepEqual(grantedDetailIn([granted], asked), isGranted ? granted : undefined)
  })
