/**
 * What others do at the worst moment: a response is lost, someone else writes the request, deletes it, or puts a Secret where
 * the token is to go; and what somebody who took the operator's identity cannot make it believe.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onlyPromptOf } from '../../src/core/prompt/prompt.ts'
import { isAsked } from '../../tools/local/agent.ts'
import { operatorNamespace } from '../../tools/local/processes.ts'
import { apiVersion, tokenSecretName } from '../../src/api/names.ts'
import type { ApprovalRequest } from '../../src/api/objects.ts'
import { summaryOf } from '../../src/core/request/conditions.ts'
import { bindingOf } from '../../src/core/answer/token-secret.ts'
import { loadKeyRing } from '../../src/sealing/key-ring.ts'
import { sealerWith } from '../../src/sealing/seals.ts'
import { labOfThisFile } from '../support/labs/crash-file.ts'
import { namespace } from '../support/labs/crash-lab.ts'
import { heldAt, nameOf, terminate } from '../support/labs/crash-steps.ts'
import { meddlerIn } from '../support/people/meddler.ts'
import type { Loss } from '../support/fakes/providers/proxy.ts'
import { unchanging } from '../support/builders/key-ring.ts'

const { lab, ledger } = await labOfThisFile()
const meddler = meddlerIn(lab)

const methods = ['client_secret_basic', 'private_key_jwt'] as const
const [withSecret, withKey] = methods
const keyRing = { namespace: operatorNamespace, name: 'countersign-keys' }
const approved = 'Approved: 1 prompt, 1 token, 3 writes'
const nobodyAsked = 'PromptLost: 0 prompts, 0 tokens, 2 writes'
const promptLost = 'PromptLost: 1 prompt, 0 tokens, 2 writes'
/** One write more than an approval: it says meanwhile that another process may have stored the token. */
const tokenLost = 'TokenLost: 1 prompt, 1 token, 4 writes'

const beforeAnswer: readonly (readonly [string, Loss, readonly [withSecret: string, withKey: string]])[] = [
  ['the prompt', { of: 'Prompt', what: 'Request' }, [nobodyAsked, approved]],
  ['its auth_req_id', { of: 'Prompt', what: 'Response', status: 200 }, [promptLost, promptLost]],
  ['a token request', { of: 'TokenRequest', what: 'Request' }, [approved, approved]],
  ['that it is pending', { of: 'TokenRequest', what: 'Response', status: 400 }, [approved, approved]],
]

for (const [index, method] of methods.entries()) {
  for (const [what, loss, ends] of beforeAnswer)
    test(`on the wire ${what} is lost, with ${method}`, async () => {
      const name = nameOf('lost', what, method)
      await lab.startController()
      const lost = lab.proxy.loseNext(loss)
      await lab.ask(name, method)
      await lost
      if (ends[index] === approved) await lab.approve(name)
      assert.equal(await ledger.close(name), ends[index])
    })

  test(`on the wire the token is lost, with ${method}`, async () => {
    const name = nameOf('lost-token', method)
    await lab.startController()
    const lost = lab.proxy.loseNext({ of: 'TokenRequest', what: 'Response', status: 200 })
    await lab.ask(name, method)
    await lab.approve(name)
    await lost
    assert.equal(await ledger.close(name), tokenLost)
  })
}

for (const failpoint of ['before:W1', 'before:W2', 'before:W4'] as const)
  test(`someone else writes ${failpoint}`, async () => {
    const name = nameOf('conflict', failpoint)
    const controller = await heldAt(failpoint, { name, method: withSecret }, lab)
    await meddler.touch(name)
    controller.release()
    if (failpoint !== 'before:W4') await lab.approve(name)
    assert.equal(await ledger.close(name), 'Approved: 1 prompt, 1 token, 4 writes')
  })

for (const [failpoint, prompts, tokens] of [
  ['before:W1', 0, 0],
  // The inbox shows nobody a request that is gone.
  ['before:I1', 0, 0],
  ['before:W2', 1, 0],
  ['after:W2', 1, 0],
  ['after:I2', 1, 1],
  ['before:W3', 1, 1],
  ['before:W4', 1, 1],
] as const)
  test(`deleted ${failpoint}, it leaves no Secret`, async () => {
    const name = nameOf('deleted', failpoint)
    const controller = await heldAt(failpoint, { name, method: withSecret }, lab)
    const request = await meddler.remove(name)
    await terminate(controller)
    assert.deepEqual(ledger.countOf(request), { prompts, tokens })
    assert.equal(await meddler.secretOf(name), undefined)
  })

test('deleted while it is pending, it is asked about no more, and the next of its name waits for its turn', async () => {
  const name = 'asked-again'
  await lab.startController()
  await lab.ask(name, withSecret)
  await lab.until(name, isAsked)
  const first = await meddler.remove(name)
  const { metadata } = await lab.ask(name, withSecret)
  const isThrottled = (request: ApprovalRequest): boolean => summaryOf(request)?.reason === 'Throttled'
  const second = await lab.until(
    name,
    (request) => request.metadata.uid === metadata.uid && isThrottled(request),
  )
  assert.deepEqual(ledger.countOf(first), { prompts: 1, tokens: 0 })
  await meddler.remove(name)
  assert.deepEqual(ledger.countOf(second), { prompts: 0, tokens: 0 })
})

