/** Kinds in the cluster that are older than this program. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'

const wanting = anApprovalRequest().wantingToken()

test('a kind that lacks a field of W1 sends nothing until it is up to date', async () => {
  const world = aWorld(wanting)
  world.requests.define(({ status }) => status?.effective === undefined)
  await world.settle()
  assert.equal(world.said(), 'DefinitionsOutdated')
  assert.match(world.request().status?.conditions?.[0]?.message ?? '', /unknown field "status\.a"/)
  await world.after(5)
  assert.equal(world.openid.prompts.length, 0)
  world.requests.define(() => true)
  await world.after(10)
  assert.equal(world.said(), 'AuthorizationPending')
  assert.equal(world.openid.prompts.length, 1)
})

test('a kind that lacks a field of W2 keeps the id', async () => {
  const world = aWorld(wanting)
  world.requests.define(({ status }) => status?.prompts?.[0]?.handle === undefined)
  for (let passes = 0; passes < 2; passes++)
    await assert.rejects(world.pass(), { code: 'ERR_DEFINITIONS_OUTDATED' })
  world.requests.define(() => true)
  await world.settle()
  assert.equal(world.said(), 'AuthorizationPending')
  assert.equal(world.openid.prompts.length, 1)
})
