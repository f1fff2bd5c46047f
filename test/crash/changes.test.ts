/** Approved with changes, on all that is shipped: what the person chose is what the agent is told, a crash or not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import { isFinal } from '../../tools/local/agent.ts'
import { tokenSecretName } from '../../src/api/names.ts'
import type { ApprovalRequest } from '../../src/api/objects.ts'
import { authorizationDetailOf } from '../../src/core/action/authorization-details.ts'
import { summaryOf } from '../../src/core/request/conditions.ts'
import { labOfThisFile } from '../support/labs/crash-file.ts'
import { namespace } from '../support/labs/crash-lab.ts'
import type { Arguments } from '../support/labs/crash-lab.ts'
import { armedWith, nameOf } from '../support/labs/crash-steps.ts'

const { lab, ledger } = await labOfThisFile()

const sigkill = 137
const withChanges = 'ApprovedWithChanges: 1 prompt, 1 token, 3 writes'
const asked: Arguments = {
  parameters: { wait: '5m', region: 'eu-1' },
  adjustable: [{ name: 'wait', type: 'Duration', minimum: '1m', maximum: '1h' }],
}
const chosen = { wait: '15m', region: 'eu-1' }

test('what the person chose stands in status, token, Event and audit record', async () => {
  const controller = await lab.startController()
  const finished = await answered('changed', chosen)
  assert.equal(await ledger.close('changed'), withChanges)
  assertChanged(finished)
  const { message } = summaryOf(finished) ?? {}
  assert.match(message ?? '', /approved at .* with changes\. .*, with wait 15m instead of 5m\.$/)
  const audit = await controller.says('audit')
  assert.match(
    String(audit.sentence),
    /approved by alice@company\.com .* with wait 15m instead of 5m, digest/,
  )
  assert.deepEqual(audit.parameters, chosen)
  const secret = await lab.secrets.get({ namespace, name: tokenSecretName('changed') })
  const token = decodeJwt(Buffer.from(secret?.data?.access_token ?? '', 'base64').toString())
  assert.deepEqual(token.authorization_details, finished.status?.decision?.authorizationDetails)
})

test('what was asked is Approved, and says with what', async () => {
  await lab.startController()
  await lab.ask('unchanged', 'private_key_jwt', asked)
  await lab.approve('unchanged')
  assert.equal(await ledger.close('unchanged'), 'Approved: 1 prompt, 1 token, 3 writes')
  const { status } = await lab.until('unchanged', isFinal)
  assert.deepEqual(status?.decision?.parameters, asked.parameters)
})

for (const [name, beyond, words] of [
  [
    'more than may be chosen',
    { ...chosen, wait: '2h' },
    /authorization_details: wait must be a duration from/,
  ],
  [
    'what may not be chosen',
    { ...chosen, region: 'us-1' },
    /authorization_details: region may not be changed/,
  ],
] as const)
  test(`${name} is refused, and the token revoked`, async () => {
    await lab.startController()
    const revoked = lab.proxy.count('Revocation')
    const finished = await answered(nameOf(name), beyond)
    assert.equal(await ledger.close(nameOf(name)), 'TokenRejected: 1 prompt, 1 token, 3 writes')
    assert.match(summaryOf(finished)?.message ?? '', words)
    assert.equal(finished.status?.decision, undefined)
    assert.equal(lab.proxy.count('Revocation'), revoked + 1)
  })

for (const failpoint of ['after:W3', 'before:W4'] as const)
  test(`killed ${failpoint}, the changes are kept`, async () => {
    const name = nameOf('killed', failpoint)
    lab.proxy.changeNextAnswer(chosen)
    const question = { name, method: 'private_key_jwt', arguments: asked } as const
    const controller = await armedWith(`${failpoint}=kill`, question, lab)
    assert.equal(await controller.ends(), sigkill)
    await lab.startController()
    assert.equal(await ledger.close(name), withChanges)
    assertChanged(await lab.until(name, isFinal))
  })

test('what is final stays as it is, and no log holds a token', () => ledger.audit())

async function answered(
  name: string,
  parameters: Readonly<Record<string, string>>,
): Promise<ApprovalRequest> {
  await lab.ask(name, 'private_key_jwt', asked)
  lab.proxy.changeNextAnswer(parameters)
  await lab.approve(name)
  return lab.until(name, isFinal)
}

function assertChanged(request: ApprovalRequest): void {
  const { outcome, decision } = request.status ?? {}
  assert.equal(outcome, 'Approved')
  assert.deepEqual(decision?.parameters, chosen)
  const detail = { ...authorizationDetailOf(request), parameters: chosen }
  assert.deepEqual(decision.authorizationDetails, [detail])
}
