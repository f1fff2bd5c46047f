/** A program that is newer than the kinds in the cluster asks nobody by half of its terms: it waits for its kinds. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse, stringify } from 'yaml'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { summaryOf } from '../../../src/core/request/conditions.ts'
import { startCompanyProvider } from '../../support/fakes/providers/company.ts'
import { startOperator } from '../../support/scenes/operator.ts'
import type { Operator } from '../../support/scenes/operator.ts'
import { ask, isFinal } from '../../support/clusters/question.ts'
import { sought } from '../../support/assertions/sought.ts'

const file = 'crds/countersign.dev_approvalrequests.yaml'

test('a question waits for kinds that know all of its terms, and goes on by itself', async (t) => {
  const operator = await startOperator()
  t.after(() => operator.stop())
  const provider = await startCompanyProvider()
  t.after(() => provider.close())
  await apply(operator, olderKind())
  await sought(async () => ((await isDropping(operator)) ? true : undefined))

  const question = await ask(operator, provider)
  const waiting = await question.until((request) => summaryOf(request)?.reason === 'DefinitionsOutdated')
  assert.match(summaryOf(waiting)?.message ?? '', /"status\.effective\.authorizationDetails"/)
  assert.match(summaryOf(waiting)?.message ?? '', /CustomResourceDefinitions/)
  assert.equal(waiting.status?.effective, undefined)
  assert.deepEqual(provider.visits('/backchannel'), [])

  await apply(operator, readFileSync(file, 'utf8'))
  const finished = await question.until(isFinal)
  assert.equal(finished.status?.outcome, 'Approved')
  assert.equal(finished.status.effective?.authorizationDetails, 'Unsupported')
  assert.equal(provider.visits('/backchannel').length, 1)
})

test('a request waits for kinds that take all of its values', async (t) => {
  const operator = await startOperator()
  t.after(() => operator.stop())
  const provider = await startCompanyProvider()
  t.after(() => provider.close())
  await apply(
    operator,
    readFileSync(file, 'utf8').replace(/(algorithms:\n +type: array\n +maxItems): 16/, '$1: 8'),
  )
  const question = await ask(operator, provider)
  const waiting = await question.until((request) => summaryOf(request)?.reason === 'DefinitionsOutdated')
  assert.match(summaryOf(waiting)?.message ?? '', /status\.effective\.algorithms: Too many/)
  assert.deepEqual(provider.visits('/backchannel'), [])
  await apply(operator, readFileSync(file, 'utf8'))
  assert.equal((await question.until(isFinal)).status?.outcome, 'Approved')
})

/** The kind as it was before it knew whether authorization_details were asked for. */
function olderKind(): string {
  const definition: unknown = parse(readFileSync(file, 'utf8'), (key, value: unknown) =>
    key === 'authorizationDetails' ? undefined : value,
  )
  return stringify(definition)
}

async function apply({ kubeconfig }: Operator, input: string): Promise<void> {
  const args = ['apply', '--server-side', '--force-conflicts', '--filename=-']
  await kubectl({ kubeconfig, args, input })
}

/** The API server takes up a definition a moment after it was written. Only the operator may write status: nothing is. */
async function isDropping({ admin }: Operator): Promise<boolean> {
  const path = '/apis/countersign.dev/v1alpha1/namespaces/default/approvalrequests'
  const target = { kind: 'Node', name: 'node-1' }
  const spec = { action: 'drain-node', target, environment: 'prod', summary: 'Drain node-1' }
  const body = {
    ...{ apiVersion: 'countersign.dev/v1alpha1', kind: 'ApprovalRequest', metadata: { name: 'probe' }, spec },
    status: { effective: { authorizationDetails: 'Supported' } },
  }
  const query = { dryRun: 'All', fieldValidation: 'Strict' }
  const refused: unknown = await admin
    .request({ method: 'POST', path, query, body })
    .catch((error: unknown) => error)
  return refused instanceof Error && refused.message.includes('unknown field')
}
