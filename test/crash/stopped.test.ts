/**
 * The controller is stopped at each effect, orderly (SIGTERM) or for longer than its lease (SIGSTOP), or it is not the only
 * one. Whoever stops finishes what cannot be repeated; whoever wakes up too late does nothing any more.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAsked } from '../../tools/local/agent.ts'
import type { FailpointName } from '../../src/core/ports/surroundings.ts'
import { labOfThisFile } from '../support/labs/crash-file.ts'
import type { Method } from '../support/labs/crash-lab.ts'
import { answering, armedWith, asking, heldAt, nameOf, terminate } from '../support/labs/crash-steps.ts'
import { meddlerIn } from '../support/people/meddler.ts'

const { lab, ledger } = await labOfThisFile()

const approved = 'Approved: 1 prompt, 1 token, 3 writes'
const nobodyAsked = 'PromptLost: 0 prompts, 0 tokens, 2 writes'
const promptLost = 'PromptLost: 1 prompt, 0 tokens, 2 writes'
/** One write more than an approval: it says meanwhile that another process may have stored the token. */
const tokenLost = 'TokenLost: 1 prompt, 1 token, 4 writes'

for (const failpoint of asking)
  test(`SIGTERM ${failpoint}: the prompt is sent and its id written`, async () => {
    const name = nameOf('sigterm', failpoint)
    await terminate(await heldAt(failpoint, { name, method: 'client_secret_basic' }, lab))
    const request = await lab.until(name, isAsked)
    assert.deepEqual(ledger.countOf(request), { prompts: 1, tokens: 0 })

    await lab.startController()
    await lab.approve(name)
    assert.equal(await ledger.close(name), approved)
  })

for (const failpoint of answering)
  test(`SIGTERM ${failpoint}: the answer is stored and written`, async () => {
    const name = nameOf('sigterm', failpoint)
    await terminate(await heldAt(failpoint, { name, method: 'client_secret_basic' }, lab))
    assert.equal(await ledger.close(name), approved)
  })

const overtaken: readonly (readonly [FailpointName, Method, string])[] = [
  ['before:W1', 'client_secret_basic', approved],
  ['before:I1', 'client_secret_basic', nobodyAsked],
  ['before:I1', 'private_key_jwt', approved],
  ['after:I1', 'private_key_jwt', promptLost],
  ['before:I2', 'client_secret_basic', approved],
  ['before:W3', 'client_secret_basic', tokenLost],
]

for (const [failpoint, method, end] of overtaken)
  test(`SIGSTOP ${failpoint} past the lease, with ${method}`, async () => {
    const name = nameOf('sigstop', failpoint, method)
    const sleeper = await heldAt(failpoint, { name, method }, lab)
    sleeper.signal('SIGSTOP')
    const successor = await lab.startController()
    await successor.says('leading')
    if (end === approved && asking.some((known) => known === failpoint)) await lab.approve(name)
    assert.equal(await ledger.close(name), end)

    const sent = sentSoFar()
    // When it wakes up, nothing but the lost lease keeps it from going on.
    sleeper.release()
    sleeper.signal('SIGCONT')
    assert.equal(await sleeper.ends(), 1)
    assert.equal(await ledger.close(name), end)
    assert.deepEqual(sentSoFar(), sent)
  })

// After SIGCONT the timer of the lease would end the process first; here nothing comes between the freeze and the effect.
for (const [failpoint, end] of [
  ['before:I1', nobodyAsked],
  ['before:I2', approved],
  ['before:W3', tokenLost],
] as const)
  test(`frozen ${failpoint} past the lease: isHeld alone keeps it from going on`, async () => {
    const name = nameOf('frozen', failpoint)
    const sleeper = await armedWith(
      `${failpoint}=freeze(15000)`,
      { name, method: 'client_secret_basic' },
      lab,
    )
    // It leads once the other has not renewed for as long as a lease lasts: that is frozen then, and stays so.
    const successor = await lab.startController()
    await successor.says('leading')
    sleeper.signal('SIGSTOP')
    assert.equal(await ledger.close(name), end)

    const [sent, secret] = [sentSoFar(), await meddlerIn(lab).secretOf(name)]
    sleeper.signal('SIGCONT')
    assert.equal(await sleeper.ends(), 1)
    assert.equal(await ledger.close(name), end)
    assert.deepEqual(
      [sentSoFar(), (await meddlerIn(lab).secretOf(name))?.metadata.uid],
      [sent, secret?.metadata.uid],
    )
  })

test('of two controllers one works, and the other takes over', async () => {
  const name = 'two-controllers'
  const first = await lab.startController()
  await first.says('leading')
  const second = await lab.startController()
  await lab.ask(name, 'client_secret_basic')
  await lab.until(name, isAsked)
  assert.ok(!second.hasSaid('leading') && !second.hasSaid('request changed'))
  first.signal('SIGKILL')
  await first.ends()
  await lab.approve(name)
  assert.equal(await ledger.close(name), approved)
})

test('what is final stays as it is, and no log holds a token', () => ledger.audit())

/** The requests to the provider that do something. */
function sentSoFar(): readonly number[] {
  return (['Prompt', 'TokenRequest'] as const).map((kind) => lab.proxy.count(kind))
}
