/** A process that takes several prompts over, whose approvers were asked one after the other by a slow provider, asks for no token too early. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApprovalRequest } from '../../../../support/builders/builders.ts'
import { pendingError, prompted } from '../../../../support/fakes/providers/port.ts'
import { aStage, aWorldOf } from '../../../../support/worlds/several-world.ts'
import type { SeveralWorld } from '../../../../support/worlds/several-world.ts'

const people = ['alice', 'bob', 'carol']
const intervalMs = 5000

/** Each prompt, and each token request, takes the provider so long. */
function aSlowWorld(promptSeconds: number, tokenSeconds: number): SeveralWorld {
  const world = aWorldOf([aStage('release', people, { required: 3 })], anApprovalRequest())
  const { script, prompts } = world.openid
  script.prompt = [
    () => {
      world.clock.advance(promptSeconds)
      return { ...prompted, authReqId: `ask-${prompts.at(-1)?.loginHint ?? ''}` }
    },
  ]
  for (const hint of people)
    world.answer(hint, () => {
      world.clock.advance(tokenSeconds)
      return pendingError
    })
  return world
}

/** Until when the provider wants no token request for this person: an interval after its last answer. */
function watched(world: SeveralWorld): { readonly early: string[]; readonly asked: Map<string, number> } {
  const seen = { early: new Array<string>(), asked: new Map<string, number>() }
  const allowedMs = new Map<string, number>()
  const { script, prompts, tokenRequests } = world.openid
  const [prompt, token] = [script.prompt[0], script.token[0]]
  script.prompt = [
    () => {
      const answer = prompt instanceof Function ? prompt() : (prompt ?? assert.fail())
      allowedMs.set(prompts.at(-1)?.loginHint ?? '', world.clock.now().getTime() + intervalMs)
      return answer
    },
  ]
  script.token = [
    () => {
      const hint = tokenRequests.at(-1)?.replace('ask-', '') ?? ''
      const late = world.clock.now().getTime() - (allowedMs.get(hint) ?? 0)
      if (late < 0) seen.early.push(`${hint} by ${-late} ms`)
      seen.asked.set(hint, (seen.asked.get(hint) ?? 0) + 1)
      const answer = token instanceof Function ? token() : (token ?? assert.fail())
      allowedMs.set(hint, world.clock.now().getTime() + intervalMs)
      return answer
    },
  ]
  return seen
}

for (const [how, promptSeconds, tokenSeconds] of [
  ['prompts take long', 2, 0],
  ['token requests take long', 0, 0.7],
  ['both take long', 1.3, 0.4],
] as const)
  for (const lived of [0, 5, 11, 23])
    test(`${how}: whoever takes over ${lived} s later lets an interval pass first`, async () => {
      const world = aSlowWorld(promptSeconds, tokenSeconds)
      const { asked, early } = watched(world)
      await world.settle()
      for (let seconds = 0; seconds < lived; seconds += 1) await world.after(1)
      const successor = world.anotherProcess()
      asked.clear()
      const until = world.clock.now().getTime() + 2 * intervalMs
      await world.pass('foo-v2', successor)
      while (world.clock.now().getTime() <= until) {
        world.clock.advance(0.25)
        await world.pass('foo-v2', successor)
      }
      assert.deepEqual(early, [])
      assert.deepEqual([...asked.keys()].toSorted(), people, 'everybody is asked for within two intervals')
    })