test('the token of an earlier request of that name is removed, and never given to the next', async () => {
  const name = 'approved-again'
  await lab.startController()
  await lab.ask(name, withSecret)
  await lab.approve(name)
  const first = await lab.until(name, ({ status }) => status?.outcome !== undefined)
  await meddler.remove(name)
  const second = await lab.ask(name, withSecret)
  await lab.until(name, (request) => request.metadata.uid === second.metadata.uid && isAsked(request))
  assert.equal(await meddler.secretOf(name), undefined)
  await lab.approve(name)
  assert.equal(await ledger.close(name), approved)
  assert.deepEqual(ledger.countOf(first), { prompts: 1, tokens: 1 })
})

test('a Secret that someone put there before keeps the question from being asked', async () => {
  const name = 'planted-before'
  await meddler.plant(name)
  await lab.startController()
  await lab.ask(name, withSecret)
  const waiting = await lab.until(name, (request) => summaryOf(request)?.reason === 'SecretConflict')
  assert.deepEqual(ledger.countOf(waiting), { prompts: 0, tokens: 0 })
  await meddler.unplant(name)
  await lab.approve(name)
  assert.equal(await ledger.close(name), 'Approved: 1 prompt, 1 token, 4 writes')
})

test('a Secret that someone put there after the prompt is never an answer', async () => {
  const name = 'planted-after'
  await lab.startController()
  await lab.ask(name, withSecret)
  await lab.until(name, isAsked)
  await meddler.plant(name)
  await lab.approve(name)
  assert.equal(await ledger.close(name), 'SecretConflict: 1 prompt, 1 token, 3 writes')
  assert.equal((await meddler.secretOf(name))?.type, 'Opaque')
})

test('the handle of another request opens nothing', async () => {
  await lab.startController()
  await Promise.all([lab.ask('handle-from', withSecret), lab.ask('handle-to', withKey)])
  const from = await lab.until('handle-from', isAsked)
  const to = await lab.until('handle-to', isAsked)
  const [prompt] = to.status?.prompts ?? []
  const [other] = from.status?.prompts ?? []
  assert.ok(prompt !== undefined && other?.handle !== undefined)
  const status = { ...to.status, prompts: [{ ...prompt, handle: other.handle }] }
  assert.equal((await lab.forged.requests.replaceStatus({ ...to, status })).kind, 'Applied')
  assert.equal(await ledger.close('handle-to'), 'PromptLost: 1 prompt, 0 tokens, 4 writes')
  await lab.approve('handle-from')
  assert.equal(await ledger.close('handle-from'), approved)
})

test('the sealed token of another request is never an answer', async () => {
  const controller = await lab.startController()
  await Promise.all([lab.ask('token-from', withSecret), lab.ask('token-to', withKey)])
  await lab.approve('token-from')
  assert.equal(await ledger.close('token-from'), approved)
  const request = await lab.until('token-to', isAsked)
  const { name, uid = '' } = request.metadata
  await controller.stop()

  const copied = await meddler.secretOf('token-from')
  assert.ok(copied !== undefined)
  const { annotations = {} } = copied.metadata
  const owner = { apiVersion, kind: 'ApprovalRequest', name, uid, controller: true }
  const metadata = { namespace, name: tokenSecretName(name), annotations, ownerReferences: [owner] }
  assert.equal((await lab.forged.secrets.create({ ...copied, metadata })).kind, 'Applied')
  await lab.startController()
  await lab.approve(name)
  assert.equal(await ledger.close(name), 'SecretConflict: 1 prompt, 1 token, 3 writes')
})

test('a decision opens for the request that it was made for, and for no other', async () => {
  const ring = await loadKeyRing(lab.secrets, keyRing)
  const isFinal = ({ status }: ApprovalRequest): boolean => status?.outcome !== undefined
  const [made, other] = [await lab.until('token-from', isFinal), await lab.until('handle-from', isFinal)]
  const seal = made.status?.decision?.seal ?? ''
  const sealer = sealerWith(unchanging(ring))
  assert.equal((await sealer.open(bindingOf(made, onlyPromptOf(made), 'decision'), seal)).kind, 'Opened')
  assert.equal((await sealer.open(bindingOf(other, onlyPromptOf(other), 'decision'), seal)).kind, 'Broken')
})

test('without the keys that sealed it an open question is lost, and says so', async () => {
  const name = 'keys-lost'
  const controller = await lab.startController()
  await lab.ask(name, withSecret)
  await lab.until(name, isAsked)
  await controller.stop()
  const keys = await lab.secrets.get(keyRing)
  assert.equal(await lab.secrets.delete(keyRing, { uid: keys?.metadata.uid ?? '' }), 'Deleted')
  await lab.startController()
  assert.equal(await ledger.close(name), 'PromptLost: 1 prompt, 0 tokens, 3 writes')
})

test('what is final stays as it is, and no log holds a token', () => ledger.audit())
