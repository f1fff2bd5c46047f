/** Requests that wait for their turn, and those whose turn does not come. */
import { aPolicy, anApprovalRequest } from '../builders/builders.ts'
import { at } from '../fakes/clocks/clock.ts'
import type { World } from '../worlds/approval-world.ts'
import { rows } from './sentence.ts'

const anOlderRequest = anApprovalRequest()
  .named('foo-v1', '80000000-0000-4000-8000-000000000002')
  .createdAt(at(-10))

function anotherTarget(plain: ReturnType<typeof anApprovalRequest>): typeof plain {
  return plain.saying({ target: { ...plain.spec.target, name: 'another' } })
}

/** The only prompt of an hour is taken, and requests stand for minutes. */
async function hourly(world: World): Promise<void> {
  const limits = { ...aPolicy().spec.limits, promptsPerApproverPerHour: 1 }
  world.policies.put(aPolicy({ limits, requestedExpiry: { default: '5m', max: '10m' } }))
  world.requests.put(anOlderRequest)
  await world.settle('foo-v1')
  await world.settle()
}

export const limitRows = rows(
  {
    reason: 'Throttled',
    when: 'an older request about the same has its prompt open',
    act: async (world) => {
      world.requests.put(anOlderRequest)
      await world.settle('foo-v1')
      await world.settle()
    },
    says: [
      'alice@company.com still has a prompt about Rollout foo-v2',
      'of request demo/foo-v1',
      'is asked when',
    ],
    asked: false,
  },
  {
    reason: 'Throttled',
    when: 'a request that was deleted about the same has its prompt open',
    act: async (world) => {
      world.requests.put(anOlderRequest)
      await world.settle('foo-v1')
      world.requests.remove('foo-v1')
      await world.settle()
    },
    says: [
      'alice@company.com still has a prompt about Rollout foo-v2 from this requester, of a request demo/foo-v1 that was deleted',
      'its prompt counts until it expires. This request is asked when that prompt expires at',
    ],
    asked: false,
  },
  {
    reason: 'Throttled',
    when: 'prompts of deleted requests are open, as many as the policy allows',
    request: anotherTarget,
    act: async (world) => {
      world.policies.put(aPolicy({ limits: { ...aPolicy().spec.limits, openPromptsPerApprover: 1 } }))
      world.requests.put(anOlderRequest)
      await world.settle('foo-v1')
      world.requests.remove('foo-v1')
      await world.settle()
    },
    says: [
      'alice@company.com has 1 open prompt, of a request that was deleted, which counts until it expires;',
      'policy prod-promotions allows 1 (limits.openPromptsPerApprover: 1). The oldest request is asked first,',
      'when one of them is answered or expires, the first at',
    ],
    asked: false,
  },
  {
    reason: 'Throttled',
    when: 'its turn comes after its own end',
    request: anotherTarget,
    act: (world) => hourly(world),
    says: [
      'alice@company.com got 1 prompt within an hour; policy prod-promotions allows 1',
      'The oldest request is asked first, from',
      'This request ends at',
      'before its turn can come. Ask again from',
    ],
    asked: false,
  },
  {
    reason: 'RequestExpired',
    when: 'its turn would have come after its own end',
    request: anotherTarget,
    act: async (world) => {
      await hourly(world)
      await world.after(600)
    },
    says: [
      'the request’s turn did not come by',
      'alice@company.com got 1 prompt within an hour',
      'To ask again, from',
      'UTC on:',
    ],
    asked: false,
  },
  {
    reason: 'RequestExpired',
    when: 'its turn does not come',
    request: (plain) => plain.saying({ requestedExpiry: '1m' }),
    act: async (world) => {
      world.policies.put(aPolicy({ requestedExpiry: { default: '1m', max: '5m' } }))
      world.requests.put(anOlderRequest)
      await world.settle('foo-v1')
      await world.settle()
      await world.after(300)
    },
    says: [
      'the request’s turn did not come by',
      'UTC: alice@company.com still has a prompt',
      'of request demo/foo-v1. To ask again:',
    ],
    asked: false,
  },
)
