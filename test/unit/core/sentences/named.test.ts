import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionsFor, summaryOf } from '../../../../src/core/request/conditions.ts'
import { partOf } from '../../../../src/core/request/part.ts'
import { namedIn, withoutNames } from '../../../../src/core/sentences/named.ts'
import { anApprovalRequest, theTerms } from '../../../support/builders/builders.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

for (const [what, text, names, want] of [
  ['itself', 'ann@company.com has been asked.', ['ann@company.com'], ['ann@company.com']],
  ['no name that it is part of', 'joann@company.com has been asked.', ['ann@company.com'], []],
  [
    'neither of two where the longer one is named',
    'joann@company.com has been asked.',
    ['ann@company.com', 'joann@company.com'],
    ['joann@company.com'],
  ],
  ['no longer domain', 'ann@company.com.au has been asked.', ['ann@company.com'], []],
  ['the end of a sentence', 'waits for ann@company.com.', ['ann@company.com'], ['ann@company.com']],
  ['no first part of a hyphenated name', 'Ann-Marie has been asked', ['Ann'], []],
  ['no first name of somebody else', 'Ann Smith has been asked', ['Ann', 'Ann Smith'], ['Ann Smith']],
  ['letters of any alphabet', 'Annä has been asked; Zoë too', ['Ann', 'Zo', 'Zoë'], ['Zoë']],
  ['characters that mean something in a pattern', 'a.n(n)* is asked', ['a.n(n)*', 'axn(n)*'], ['a.n(n)*']],
  ['a list', 'Ann, Bob and Joann were asked', ['Bob', 'Ann', 'Joann'], ['Bob', 'Ann', 'Joann']],
  ['nobody without a name', 'Ann has been asked', [''], []],
] as const)
  test(`a name in a sentence is ${what}`, () => {
    assert.deepEqual(namedIn(text, names), want)
  })

test('two sentences that differ in the name alone are alike', () => {
  const names = ['ann@company.com', 'joann@company.com']
  const [ann, joann] = names.map((name) => withoutNames(`${name} was to be asked. Ask ${name}.`, names))
  assert.equal(ann, joann)
})

test('what is said of one approver is no news of another whose name is part of hers', () => {
  const approvers = ['joann@company.com', 'ann@company.com'].map((name) => ({
    ...{ name, hint: name, expected: name },
    claim: 'preferred_username',
  }))
  const stages = [{ name: 'sre', required: 2, approvers: ['approver-1', 'approver-2'] }]
  const whole = anApprovalRequest()
    .pending()
    .having({
      effective: theTerms({ stages, approvers }),
      conditions: conditionsFor(
        anApprovalRequest(),
        { kind: 'Waiting', reason: 'Prompting', message: 'joann@company.com is being asked.' },
        t(0),
      ),
    })
  assert.equal(summaryOf(partOf(whole, 'approver-1'))?.reason, 'Prompting')
  assert.equal(summaryOf(partOf(whole, 'approver-2')), undefined)
})
