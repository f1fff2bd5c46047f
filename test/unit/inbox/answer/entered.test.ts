/** What a button comes to, by what was entered: changes count only once they were shown, and never beyond their bounds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Adjustable } from '../../../../src/api/objects.ts'
import { stepAfter } from '../../../../src/inbox/answer/entered.ts'
import type { SentForm, Step } from '../../../../src/inbox/answer/entered.ts'
import type { TrackedPrompt } from '../../../../src/inbox/prompts/state.ts'
import { firstPromptId } from '../../../../src/core/prompt/prompt.ts'
import { refOf } from '../../../../src/core/prompt/reference.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'

const parameters = { gate: 'promote', wait: '5m', replicas: '3', strategy: 'canary' }
const adjustable: readonly Adjustable[] = [
  { name: 'wait', type: 'Duration', minimum: '1m', maximum: '1h' },
  { name: 'replicas', type: 'Integer', minimum: '1', maximum: '10' },
  { name: 'strategy', type: 'Enum', values: ['canary', 'blue-green'] },
]
const request = anApprovalRequest().saying({ parameters, adjustable })

function after(form: SentForm, takesChanges = true): Step {
  const state = { kind: 'Waiting', bearer: 'b' } as const
  const asked = { ref: refOf(request, firstPromptId), digest: 'd', subject: 'alice', expiresAt: at(60) }
  const prompt: TrackedPrompt = { ...asked, takesChanges, state, entry: { name: 'e' } }
  return stepAfter(form, { request, prompt })
}

const asAsked = { kind: 'Give', decision: 'approve', choice: { kind: 'Within', parameters, changes: [] } }

for (const [name, sent] of [
  ['no field', {}],
  ['untouched fields', { 'parameter.wait': '5m', 'parameter.replicas': '3', 'parameter.strategy': 'canary' }],
  ['a space after a value', { 'parameter.wait': '5m ', 'parameter.replicas': ' 3' }],
  ['the same in other words', { 'parameter.wait': '300s' }],
] as const)
  test(`Approve with ${name} approves what was asked`, () => {
    assert.deepEqual(after({ decision: 'approve', ...sent }), asAsked)
  })

test('Approve with a change shows it first', () => {
  const step = after({ decision: 'approve', 'parameter.wait': ' 15m', 'parameter.strategy': 'blue-green' })
  assert.ok(step.kind === 'Confirm')
  assert.deepEqual(step.choice.changes, [
    { name: 'wait', from: '5m', to: '15m' },
    { name: 'strategy', from: 'canary', to: 'blue-green' },
  ])
  assert.deepEqual(step.entered.values, { wait: '15m', replicas: '3', strategy: 'blue-green' })
})

test('a change that was shown is given', () => {
  const step = after({ decision: 'approve-changed', 'parameter.wait': '15m' })
  assert.ok(step.kind === 'Give')
  assert.equal(step.decision, 'approve')
  assert.deepEqual(step.choice.parameters, { ...parameters, wait: '15m' })
})

for (const press of ['approve', 'approve-changed'])
  for (const [name, sent, errors] of [
    ['a value out of bounds', { wait: '2h' }, { wait: 'wait must be a duration from 1m to 1h' }],
    [
      'several of them',
      { wait: 'soon', replicas: '0' },
      {
        wait: 'wait must be a duration from 1m to 1h',
        replicas: 'replicas must be a whole number from 1 to 10',
      },
    ],
    ['an empty value', { replicas: ' ' }, { replicas: 'replicas must be a whole number from 1 to 10' }],
    ['no such choice', { strategy: 'Canary' }, { strategy: 'strategy must be one of canary, blue-green' }],
  ] as const)
    test(`${press} with ${name} leads back to the field`, () => {
      const fields = Object.entries(sent).map(([field, value]) => [`parameter.${field}`, value] as const)
      const step = after({ decision: press, ...Object.fromEntries<unknown>(fields) })
      assert.ok(step.kind === 'Edit')
      assert.deepEqual(step.entered.errors, errors)
    })

test('a file is no value', () => {
  const step = after({ decision: 'approve', 'parameter.wait': new File(['15m'], '15m') })
  assert.ok(step.kind === 'Edit')
})

test('Back leads to the fields as they were filled in', () => {
  const step = after({ decision: 'edit', 'parameter.wait': '15m' })
  assert.ok(step.kind === 'Edit')
  assert.deepEqual(step.entered, { values: { ...step.entered.values, wait: '15m' }, errors: {} })
})

test('Deny denies, whatever stands in the fields', () => {
  const step = after({ decision: 'deny', 'parameter.wait': 'soon' })
  assert.ok(step.kind === 'Give')
  assert.equal(step.decision, 'deny')
})

for (const [name, form, takesChanges] of [
  ['no button', {}, true],
  ['another button', { decision: 'maybe' }, true],
  ['two buttons', { decision: ['approve', 'deny'] }, true],
  ['a change of what is fixed', { decision: 'approve-changed', 'parameter.gate': 'other' }, true],
  ['a parameter that was not asked', { decision: 'approve', 'parameter.more': 'x' }, true],
  [
    'a change that the provider does not take',
    { decision: 'approve-changed', 'parameter.wait': '15m' },
    false,
  ],
  ['a value beyond, where nothing can be changed', { decision: 'approve', 'parameter.wait': '2h' }, false],
] as const)
  test(`${name} is not readable`, () => {
    assert.deepEqual(after(form, takesChanges), { kind: 'Unreadable' })
  })
