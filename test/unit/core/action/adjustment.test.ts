import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Adjustable, ApprovalRequest } from '../../../../src/api/objects.ts'
import { adjustmentOf, changesInWords, changesTo } from '../../../../src/core/action/adjustment.ts'
import type { Parameters } from '../../../../src/core/action/adjustment.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'

const asked = { wait: '5m', replicas: '3', strategy: 'canary', region: 'eu-1' }
const adjustable: readonly Adjustable[] = [
  { name: 'wait', type: 'Duration', minimum: '1m', maximum: '1h' },
  { name: 'replicas', type: 'Integer', minimum: '-1', maximum: '10' },
  { name: 'strategy', type: 'Enum', values: ['canary', 'blue-green'] },
]

function question(parameters?: Parameters): ApprovalRequest {
  const { spec, ...rest } = anApprovalRequest()
  return { ...rest, spec: { ...spec, ...(parameters !== undefined && { parameters, adjustable }) } }
}

for (const [name, chosen, changes] of [
  ['what was asked is no change', {}, ''],
  ['a duration within its bounds', { wait: '15m' }, 'wait 15m instead of 5m'],
  ['the least duration', { wait: '1m' }, 'wait 1m instead of 5m'],
  ['the least duration, in seconds', { wait: '60s' }, 'wait 60s instead of 5m'],
  ['the greatest duration, in minutes', { wait: '60m' }, 'wait 60m instead of 5m'],
  ['the greatest duration', { wait: '1h' }, 'wait 1h instead of 5m'],
  ['the least number', { replicas: '-1' }, 'replicas -1 instead of 3'],
  ['zero', { replicas: '0' }, 'replicas 0 instead of 3'],
  ['the greatest number', { replicas: '10' }, 'replicas 10 instead of 3'],
  ['another value of the list', { strategy: 'blue-green' }, 'strategy blue-green instead of canary'],
  [
    'two changes',
    { strategy: 'blue-green', wait: '2m' },
    'wait 2m instead of 5m, strategy blue-green instead of canary',
  ],
] as const)
  test(`${name}: within`, () => {
    const adjustment = adjustmentOf(question(asked), { ...asked, ...chosen })
    assert.ok(adjustment.kind === 'Within', JSON.stringify(adjustment))
    assert.equal(changesInWords(adjustment.changes), changes)
    assert.deepEqual(adjustment.parameters, { ...asked, ...chosen })
  })

for (const [name, chosen, parameter, message] of [
  ['a duration below', { wait: '59s' }, 'wait', 'wait must be a duration from 1m to 1h'],
  ['a duration above', { wait: '3601s' }, 'wait', 'wait must be a duration from 1m to 1h'],
  ['no duration', { wait: 'soon' }, 'wait', 'wait must be a duration from 1m to 1h'],
  ['an empty duration', { wait: '' }, 'wait', 'wait must be a duration from 1m to 1h'],
  ['a fraction of an hour', { wait: '0.5h' }, 'wait', 'wait must be a duration from 1m to 1h'],
  ['a duration with spaces', { wait: ' 15m' }, 'wait', 'wait must be a duration from 1m to 1h'],
  ['a duration with a line end', { wait: '15m\n' }, 'wait', 'wait must be a duration from 1m to 1h'],
  [
    'a long way to write 15m',
    { wait: `${'0'.repeat(300)}15m` },
    'wait',
    'wait must be a duration from 1m to 1h',
  ],
  ['a number below', { replicas: '-2' }, 'replicas', 'replicas must be a whole number from -1 to 10'],
  ['a number above', { replicas: '11' }, 'replicas', 'replicas must be a whole number from -1 to 10'],
  ['a fraction', { replicas: '4.0' }, 'replicas', 'replicas must be a whole number from -1 to 10'],
  [
    'a number in hexadecimal',
    { replicas: '0x4' },
    'replicas',
    'replicas must be a whole number from -1 to 10',
  ],
  ['a power of ten', { replicas: '1e1' }, 'replicas', 'replicas must be a whole number from -1 to 10'],
  ['no number', { replicas: '' }, 'replicas', 'replicas must be a whole number from -1 to 10'],
  [
    'a value out of the list',
    { strategy: 'Canary' },
    'strategy',
    'strategy must be one of canary, blue-green',
  ],
  ['a parameter that is fixed', { region: 'eu-2' }, 'region', 'region may not be changed'],
  ['the first of two', { region: 'eu-2', wait: '2h' }, 'wait', 'wait must be a duration from 1m to 1h'],
] as const)
  test(`${name}: outside`, () => {
    assert.deepEqual(adjustmentOf(question(asked), { ...asked, ...chosen }), {
      kind: 'Outside',
      parameter,
      message,
    })
  })

const without = { wait: '5m', replicas: '3', strategy: 'canary' }
for (const [name, request, chosen] of [
  ['a parameter less', question(asked), without],
  ['a parameter more', question(asked), { ...asked, more: 'x' }],
  ['another name', question(asked), { ...without, Region: 'eu-1' }],
  ['a name that every object has', question(asked), { ...without, constructor: 'eu-1' }],
  ['parameters where none were asked', question(), { wait: '5m' }],
] as const)
  test(`${name}: outside, whatever the values`, () => {
    assert.deepEqual(adjustmentOf(request, chosen), {
      kind: 'Outside',
      message: 'the parameters must be those that were asked, by name',
    })
  })

test('no parameters are within none', () => {
  assert.deepEqual(adjustmentOf(question(), {}), { kind: 'Within', parameters: {}, changes: [] })
})

test('the same duration in other words is what was asked', () => {
  assert.deepEqual(adjustmentOf(question(asked), { ...asked, wait: '300s' }), {
    kind: 'Within',
    parameters: asked,
    changes: [],
  })
})

test('changes are told in the order of the question', () => {
  const { parameters = {} } = question(asked).spec
  const decided = { strategy: 'blue-green', region: 'eu-1', wait: '2m', replicas: '3' }
  assert.deepEqual(changesTo(parameters, decided), [
    { name: 'wait', from: '5m', to: '2m' },
    { name: 'strategy', from: 'canary', to: 'blue-green' },
  ])
  assert.deepEqual(changesTo(undefined, undefined), [])
  assert.deepEqual(changesTo(asked, undefined), [])
})

test('a bound that is missing lets nothing through', () => {
  const { spec, ...rest } = question(asked)
  const boundless = { ...rest, spec: { ...spec, adjustable: [{ name: 'wait', type: 'Duration' as const }] } }
  assert.equal(adjustmentOf(boundless, { ...asked, wait: '6m' }).kind, 'Outside')
})
