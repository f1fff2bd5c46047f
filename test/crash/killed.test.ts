/**
 * The controller is killed before and after each effect, and starts again: nothing is lost silently and nobody is asked
 * twice. One row for each failpoint; what becomes of it is judged by the provider's own count.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAsked, isFinal } from '../../tools/local/agent.ts'
import { labOfThisFile } from '../support/labs/crash-file.ts'
import { answering, armedWith, asking, nameOf } from '../support/labs/crash-steps.ts'

const { lab, ledger } = await labOfThisFile()

const sigkill = 137
/** As in a run without a crash. */
const approved = 'Approved: 1 prompt, 1 token, 3 writes'
const nobodyAsked = 'PromptLost: 0 prompts, 0 tokens, 2 writes'
const promptLost = 'PromptLost: 1 prompt, 0 tokens, 2 writes'
/** One write more than an approval: it says meanwhile that another process may have stored the token. */
const tokenLost = 'TokenLost: 1 prompt, 1 token, 4 writes'

const whileAsking: Readonly<Record<(typeof asking)[number], readonly [withSecret: string, withKey: string]>> =
  {
    'before:W1': [approved, approved],
    // With a secret nothing tells a second sending from the first; with a key it carries the same assertion.
    'after:W1': [nobodyAsked, approved],
    'before:I1': [nobodyAsked, approved],
    // The provider refuses the assertion that it has taken before.
    'after:I1': [promptLost, promptLost],
    'before:W2': [promptLost, promptLost],
    'after:W2': [approved, approved],
  }

/** With the token requests that are sent after the restart. */
const whileAnswering: Readonly<
  Record<(typeof answering)[number], readonly [end: string, tokenRequests: number]>
> = {
  'before:I2': [approved, 1],
  'after:I2': [tokenLost, 1],
  'before:W3': [tokenLost, 1],
  // Rebuilt from the sealed Secret.
  'after:W3': [approved, 0],
  'before:W4': [approved, 0],
  'after:W4': [approved, 0],
}

for (const [index, method] of (['client_secret_basic', 'private_key_jwt'] as const).entries()) {
  test(`never killed, with ${method}`, async () => {
    const name = nameOf('never', method)
    await lab.startController()
    await lab.ask(name, method)
    await lab.approve(name)
    assert.equal(await ledger.close(name), approved)
  })

  for (const failpoint of asking)
    test(`killed ${failpoint}, with ${method}`, async () => {
      const name = nameOf('killed', failpoint, method)
      const controller = await armedWith(`${failpoint}=kill`, { name, method }, lab)
      assert.equal(await controller.ends(), sigkill)
      await lab.startController()
      const reached = await lab.until(name, (request) => isAsked(request) || isFinal(request))
      if (!isFinal(reached)) await lab.approve(name)
      assert.equal(await ledger.close(name), whileAsking[failpoint][index])
    })

  for (const failpoint of answering)
    test(`killed ${failpoint}, with ${method}`, async () => {
      const name = nameOf('killed', failpoint, method)
      const controller = await armedWith(`${failpoint}=kill`, { name, method }, lab)
      assert.equal(await controller.ends(), sigkill)
      const sent = lab.proxy.count('TokenRequest')
      const successor = await lab.startController()
      const end = await ledger.close(name)
      await successor.stop()
      assert.deepEqual([end, lab.proxy.count('TokenRequest') - sent], whileAnswering[failpoint])
    })
}

test('what is final stays as it is, and no log holds a token', () => ledger.audit())
