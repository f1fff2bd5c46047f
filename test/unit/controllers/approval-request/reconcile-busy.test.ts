/** A provider that prompts nobody for hours. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import { anApprovalRequest, aPolicy } from '../../../support/builders/builders.ts'

test('a provider that is busy for a day costs few writes, and is tried to the end', async () => {
  const world = aWorld(anApprovalRequest())
  const policy = aPolicy()
  const requestedExpiry = { default: '24h', max: '24h' }
  world.policies.put({ ...policy, spec: { ...policy.spec, requestedExpiry } })
  world.openid.script.prompt = [{ kind: 'NotPrompted', error: 'temporarily_unavailable' }]
  let next = await world.settle()
  while (world.request().status?.outcome === undefined) {
    assert.ok(next.kind === 'RequeueAt')
    next = await world.after((next.at.getTime() - world.clock.now().getTime()) / 1000)
  }
  assert.equal(world.said(), 'RequestExpired')
  assert.ok(world.openid.prompts.length > 200 && world.openid.prompts.length < 450)
  assert.equal(world.writes().status, 2 * world.openid.prompts.length + 1)
})
