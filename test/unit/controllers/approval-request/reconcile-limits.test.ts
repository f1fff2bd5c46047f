/** How much one approver is asked, whatever requesters do with their requests. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApprovalRequest } from '../../../../src/api/objects.ts'
import { aWorld } from '../../../support/worlds/approval-world.ts'
import type { World } from '../../../support/worlds/approval-world.ts'
import { anApprovalRequest, aNamespace, aPolicy } from '../../../support/builders/builders.ts'
import { theLimits } from '../../../support/builders/limits.ts'
import { at } from '../../../support/fakes/clocks/clock.ts'
import { granted, pendingError as pending, prompted } from '../../../support/fakes/providers/port.ts'

const denied = { kind: 'Error', error: 'access_denied' } as const

type Differing = { readonly by?: string; readonly about?: string; readonly second?: number }

/** A request of its own uid; by another requester, about another target, or created later. */
function numbered(number: number, { by, about, second = 0 }: Differing = {}): ApprovalRequest {
  const uid = `80000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  const request = anApprovalRequest().named(`request-${number}`, uid).createdAt(at(second))
  const told = by === undefined ? request : request.by(by)
  return about === undefined ? told : told.saying({ target: { kind: 'Rollout', name: about } })
}

function many(count: number, differing: (number: number) => Differing): readonly ApprovalRequest[] {
  return Array.from({ length: count }, (_, index) => numbered(index, differing(index)))
}

/** One pass for each, in their order. */
async function passes(world: World, requests: readonly ApprovalRequest[]): Promise<void> {
  for (const { metadata } of requests) await world.pass(metadata.name)
}

function messageOf(world: World, { metadata }: ApprovalRequest): string {
  return world.request(metadata.name).status?.conditions?.[0]?.message ?? ''
}

test('a request that waits for another’s prompt says whose, and until when', async () => {
  const [first, second] = [numbered(1), numbered(2, { second: 1 })]
  const world = aWorld(first, second)
  await world.settle('request-1')
  await world.settle('request-2')
  const expiresAt = world.request('request-1').status?.prompts?.[0]?.expiresAt?.slice(11, 16) ?? ''
  assert.ok(
    messageOf(world, second).startsWith(
      `alice@company.com still has a prompt about Rollout foo-v2 from this requester, of request demo/request-1. ` +
        `This request is asked when that prompt expires at ${expiresAt} UTC, or earlier if that request is answered. Retried until `,
    ),
    messageOf(world, second),
  )
})

test('30 requesters of one namespace open two prompts, and another namespace a third', async () => {
  const requests = many(30, (number) => ({ by: `agent-${number}`, about: `foo-${number}`, second: number }))
  const world = aWorld(...requests)
  await Promise.all(requests.map(({ metadata }) => world.pass(metadata.name)))
  await passes(world, requests)
  assert.equal(world.openid.prompts.length, 2)
  const elsewhere = anApprovalRequest().named('elsewhere', 'uid-elsewhere').inNamespace('dev').by('someone')
  const { metadata, ...namespace } = aNamespace()
  world.namespaces.put({ ...namespace, metadata: { ...metadata, name: 'dev', uid: 'uid-of-dev' } })
  world.requests.put(elsewhere)
  await world.settle('elsewhere')
  assert.equal(world.openid.prompts.length, 3)
  const [, , third = numbered(2)] = requests
  assert.match(
    messageOf(world, third),
    /^alice@company\.com has 2 open prompts from namespace demo; policy prod-promotions keeps one of 3 for other namespaces \(limits\.openPromptsPerApprover: 3\)\. The oldest request is asked first, when one of them is answered or expires, the first at [0-9:]{5} UTC\. Retried until/,
  )
  world.requests.put(elsewhere.named('another', 'uid-another').by('someone else'))
  await world.settle('another')
  assert.match(
    messageOf(world, elsewhere.named('another')),
    /alice@company\.com has 3 open prompts; policy prod-promotions allows 3 /,
  )
})

test('prompts that a provider accepted without an id count as open: the approver may see them', async () => {
  const requests = many(3, (number) => ({ by: `agent-${number}`, about: `foo-${number}`, second: number }))
  const world = aWorld(...requests)
  world.openid.script.prompt = requests.map(() => ({ kind: 'Malformed', detail: 'without auth_req_id' }))
  await passes(world, requests)
  const [first = numbered(0), , third = numbered(2)] = requests
  assert.equal(world.said(first.metadata.name), 'MalformedResponse')
  assert.match(messageOf(world, third), /^alice@company\.com has 2 open prompts from namespace demo/)
  assert.equal(world.openid.prompts.length, 2)
})

test('two targets of one requester in one namespace do not wait for each other', async () => {
  const requests = [numbered(1, { about: 'foo' }), numbered(2, { about: 'bar' })]
  const world = aWorld(...requests)
  await passes(world, requests)
  assert.equal(world.openid.prompts.length, 2)
})

test('the oldest waiting request is asked first, however often newer ones look', async () => {
  const requests = many(5, (number) => ({ about: `foo-${number}`, second: 10 - number }))
  const world = aWorld(...requests)
  await passes(world, requests)
  await passes(world, requests)
  world.openid.script.token = [denied]
  await world.after(5, 'request-0')
  assert.equal(world.said('request-0'), 'AccessDenied')
  world.openid.script.token = [pending]
  await passes(world, requests)
  assert.equal(world.said('request-4'), 'AuthorizationPending')
  assert.deepEqual([world.said('request-2'), world.said('request-3')], ['Throttled', 'Throttled'])
})

test('an answer wakes the first in line, and not all that wait', async () => {
  const requests = many(30, (number) => ({ by: `agent-${number}`, about: `foo-${number}`, second: number }))
  const world = aWorld(...requests)
  await passes(world, requests)
  const before = world.woken.length
  world.openid.script.token = [denied]
  await world.after(5, 'request-0')
  assert.deepEqual([...new Set(world.woken.slice(before))], ['demo/request-2'])
})

test('within an hour an approver gets what the policy allows, and one namespace three quarters of it', async () => {
  const world = aWorld()
  const limits = theLimits({ promptsPerApproverPerHour: 4, pauseAfterRefusal: '0s' })
  world.policies.put(aPolicy({ limits }))
  for (let number = 0; number < 4; number++) {
    world.requests.put(numbered(number, { second: 20 * number }))
    world.openid.script.token = [denied]
    await world.settle(`request-${number}`)
    await world.after(5, `request-${number}`)
    // Also if what was asked about is gone.
    world.requests.remove(`request-${number}`)
    world.clock.advance(15)
  }
  assert.equal(world.openid.prompts.length, 3)
  world.requests.put(numbered(9, { second: 80 }))
  await world.settle('request-9')
  assert.match(
    messageOf(world, numbered(9)),
    /^alice@company\.com got 3 prompts from namespace demo within an hour; policy prod-promotions keeps 1 of 4 for other namespaces \(limits\.promptsPerApproverPerHour: 4\)\. The oldest request is asked first, from [0-9:]{5} UTC on\./,
  )
  await world.after(3600 - 80 - 1, 'request-9')
  assert.equal(world.openid.prompts.length, 3)
  await world.after(1, 'request-9')
  assert.equal(world.openid.prompts.length, 4)
})

test('a request in excess of its requester’s says so, and moves up when one ends', async () => {
  const requests = many(4, (number) => ({ about: `foo-${number}`, second: number }))
  const world = aWorld(...requests)
  world.policies.put(aPolicy({ limits: theLimits({ openRequestsPerRequester: 3 }) }))
  await passes(world, requests)
  const username = 'system:serviceaccount:demo:release-bot'
  const [, , , last = numbered(3)] = requests
  const excess = `${username} has 3 open requests (asked about, or waiting to be); policy prod-promotions allows 3 (limits.openRequestsPerRequester: 3). The oldest request is asked first, when one of them ends.`
  assert.ok(messageOf(world, last).startsWith(excess), messageOf(world, last))
  world.requests.remove('request-2')
  world.watch()
  assert.ok(world.woken.includes('demo/request-3'))
  await world.pass('request-3')
  assert.match(messageOf(world, last), /limits\.openPromptsPerApprover/)
})

test('a request in excess of its namespace’s says so', async () => {
  const requests = many(3, (number) => ({ by: `agent-${number}`, about: `foo-${number}`, second: number }))
  const world = aWorld(...requests)
  world.policies.put(aPolicy({ limits: theLimits({ openRequestsPerNamespace: 2 }) }))
  await passes(world, requests)
  const [, , last = numbered(2)] = requests
  assert.match(
    messageOf(world, last),
    /^namespace demo has 2 open requests \(asked about, or waiting to be\); policy prod-promotions allows 2 \(limits\.openRequestsPerNamespace: 2\)\./,
  )
})

test('a request that a policy does not match takes nobody’s place', async () => {
  const requests = many(3, (number) => ({ about: `foo-${number}`, second: number }))
  const world = aWorld(...requests)
  world.policies.put(
    aPolicy({
      limits: theLimits({ openRequestsPerRequester: 1 }),
      match: { namespaceSelector: {}, actions: ['drain-node'] },
    }),
  )
  await passes(world, requests)
  world.policies.put(aPolicy({ limits: theLimits({ openRequestsPerRequester: 1 }) }))
  await world.pass('request-2')
  assert.equal(world.said('request-2'), 'AuthorizationPending')
})

test('after an expiry the requester pauses, and says so', async () => {
  const [first, second] = [numbered(1), numbered(2, { second: 1 })]
  const world = aWorld(first, second)
  await world.settle('request-1')
  await world.settle('request-2')
  for (let seconds = 0; seconds < 605; seconds += 5) await world.after(5, 'request-1')
  assert.equal(world.said('request-1'), 'RequestExpired')
  await world.settle('request-2')
  assert.match(
    messageOf(world, second),
    /the last prompt to alice@company\.com about Rollout foo-v2 from this requester ended without an approval at [0-9:]{5} UTC\. Policy prod-promotions pauses for 1m then \(limits\.pauseAfterRefusal\)\. This request is asked from [0-9:]{5} UTC on\./,
  )
  await world.after(60, 'request-2')
  assert.equal(world.said('request-2'), 'AuthorizationPending')
})

test('after an approval the next request is asked at once', async () => {
  const [first, second] = [numbered(1), numbered(2, { second: 1 })]
  const world = aWorld(first, second)
  await world.settle('request-1')
  await world.settle('request-2')
  world.openid.script.token = [granted, pending]
  await world.after(5, 'request-1')
  assert.equal(world.request('request-1').status?.outcome, 'Approved')
  await world.settle('request-2')
  assert.equal(world.said('request-2'), 'AuthorizationPending')
})

test('a prompt that could not be sent gives its place back', async () => {
  const [first, second] = [numbered(1), numbered(2, { second: 1 })]
  const world = aWorld(first, second)
  world.openid.script.prompt = [{ kind: 'NotPrompted', error: 'unknown_user_id' }, prompted]
  await world.settle('request-1')
  assert.equal(world.said('request-1'), 'UnknownUserId')
  await world.settle('request-2')
  assert.equal(world.said('request-2'), 'AuthorizationPending')
})

test('another process knows the prompts that requests show', async () => {
  const requests = many(3, (number) => ({ about: `foo-${number}`, second: number }))
  const world = aWorld(...requests.slice(0, 2))
  await passes(world, requests.slice(0, 2))
  world.requests.put(requests[2] ?? numbered(2))
  await world.pass('request-2', world.anotherProcess())
  assert.equal(world.said('request-2'), 'Throttled')
})
