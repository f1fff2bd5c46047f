/** Policies allow one approver so far; the controller does not rely on it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bindingOf } from '../../../../src/core/answer/token-secret.ts'
import type { TokenOutcome } from '../../../../src/core/ports/redeeming.ts'
import { onlyPromptOf } from '../../../../src/core/prompt/prompt.ts'
import { eventually } from '../../../support/assertions/elapsed.ts'
import { anApprovalRequest } from '../../../support/builders/builders.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'
import {
  accessToken,
  authReqId,
  aTokenResponse,
  granted,
  pendingError,
} from '../../../support/fakes/providers/port.ts'

const denied = { kind: 'Error', error: 'access_denied' } as const
const late = { kind: 'Granted', response: aTokenResponse({ accessToken: 'a-late-token' }) } as const

/** One request, two prompts that are both polled. */
async function aWorldOfTwo(request = anApprovalRequest()): Promise<World> {
  const world = aWorld(request)
  await world.settle()
  const asked = world.request()
  const first = onlyPromptOf(asked) ?? assert.fail('nobody was asked')
  const second = { ...first, id: 'approver-2', approver: 'bob@company.com' }
  const handle = await world.dependencies.sealer.seal(bindingOf(asked, second, 'handle'), 'second-id')
  world.requests.put({ ...asked, status: { ...asked.status, prompts: [first, { ...second, handle }] } })
  // The second comes to its place in the interval as if another process had sent it.
  await world.settle()
  await world.after(10)
  return world
}

/** The first prompt's provider holds its answer until the function that is returned gives it. */
function holding(world: World, second: TokenOutcome): (first: TokenOutcome) => void {
  const held = Promise.withResolvers<TokenOutcome>()
  const { tokenRequests } = world.openid
  world.openid.script.token = [() => (tokenRequests.at(-1) === authReqId ? held.promise : second)]
  return held.resolve
}

/** Keys are used in threads, which a busy machine may keep waiting. */
async function said(world: World, reason: string): Promise<void> {
  await eventually(() => world.said() === reason, reason)
}

test('each prompt is polled by its own id', async () => {
  const world = await aWorldOfTwo()
  assert.deepEqual(new Set(world.openid.tokenRequests), new Set([authReqId, 'second-id']))
  assert.equal(world.said(), 'AuthorizationPending')
})

for (const [name, answer, revoked] of [
  ['says that it is pending', pendingError, []],
  ['is a denial', denied, []],
  ['is a token', late, ['a-late-token']],
] as const)
  test(`a token request that one provider holds open delays no other answer, and then ${name}`, async () => {
    const world = await aWorldOfTwo(anApprovalRequest().wantingToken())
    const release = holding(world, granted)
    world.clock.advance(30)
    const pass = world.pass()
    await said(world, 'Approved')
    release(answer)
    await pass
    await world.settle()
    assert.equal(world.said(), 'Approved')
    assert.deepEqual(world.openid.revoked, revoked)
    assert.equal(Buffer.from(world.token()?.data?.access_token ?? '', 'base64').toString(), accessToken)
  })

test('a denial counts while another provider holds its answer, whose token is then revoked', async () => {
  const world = await aWorldOfTwo(anApprovalRequest().wantingToken())
  const release = holding(world, denied)
  world.clock.advance(30)
  const pass = world.pass()
  await said(world, 'AccessDenied')
  release(late)
  await pass
  await world.settle()
  assert.deepEqual([world.said(), world.token()], ['AccessDenied', undefined])
  assert.deepEqual(world.openid.revoked, ['a-late-token'])
})
