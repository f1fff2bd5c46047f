import assert from 'node:assert/strict'
import test from 'node:test'
import { assertRefused, tryOut } from '../../support/assertions/attempt.ts'
import { testTransport } from '../../support/clusters/shared.ts'
import { testFields } from '../../support/assertions/field-table.ts'
import type { FieldCase } from '../../support/assertions/field-table.ts'
import { anApprovalPolicy, withField } from '../../support/builders/manifests.ts'

type Person = { readonly name: string; readonly hint: string }

const aStage = { name: 'sre', approvers: people(1) }

function people(count: number): readonly Person[] {
  return Array.from({ length: count }, (_, index) => ({ name: `p${index}@company.com`, hint: `p${index}` }))
}

const cases: readonly FieldCase[] = [
  ['wants a stage', 'spec.stages', [], 'should have at least 1 items'],
  ['takes four stages', 'spec.stages', ['a', 'b', 'c', 'd'].map((name) => ({ ...aStage, name }))],
  [
    'refuses a fifth stage',
    'spec.stages',
    ['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...aStage, name })),
    'must have at most 4 items',
  ],
  ['refuses two stages of one name', 'spec.stages', [aStage, aStage], 'Duplicate value'],
  [
    'takes a stage that stands in for another one',
    'spec.stages',
    [aStage, { ...aStage, name: 'lead', insteadOf: 'sre', after: '10m' }],
  ],
  [
    'refuses a stage that stands in for none that is there',
    'spec.stages',
    [aStage, { ...aStage, name: 'lead', insteadOf: 'security', after: '10m' }],
    'insteadOf must name another stage of this policy',
  ],
  [
    'refuses a stage that stands in for itself',
    'spec.stages',
    [aStage, { ...aStage, name: 'lead', insteadOf: 'lead', after: '10m' }],
    'insteadOf must name another stage of this policy',
  ],
  [
    'refuses a stage that stands in for one that stands in itself',
    'spec.stages',
    [
      aStage,
      { ...aStage, name: 'lead', insteadOf: 'sre', after: '10m' },
      { ...aStage, name: 'boss', insteadOf: 'lead', after: '20m' },
    ],
    'one that stands in for none itself',
  ],
  [
    'wants after beside insteadOf',
    'spec.stages',
    [aStage, { ...aStage, name: 'lead', insteadOf: 'sre' }],
    'insteadOf and after belong together',
  ],
  [
    'refuses after alone',
    'spec.stages',
    [{ ...aStage, after: '10m' }],
    'insteadOf and after belong together',
  ],
  [
    'refuses an after that is no duration',
    'spec.stages',
    [aStage, { ...aStage, name: 'lead', insteadOf: 'sre', after: 'later' }],
    'after must be a duration between 10s and 24h',
  ],
  ['takes people in turn', 'spec.stages', [{ ...aStage, ask: 'InTurn', turn: '2m' }]],
  ['takes people together', 'spec.stages', [{ ...aStage, ask: 'Together' }]],
  [
    'wants the turn of people in turn',
    'spec.stages',
    [{ ...aStage, ask: 'InTurn' }],
    'ask: InTurn needs turn',
  ],
  [
    'refuses a turn of people who are asked together',
    'spec.stages',
    [{ ...aStage, turn: '2m' }],
    'ask: InTurn needs turn',
  ],
  [
    'refuses a turn of a second',
    'spec.stages',
    [{ ...aStage, ask: 'InTurn', turn: '1s' }],
    'turn must be a duration between 10s and 24h',
  ],
  ['takes a stage name of 40 characters', 'spec.stages.0.name', 's'.repeat(40)],
  [
    'refuses a stage name of 41',
    'spec.stages',
    [{ ...aStage, name: 's'.repeat(41) }],
    'spec.stages[0].name',
    'may not be more than 40',
  ],
  [
    'wants an approver',
    'spec.stages',
    [{ name: 'sre', approvers: [] }],
    'spec.stages[0].approvers',
    'at least 1 items',
  ],
  [
    'refuses a seventeenth approver',
    'spec.stages',
    [{ name: 'sre', approvers: people(17) }],
    'spec.stages[0].approvers',
    'must have at most 16 items',
  ],
  ['takes sixteen approvers', 'spec.stages', [{ name: 'sre', required: 16, approvers: people(16) }]],
  [
    'refuses more than sixteen approvers in all',
    'spec.stages',
    [
      { name: 'sre', approvers: people(9) },
      { name: 'security', approvers: people(8) },
    ],
    'at most 16 approvers together',
  ],
  [
    'wants a hint',
    'spec.stages',
    [{ name: 'sre', approvers: [{ name: 'alice' }] }],
    'spec.stages[0].approvers[0]',
    'an approver is a person with a name and a hint',
  ],
  [
    'refuses to need two of one',
    'spec.stages',
    [{ ...aStage, required: 2 }],
    'spec.stages[0].required',
    'required may not be more than the number of approvers',
  ],
  [
    'refuses what a stage that stands in needs itself',
    'spec.stages',
    [aStage, { name: 'lead', insteadOf: 'sre', after: '10m', required: 2, approvers: people(2) }],
    'spec.stages[1].required',
    'has no required of its own',
  ],
]

testFields(testTransport(), anApprovalPolicy, cases)

test('a stage that stands in and needs two of one person gets one error', async () => {
  const stages = [aStage, { name: 'lead', insteadOf: 'sre', after: '10m', required: 2, approvers: people(1) }]
  const body = withField(anApprovalPolicy, 'spec.stages', stages)
  const path = '/apis/countersign.dev/v1alpha1/approvalpolicies'
  const answer = await tryOut(testTransport(), { method: 'POST', path, body })
  assertRefused(answer, 'spec.stages[1].required', 'has no required of its own')
  assert.equal(answer.kind === 'Refused' && answer.message.split('Invalid value').length - 1, 1)
})
