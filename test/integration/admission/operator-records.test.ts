/** The fence around the records of prompts: which ConfigMaps the operator may write if RBAC let it do everything, and who else. */
import test from 'node:test'
import { recordNames } from '../../../src/controllers/approval-request/limits/record-format.ts'
import { assertAccepted, assertRefused, attempt, tryOut } from '../../support/assertions/attempt.ts'
import { almighty, operator, theOperator } from '../../support/clusters/identities.ts'
import { testNamespace, testTransport } from '../../support/clusters/shared.ts'

const admin = testTransport()
const own = '/api/v1/namespaces/countersign-system/configmaps'
const onlyRecords =
  'may create and update only ConfigMaps named countersign-prompts-0 to countersign-prompts-f in its own namespace'
const onlyTheOperator = `are written by ${operator} alone. To change a limit, edit spec.limits of the ApprovalPolicy`

function aConfigMap(name: string): { readonly metadata: { readonly name: string } } {
  return {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { prompts: '[]' } },
    metadata: { name },
  }
}

test('the rights of the chart suffice for each record', async () => {
  const transport = await theOperator(admin)
  for (const name of recordNames)
    assertAccepted(await tryOut(transport, { method: 'POST', path: own, body: aConfigMap(name) }))
})

for (const body of [
  ...[
    'countersign-prompts',
    'countersign-prompts-g',
    'countersign-prompts-00',
    'my-countersign-prompts-0',
  ].map(aConfigMap),
  ...['inbox-prompt-0', 'extra-ca'].map(aConfigMap),
  { ...aConfigMap(''), metadata: { generateName: 'countersign-prompts-' } },
])
  test(`the operator creates no ConfigMap ${JSON.stringify(body.metadata)}`, async () => {
    for (const transport of [await theOperator(admin), almighty(operator)])
      assertRefused(await tryOut(transport, { method: 'POST', path: own, body }), onlyRecords)
  })

test('the operator changes and deletes no other ConfigMap, and no record either', async (t) => {
  await admin.request({ method: 'POST', path: own, body: aConfigMap('their-settings') })
  const path = `${own}/their-settings`
  t.after(() => admin.request({ method: 'DELETE', path }))
  const held = (await admin.request({ method: 'GET', path })) as object
  const body = { ...held, data: { evil: 'x' } }
  assertRefused(await tryOut(almighty(operator), { method: 'PUT', path, body }), onlyRecords)
  assertRefused(await tryOut(almighty(operator), { method: 'DELETE', path }), onlyRecords)
  assertRefused(await tryOut(almighty(operator), { method: 'DELETE', path: own }), onlyRecords)
})

test('the operator creates no record in another namespace', async (t) => {
  const path = `/api/v1/namespaces/${await testNamespace(t)}/configmaps`
  const body = aConfigMap('countersign-prompts-0')
  assertRefused(await tryOut(almighty(operator), { method: 'POST', path, body }), onlyRecords)
  assertAccepted(await tryOut(admin, { method: 'POST', path, body }))
})

test('nobody else writes or deletes a record, but the end of the namespace', async () => {
  const [name = ''] = recordNames.slice(-1)
  const path = `${own}/${name}`
  await attempt(await theOperator(admin), { method: 'POST', path: own, body: aConfigMap(name) })
  const held = (await admin.request({ method: 'GET', path })) as object
  for (const someone of [
    admin,
    almighty('jane'),
    almighty('system:serviceaccount:countersign-system:countersign-inbox'),
    almighty('system:serviceaccount:other:countersign-controller'),
  ]) {
    const body = { ...held, data: { prompts: '[{}]' } }
    assertRefused(await tryOut(someone, { method: 'PUT', path, body }), 'ValidatingAdmissionPolicy')
    assertRefused(await tryOut(someone, { method: 'DELETE', path }), 'ValidatingAdmissionPolicy')
    const made = { method: 'POST', path: own, body: aConfigMap('countersign-prompts-0') } as const
    assertRefused(await tryOut(someone, made), 'ValidatingAdmissionPolicy')
  }
  assertRefused(await tryOut(almighty('jane'), { method: 'DELETE', path }), onlyTheOperator)
  const collector = almighty('system:serviceaccount:kube-system:namespace-controller')
  assertRefused(await tryOut(collector, { method: 'PUT', path, body: held }), onlyTheOperator)
  assertAccepted(await attempt(collector, { method: 'DELETE', path }))
})

test('other ConfigMaps of the namespace are nobody’s business here', async () => {
  for (const name of ['their-settings-0', 'countersign-prompts', 'countersign-prompts-10'])
    assertAccepted(await tryOut(almighty('jane'), { method: 'POST', path: own, body: aConfigMap(name) }))
})
