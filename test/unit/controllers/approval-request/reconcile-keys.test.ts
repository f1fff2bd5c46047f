/** Keys that seal, and that a restart would not find again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'

test('as long as the keys could be lost in a restart nobody is asked, and nothing is written', async (t) => {
  const world = aWorld(anApprovalRequest())
  const ready = t.mock.method(world.dependencies.sealer, 'ready', () => Promise.reject(new Error('no keys')))
  await assert.rejects(world.pass(), /no keys/)
  assert.equal(world.openid.prompts.length, 0)
  assert.equal(world.request().status?.prompts, undefined)
  ready.mock.restore()
  await world.settle()
  assert.equal(world.openid.prompts.length, 1)
})
