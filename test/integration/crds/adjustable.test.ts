import { testTransport } from '../../support/clusters/shared.ts'
import { testFields } from '../../support/assertions/field-table.ts'
import type { FieldCase } from '../../support/assertions/field-table.ts'
import { anApprovalRequest, withField } from '../../support/builders/manifests.ts'

const adjustable = 'spec.adjustable'
const wait = { name: 'wait', type: 'Duration', minimum: '1m', maximum: '1h' }
const replicas = { name: 'replicas', type: 'Integer', minimum: '1', maximum: '10' }
const strategy = { name: 'strategy', type: 'Enum', values: ['canary', 'blue-green'] }
const words = {
  Duration: 'must be a duration from minimum to maximum',
  Integer: 'must be a whole number from minimum to maximum',
  Enum: 'must be one of its values',
  bounds: 'an Enum needs values',
}
const parameters = { wait: '5m', replicas: '3', strategy: 'canary', region: 'eu-1', empty: '' }

const cases: readonly FieldCase[] = [
  ['takes one of each type', adjustable, [wait, replicas, strategy]],
  ['takes a value that is both bounds', adjustable, [{ ...wait, minimum: '300s', maximum: '5m' }]],
  ['takes negative numbers', adjustable, [{ ...replicas, minimum: '-5', maximum: '999999999999999' }]],
  ['takes the longest durations', adjustable, [{ ...wait, maximum: '99999h99999m' }]],
  [
    'takes eight values of 32 characters',
    adjustable,
    [{ ...strategy, values: ['canary', ...Array.from('1234567', (i) => i.repeat(32))] }],
  ],

  ['wants a parameter of that name', adjustable, [{ ...wait, name: 'pause' }], 'must be in parameters'],
  ['refuses one name twice', adjustable, [wait, wait], 'Duplicate value'],
  [
    'refuses five',
    adjustable,
    Array.from('12345', (name) => ({ ...wait, name })),
    'must have at most 4 items',
  ],
  ['knows three types', adjustable, [{ ...wait, type: 'Text' }], '"Duration", "Integer", "Enum"'],

  ['wants a maximum of a duration', adjustable, [{ ...wait, maximum: undefined }], words.bounds],
  ['wants a minimum of a number', adjustable, [{ ...replicas, minimum: undefined }], words.bounds],
  ['wants the values of a choice', adjustable, [{ ...strategy, values: undefined }], words.bounds],
  ['refuses bounds of a choice', adjustable, [{ ...strategy, minimum: '1' }], words.bounds],
  ['refuses values of a duration', adjustable, [{ ...wait, values: ['5m'] }], words.bounds],
  [
    'refuses a bound that is no duration',
    adjustable,
    [{ ...wait, maximum: '1d' }],
    'such as 30s, 5m or 1h30m',
  ],
  ['refuses a fraction as a bound', adjustable, [{ ...wait, minimum: '0.5m' }], 'such as 30s, 5m or 1h30m'],
  ['refuses durations in reverse', adjustable, [{ ...wait, minimum: '2h' }], 'the smaller first'],
  [
    'refuses a bound that is no number',
    adjustable,
    [{ ...replicas, maximum: 'ten' }],
    'whole numbers in quotes',
  ],
  ['refuses a number of 16 digits', adjustable, [{ ...replicas, maximum: '1'.repeat(16) }], 'whole numbers'],
  ['refuses numbers in reverse', adjustable, [{ ...replicas, minimum: '11' }], 'the smaller first'],
  [
    'refuses an empty value',
    adjustable,
    [{ ...strategy, values: ['canary', ''] }],
    'should be at least 1 chars',
  ],
  ['refuses nine values', adjustable, [{ ...strategy, values: Array.from('123456789') }], 'at most 8 items'],
  ['refuses a value twice', adjustable, [{ ...strategy, values: ['canary', 'canary'] }], 'Duplicate value'],

  ['wants the asked duration to be long enough', adjustable, [{ ...wait, minimum: '301s' }], words.Duration],
  ['wants the asked duration to be short enough', adjustable, [{ ...wait, maximum: '299s' }], words.Duration],
  ['wants a duration to be asked', adjustable, [{ ...wait, name: 'region' }], words.Duration],
  ['wants more than an empty duration', adjustable, [{ ...wait, name: 'empty' }], words.Duration],
  ['wants the asked number to be great enough', adjustable, [{ ...replicas, minimum: '4' }], words.Integer],
  ['wants the asked number to be small enough', adjustable, [{ ...replicas, maximum: '2' }], words.Integer],
  ['wants a number to be asked', adjustable, [{ ...replicas, name: 'wait' }], words.Integer],
  [
    'wants the asked value among the values',
    adjustable,
    [{ ...strategy, values: ['blue-green'] }],
    words.Enum,
  ],
]

testFields(testTransport(), withField(anApprovalRequest, 'spec.parameters', parameters), cases)
testFields(testTransport(), anApprovalRequest, [
  ['refuses it without parameters', adjustable, [wait], 'must be in parameters'],
])
