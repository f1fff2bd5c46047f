import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentLabel } from '../../../../../src/api/names.ts'
import { gateKeyOf, questionOf, requestNameOf } from '../../../../../src/core/gate/argo-rollouts/question.ts'
import { anApprovalRequest, aNamespace } from '../../../../support/builders/builders.ts'
import {
  aRollout,
  aRun,
  questionAsWanted,
  theQuestion,
  theRequester,
} from '../../../../support/builders/gate-objects.ts'

const key = { rolloutUid: 'r', podTemplateHash: 'h', gate: 'g', runUid: 'u' }

test('a question is made of typed facts', () => {
  const { metadata, spec } = questionAsWanted()
  assert.match(metadata.name, /^foo-v2-[0-9a-f]{16}$/)
  assert.deepEqual(spec, {
    requester: theRequester,
    action: 'promote-rollout',
    target: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'foo-v2', revision: '7654b4484' },
    environment: 'unlabelled',
    summary: 'Promote Rollout foo-v2 to revision 7654b4484',
    parameters: {
      gate: 'promote',
      analysisRun: 'foo-v2-7654b4484-2-2',
      analysisRunUID: 'uid-of-foo-v2-7654b4484-2-2',
      rolloutUID: 'uid-of-foo-v2',
    },
  })
})

test('a wait and its bounds are part of the question', () => {
  const adjustable = [{ name: 'wait', type: 'Duration', minimum: '1m', maximum: '1h' }] as const
  const { spec } = questionAsWanted(aRollout(), aRun(), { wait: '15m', adjustable })
  assert.equal(spec.parameters?.wait, '15m')
  assert.deepEqual(spec.adjustable, adjustable)
})

for (const [label, want] of [
  ['prod', 'prod'],
  ['', 'unlabelled'],
] as const)
  test(`the environment of a Namespace labelled "${label}" is ${want}`, () => {
    const namespace = aNamespace({ [environmentLabel]: label })
    const asked = { rollout: aRollout(), run: aRun(), gate: 'promote' }
    const question = questionOf({ ...asked, namespace, requester: theRequester, terms: {} })
    assert.equal(question.spec.environment, want)
  })

for (const [part, other] of Object.entries({ rolloutUid: 'x', podTemplateHash: 'x', gate: 'x', runUid: 'x' }))
  test(`another ${part} is another question`, () => {
    assert.notEqual(requestNameOf('foo', key), requestNameOf('foo', { ...key, [part]: other }))
  })

test('a key does not run over into its neighbour', () => {
  const [one, other] = [
    { ...key, gate: 'ab', podTemplateHash: 'c' },
    { ...key, gate: 'a', podTemplateHash: 'bc' },
  ]
  assert.notEqual(requestNameOf('foo', one), requestNameOf('foo', other))
})

for (const rollout of ['a', 'a'.repeat(63), 'a'.repeat(253), `${'a'.repeat(45)}-b`, `${'a'.repeat(45)}.b`])
  test(`the request of a Rollout with a name of ${rollout.length} characters can be created`, () => {
    assert.match(requestNameOf(rollout, key), /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
  })

test('the key of a question is read back', () => {
  assert.deepEqual(gateKeyOf(theQuestion()), {
    rolloutUid: 'uid-of-foo-v2',
    podTemplateHash: '7654b4484',
    gate: 'promote',
    runUid: 'uid-of-foo-v2-7654b4484-2-2',
  })
})

for (const [name, request] of [
  ['of an agent', anApprovalRequest()],
  ['of another name', theQuestion().named('foo-v2')],
  [
    'about another gate',
    theQuestion().saying({ parameters: { ...theQuestion().spec.parameters, gate: 'x' } }),
  ],
  ['without a run', theQuestion().saying({ parameters: { gate: 'promote' } })],
  ['about another kind', theQuestion().saying({ target: { ...theQuestion().spec.target, kind: 'Node' } })],
  ['with a token', theQuestion().wantingToken()],
] as const)
  test(`a question ${name} is not the gate's`, () => {
    assert.equal(gateKeyOf(request), undefined)
  })
