/** The keys that seal are rotated while questions are open and controllers run: nothing is lost but what a removed key had sealed. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { decodeProtectedHeader } from 'jose'
import { isAsked } from '../../tools/local/agent.ts'
import { operatorNamespace } from '../../tools/local/processes.ts'
import type { Secret } from '../../src/api/objects.ts'
import { labOfThisFile } from '../support/labs/crash-file.ts'

const { lab, ledger } = await labOfThisFile()
const keyRing = { namespace: operatorNamespace, name: 'countersign-keys' }
const approved = 'Approved: 1 prompt, 1 token, 3 writes'

test('a key is added, used and removed, and no controller is restarted for it', async () => {
  const first = await lab.startController()
  await first.says('leading')
  // It has read the ring before there is a second key, and leads after others have sealed with that.
  const last = await lab.startController()
  await lab.ask('lost', 'private_key_jwt')
  await lab.ask('kept', 'client_secret_basic')
  const older = await kidOf('lost')
  assert.equal(await kidOf('kept'), older)

  const newer = `k${Date.now()}`
  await changeKeys((keys) => ({ ...keys, [newer]: randomBytes(32).toString('base64') }))
  const second = await lab.startController()
  last.signal('SIGSTOP')
  await first.stop()
  await second.says('leading')
  await lab.approve('kept')
  assert.equal(await ledger.close('kept'), approved)
  await lab.ask('sealed-by-the-newer', 'client_secret_basic')
  assert.equal(await kidOf('sealed-by-the-newer'), newer)

  last.signal('SIGCONT')
  await second.stop()
  await last.says('leading')
  await lab.approve('sealed-by-the-newer')
  assert.equal(await ledger.close('sealed-by-the-newer'), approved)
  await last.says('another key seals')
  await lab.ask('goes-on', 'client_secret_basic')
  assert.equal(await kidOf('goes-on'), newer)

  await changeKeys((keys) => Object.fromEntries(Object.entries(keys).filter(([kid]) => kid !== older)))
  await last.stop()
  await lab.startController()
  assert.equal(await ledger.close('lost'), 'PromptLost: 1 prompt, 0 tokens, 3 writes')
  await lab.approve('goes-on')
  assert.equal(await ledger.close('goes-on'), approved)
})

test('what is final stays as it is, and no log holds a token', () => ledger.audit())

/** The key that has sealed the prompt's `auth_req_id`, once there is one. */
async function kidOf(name: string): Promise<string> {
  const { status } = await lab.until(name, isAsked)
  return decodeProtectedHeader(status?.prompts?.[0]?.handle ?? '').kid ?? ''
}

async function changeKeys(change: (keys: NonNullable<Secret['data']>) => Secret['data']): Promise<void> {
  const secret = await lab.secrets.get(keyRing)
  assert.ok(secret?.data !== undefined)
  const data = change(secret.data) ?? {}
  assert.equal((await lab.secrets.replace({ ...secret, data })).kind, 'Applied')
}
