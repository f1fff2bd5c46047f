/** A request that is deleted while a pass is under way leaves nothing behind in this process. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import { granted } from '../../../support/fakes/providers/port.ts'

test('a token that came for a request that was just deleted is not kept', async () => {
  const world = aWorld(anApprovalRequest().wantingToken())
  await world.settle()
  const uid = world.request().metadata.uid ?? ''
  world.openid.script.token = [granted]
  // The token comes, its Secret cannot be written, and the request is deleted: what the watch tells of comes before the pass ends.
  world.secrets.interpose({
    before: ({ verb }) => {
      if (verb !== 'create') return
      world.requests.remove('foo-v2')
      world.dependencies.memory.forget(uid)
      throw new Error('the API server did not answer')
    },
  })
  world.clock.advance(5)
  await world.pass().catch(() => undefined)
  assert.deepEqual(world.dependencies.memory.promptsOf(uid), [])
})
