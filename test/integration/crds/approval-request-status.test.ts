import assert from 'node:assert/strict'
import test from 'node:test'
import { assertAccepted, assertRefused, tryOut } from '../../support/assertions/attempt.ts'
import type { Answer } from '../../support/assertions/attempt.ts'
import { testNamespace, testTransport } from '../../support/clusters/shared.ts'
import { impersonated, operator } from '../../support/clusters/identities.ts'
import { anApprovalRequest, withField } from '../../support/builders/manifests.ts'

const decidedAt = '2026-11-23T09:22:31Z'
const alice = { issuer: 'https://sso.company.com', subject: '750e', name: 'alice@company.com' }
const aCondition = (type: string, status: string): object => ({
  type,
  status,
  reason: type,
  message: 'Nothing is left to do.',
  lastTransitionTime: decidedAt,
})

/** A status in which everything that is final has been said. */
const decided = {
  outcome: 'Approved',
  conditions: [aCondition('Complete', 'True'), aCondition('Approved', 'True')],
  effective: {
    policy: 'prod-promotions',
    identityProvider: 'company',
    issuer: 'https://sso.company.com',
    clientID: 'agent-release-bot',
    approvers: [{ name: 'alice@company.com', hint: 'alice', claim: 'sub', expected: 'alice' }],
    scopes: ['openid'],
  },
  decision: { approvers: [alice], decidedAt, seal: 'sealed' },
  approverSummary: 'alice@company.com',
}

const finalFields = 'To ask again, create a new ApprovalRequest'
const newTerms = 'To ask under other terms, create a new ApprovalRequest'
const cases: readonly (readonly [name: string, path: string, value: unknown, ...words: string[]])[] = [
  ['the same status may be written again', 'approverSummary', 'alice@company.com'],
  ['a summary may change', 'approverSummary', 'bob@company.com'],
  ['a condition may be added', 'conditions', [...decided.conditions, aCondition('Denied', 'False')]],
  ['an outcome cannot change', 'outcome', 'Denied', 'status.outcome is final', finalFields],
  ['an outcome cannot be removed', 'outcome', undefined, 'status.outcome is final', finalFields],
  ['an outcome is one of five', 'outcome', 'Maybe', 'status.outcome', 'supported values: "Approved"'],
  ['a decision cannot change', 'decision.approvers.0.name', 'bob', 'status.decision is final', finalFields],
  [
    'a decision cannot gain parameters',
    'decision.parameters',
    { a: 'b' },
    'status.decision is final',
    finalFields,
  ],
  ['a decision cannot be removed', 'decision', undefined, 'status.decision is final', finalFields],
  ['the terms cannot change', 'effective.clientID', 'other', 'status.effective is fixed', newTerms],
  ['the terms cannot be removed', 'effective', undefined, 'status.effective is fixed', newTerms],
  [
    'two outcomes cannot both be True',
    'conditions',
    [...decided.conditions, aCondition('Denied', 'True')],
    'status',
    'at most one of Approved, Denied, Expired, Withdrawn and Failed can be True',
  ],
  [
    'a condition cannot be there twice',
    'conditions',
    [aCondition('Complete', 'True'), aCondition('Complete', 'False')],
    'status.conditions[1]',
    'Duplicate value',
  ],
  ['a whole status cannot be removed', '', undefined, 'status.outcome is final', finalFields],
]

const admin = testTransport()
const asOperator = impersonated(operator)

for (const [name, path, value, ...words] of cases) {
  test(name, async (t) => {
    const answer = await changeStatus(await testNamespace(t), path, value)
    if (words.length === 0) assertAccepted(answer)
    else assertRefused(answer, ...words)
  })
}

test('the record of who wrote what has status as one field', async (t) => {
  const answer = await changeStatus(await testNamespace(t), 'approverSummary', 'bob@company.com')
  assert.ok(answer.kind === 'Accepted')
  const { metadata } = answer.object as { metadata: { managedFields: readonly Managed[] } }
  const ofStatus = metadata.managedFields.filter(({ subresource }) => subresource === 'status')
  assert.deepEqual(
    ofStatus.map(({ fieldsV1 }) => fieldsV1),
    [{ 'f:status': {} }],
  )
})

type Managed = { readonly subresource?: string; readonly fieldsV1: unknown }

async function changeStatus(namespace: string, path: string, value: unknown): Promise<Answer> {
  const collection = `/apis/countersign.dev/v1alpha1/namespaces/${namespace}/approvalrequests`
  const created = await admin.request({ method: 'POST', path: collection, body: anApprovalRequest })
  const status = `${collection}/foo-v2/status`
  const body = await asOperator.request({
    method: 'PUT',
    path: status,
    body: { ...(created as object), status: decided },
  })
  return tryOut(asOperator, { method: 'PUT', path: status, body: withField(body, statusPath(path), value) })
}

function statusPath(path: string): string {
  return path === '' ? 'status' : `status.${path}`
}
