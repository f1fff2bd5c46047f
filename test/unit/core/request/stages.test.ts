import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EffectiveTerms } from '../../../../src/api/objects.ts'
import { newIdOf, peopleOf, stagesAmong, withApprovers } from '../../../../src/core/request/stages.ts'
import { theTerms } from '../../../support/builders/builders.ts'
import { aStage, person } from '../../../support/worlds/several-world.ts'

const claimed = (hint: string): EffectiveTerms['approvers'][number] => ({
  ...person(hint),
  claim: 'preferred_username',
  expected: hint,
})
const [alice, bob, carol] = ['alice', 'bob', 'carol'].map(claimed) as [
  EffectiveTerms['approvers'][number],
  EffectiveTerms['approvers'][number],
  EffectiveTerms['approvers'][number],
]

test('who is named in two stages is one person, in the order of the first naming', () => {
  const people = peopleOf([aStage('sre', ['bob', 'alice']), aStage('security', ['alice', 'carol'])])
  assert.deepEqual(
    people.map(({ hint }) => hint),
    ['bob', 'alice', 'carol'],
  )
})

test('the same hint with another subject is another person', () => {
  const twin = { ...person('alice'), name: 'alice-2@company.com', subject: '750e' }
  assert.equal(peopleOf([{ ...aStage('sre', ['alice']), approvers: [person('alice'), twin] }]).length, 2)
})

test('one person who is enough needs no stages', () => {
  assert.equal(stagesAmong([aStage('sre', ['alice'])], [alice]), undefined)
  assert.equal(stagesAmong([aStage('sre', ['alice', 'bob'])], [bob]), undefined)
})

test('one person of whom two are required is not enough, and that shows', () => {
  assert.deepEqual(stagesAmong([aStage('sre', ['alice', 'bob'], { required: 2 })], [bob]), [
    { name: 'sre', required: 2, approvers: ['approver-1'] },
  ])
})

test('the ids of a stage are in its own order, whoever was named before', () => {
  const stages = [aStage('sre', ['alice', 'bob']), aStage('lead', ['carol', 'alice'], { required: 2 })]
  assert.deepEqual(stagesAmong(stages, [alice, bob, carol]), [
    { name: 'sre', required: 1, approvers: ['approver-1', 'approver-2'] },
    { name: 'lead', required: 2, approvers: ['approver-3', 'approver-1'] },
  ])
})

test('times are seconds', () => {
  const stages = [
    aStage('sre', ['alice', 'bob'], { ask: 'InTurn', turn: '2m' }),
    aStage('lead', ['carol'], { insteadOf: 'sre', after: '1h' }),
  ]
  const [sre, lead] = stagesAmong(stages, [alice, bob, carol]) ?? []
  assert.equal(sre?.turnSeconds, 120)
  assert.deepEqual([lead?.insteadOf, lead?.afterSeconds], ['sre', 3600])
})

const terms = theTerms({
  approvers: [alice, bob, carol],
  askedAt: '2026-11-23T09:22:31Z',
  stages: [
    { name: 'sre', required: 1, approvers: ['approver-1', 'approver-2'] },
    { name: 'security', required: 1, approvers: ['approver-2', 'approver-3'] },
  ],
})

test('without one of them, ids and stages name those who are left', () => {
  const { approvers, stages } = withApprovers(terms, [bob, carol])
  assert.deepEqual(approvers, [bob, carol])
  assert.deepEqual(
    stages?.map((stage) => stage.approvers),
    [['approver-1'], ['approver-1', 'approver-2']],
  )
  assert.equal(newIdOf(carol, approvers), 'approver-2')
  assert.equal(newIdOf(alice, approvers), undefined)
})

test('one who is left and is enough decides alone', () => {
  const one = { ...terms, stages: [{ name: 'sre', required: 1, approvers: ['approver-1', 'approver-2'] }] }
  const left = withApprovers(one, [bob])
  assert.deepEqual([left.stages, left.askedAt, left.approvers], [undefined, undefined, [bob]])
})
