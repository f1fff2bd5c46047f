import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentLabel } from '../../../../src/api/names.ts'
import { codeOf, digestOf } from '../../../../src/api/digest.ts'
import { withIntent, withVerdict } from '../../../../src/core/request/verdict.ts'
import { anApprovalRequest, aNamespace, aProvider, theTerms } from '../../../support/builders/builders.ts'
import { surroundings } from '../../../support/builders/surroundings.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'

const request = anApprovalRequest()
const terms = {
  kind: 'Terms',
  effective: theTerms(),
  deadline: t(600),
  unaskedDeadline: t(600),
  leastSeconds: 60,
  prompts: ['approver-1'],
  provider: aProvider(),
} as const
const intent = { terms, surroundings: surroundings(), kid: 'k1', signsAssertion: false }
const username = 'system:serviceaccount:demo:release-bot'

test('a verdict carries digest and code, and keeps what was said before', () => {
  const before = request.pending()
  const status = withVerdict(before, { kind: 'Waiting', reason: 'Throttled', message: 'why' }, t(1))
  assert.deepEqual(status, {
    ...before.status,
    conditions: status.conditions,
    digest: digestOf(request),
    code: codeOf(request),
  })
})

test('a final verdict sets the outcome', () => {
  const verdict = { kind: 'Final', reason: 'PromptLost', message: 'why' } as const
  assert.equal(withVerdict(request.pending(), verdict, t(1)).outcome, 'Failed')
})

test('the intent says everything by which the prompt is sent', () => {
  const status = withIntent(request.waitingFor('Throttled').having({ deadline: at(900) }), intent, t(3.7))
  assert.deepEqual(status, {
    conditions: status.conditions,
    digest: digestOf(request),
    code: codeOf(request),
    effective: theTerms(),
    deadline: at(600),
    expires: at(600),
    approverSummary: 'alice@company.com',
    computed: [
      { name: 'requester', value: username, source: 'as the API server authenticated it' },
      {
        name: 'environment',
        value: 'prod',
        source:
          'label countersign.dev/environment of Namespace demo; anyone who may edit this Namespace can write this',
      },
    ],
    prompts: [{ id: 'approver-1', attempt: 1, approver: 'alice@company.com', sentAt: at(3) }],
  })
  assert.equal(status.conditions?.[0]?.reason, 'Prompting')
})

test('another attempt has the next number and no handle', () => {
  const status = withIntent(request.refused(3), intent, t(9))
  assert.deepEqual(status.prompts, [
    { id: 'approver-1', attempt: 4, approver: 'alice@company.com', sentAt: at(9) },
  ])
})

test('the environment is a computed fact only where a label says so', () => {
  const unlabelled = surroundings({ namespace: aNamespace({ env: 'prod' }) })
  const { computed = [] } = withIntent(request, { ...intent, surroundings: unlabelled }, t(0))
  assert.deepEqual(
    computed.map(({ name }) => name),
    ['requester'],
  )
  const labelled = surroundings({ namespace: aNamespace({ [environmentLabel]: 'prod' }) })
  assert.equal(withIntent(request, { ...intent, surroundings: labelled }, t(0)).computed?.length, 2)
})

test('nothing that was measured takes the name of what the operator established', () => {
  const measured = [
    { name: 'environment', value: 'staging' },
    { name: 'requester', value: 'alice' },
  ]
  const unlabelled = surroundings({ namespace: aNamespace({}) })
  const { computed = [] } = withIntent(request, { ...intent, measured, surroundings: unlabelled }, t(0))
  assert.deepEqual(
    computed.map(({ value }) => value),
    [username],
  )
})

test('an intent to authenticate by assertion says with which key, and until when', () => {
  const [prompt] = withIntent(request, { ...intent, signsAssertion: true }, t(3)).prompts ?? []
  assert.deepEqual([prompt?.kid, prompt?.assertionExpiresAt], ['k1', at(48)])
})

test('an intent to be pinged says with which key the notification token is made, and needs no assertion', () => {
  const pinging = { ...intent, terms: { ...intent.terms, effective: theTerms({ delivery: 'Ping' }) } }
  const [prompt] = withIntent(request, pinging, t(3)).prompts ?? []
  assert.deepEqual([prompt?.kid, prompt?.assertionExpiresAt], ['k1', undefined])
})
