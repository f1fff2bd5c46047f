/**
 * The process is killed at each hit of each failpoint while two or three people are asked and answer; another one takes over. By the
 * provider's own count nobody is asked twice, and each token is delivered, revoked, or reported.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Dependencies } from '../../../../../src/controllers/approval-request/dependencies.ts'
import type { FailpointName } from '../../../../../src/core/ports/surroundings.ts'
import { anApprovalRequest } from '../../../../support/builders/builders.ts'
import { invalidGrant } from '../../../../support/worlds/granting.ts'
import { mortal } from '../../../../support/worlds/mortal.ts'
import { aStage, approvalOf, aWorldOf, denial } from '../../../../support/worlds/several-world.ts'
import type { SeveralWorld } from '../../../../support/worlds/several-world.ts'

const wanting = anApprovalRequest().wantingToken()
const failpoints = (['W1', 'I1', 'W2', 'I2', 'Answer', 'W3', 'W4'] as const).flatMap((effect) => [
  `before:${effect}` as const,
  `after:${effect}` as const,
]) satisfies readonly FailpointName[]
const people = ['alice', 'bob', 'carol']

for (const [count, required] of [
  [2, 1],
  [2, 2],
  [3, 2],
  [3, 3],
] as const)
  for (const failpoint of failpoints)
    for (let nth = 1; nth <= count; nth += 1)
      test(`${required} of ${count}, killed ${failpoint}, hit ${nth}`, async () => {
        const asked = people.slice(0, count)
        const world = aWorldOf([aStage('release', asked, { required })], wanting)
        const minted = grantOnce(world, asked)
        const first = mortal(world.anotherProcess(), failpoint, nth)
        await live(world, first.process, first.death)
        const successor = first.isDead() ? world.anotherProcess() : first.process
        world.lease.holdUntil = undefined
        await live(world, successor, never)
        assert.notEqual(world.request().status?.outcome, undefined)
        assert.deepEqual(new Set(world.asked()).size, world.asked().length, 'somebody was asked twice')
        assertAccountedFor(world, minted)
      })

for (const failpoint of failpoints)
  for (let nth = 1; nth <= 3; nth += 1)
    test(`2 of 3 approve and one denies in the same instant, killed ${failpoint}, hit ${nth}`, async () => {
      const world = aWorldOf([aStage('release', people, { required: 2 })], wanting)
      const minted = grantOnce(world, ['alice', 'bob'])
      world.answer('carol', denial)
      const first = mortal(world.anotherProcess(), failpoint, nth)
      await live(world, first.process, first.death)
      const successor = first.isDead() ? world.anotherProcess() : first.process
      await live(world, successor, never)
      // What a process that was killed has left behind is looked after.
      await world.pass('foo-v2', successor)
      // Whose prompt is lost cannot deny.
      const isApproved = world.request().status?.outcome === 'Approved'
      assert.ok(!isApproved || world.states().carol === 'Failed')
      assert.equal(world.token() !== undefined, isApproved)
      assertAccountedFor(world, minted)
    })

const never = new Promise<never>(() => undefined)

/** Each person's approval is given out once. @returns the tokens that were given out */
function grantOnce(world: SeveralWorld, asked: readonly string[]): readonly string[] {
  const minted: string[] = []
  for (const hint of asked)
    world.answer(hint, () => {
      const token = `token-of-${hint}`
      if (minted.includes(token)) return invalidGrant
      minted.push(token)
      return approvalOf(hint)
    })
  return minted
}

/** Reconciles until the request has ended, or the process. */
async function live(world: SeveralWorld, process: Dependencies, death: Promise<'dead'>): Promise<void> {
  for (let passes = 0; passes < 60; passes += 1) {
    const pass = world.pass('foo-v2', process).catch(() => undefined)
    if ((await Promise.race([pass, death])) === 'dead') return
    if (world.request().status?.outcome !== undefined) return
    world.clock.advance(5)
  }
  assert.fail(`it does not end: ${world.said() ?? ''}`)
}

function assertAccountedFor(world: SeveralWorld, minted: readonly string[]): void {
  const stored = Buffer.from(world.token()?.data?.access_token ?? '', 'base64').toString()
  const { prompts = [], conditions = [] } = world.request().status ?? {}
  const reported = prompts.filter(
    ({ answer, message = '' }) =>
      answer?.tokenValidUntil !== undefined || /no token (?:of it )?is stored|is being revoked/.test(message),
  )
  const isLostAtTheEnd = conditions.some(({ reason }) => reason === 'TokenLost')
  assert.ok(!world.openid.revoked.includes(stored), 'the token that was delivered is revoked')
  const lost = minted.filter((token) => token !== stored && !world.openid.revoked.includes(token))
  for (const token of lost) {
    const hint = token.replace('token-of-', '')
    const isReported = reported.some(({ approver }) => approver.startsWith(hint))
    assert.ok(isReported || isLostAtTheEnd, `${token} is neither delivered nor revoked nor reported`)
  }
}
