import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keycloakMembers } from '../../../../src/core/approver-group/keycloak-members.ts'
import { failed, resolved } from '../../../../src/core/approver-group/found.ts'
import type { Found } from '../../../../src/core/approver-group/found.ts'
import { nextRefresh } from '../../../../src/core/approver-group/next-refresh.ts'
import { statusOf } from '../../../../src/core/approver-group/status.ts'
import { secondsBetween } from '../../../../src/core/duration.ts'
import { aProvider } from '../../../support/builders/builders.ts'
import { aGroup, alice, bob, fromKeycloak, knownGroup } from '../../../support/builders/groups.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'

const group = aGroup('sre', { keycloak: fromKeycloak })
const both = resolved('Keycloak group /sre', [alice, bob])
const known = knownGroup(group, [alice, bob])
const down = failed({ kind: 'Fault', reason: 'SourceUnreachable', message: 'reading it failed: reset' })
const missing = failed({ kind: 'Fault', reason: 'GroupNotFound', message: 'Keycloak has no group /sre' })

test('members, since when they are known, and a sentence', () => {
  const { conditions, ...named } = statusOf(group, both, t(0))
  assert.deepEqual(named, {
    ...{ source: 'Keycloak', members: [alice, bob], asOf: at(0) },
    memberSummary: 'alice@company.com and bob@company.com',
  })
  assert.deepEqual(conditions, [
    {
      ...{ type: 'Ready', status: 'True', reason: 'Resolved', observedGeneration: 1 },
      ...{
        message: 'Keycloak group /sre: alice@company.com and bob@company.com.',
        lastTransitionTime: at(0),
      },
    },
  ])
})

for (const [what, before, found, seconds, asOf] of [
  ['the same members are not written again', known, both, 899, 0],
  ['the same members are, after a quarter of maxAge', known, both, 900, 900],
  ['other members are written at once', known, resolved('x', [alice]), 10, 10],
  ['members in another order are other members', known, resolved('x', [bob, alice]), 10, 10],
  [
    'a source that comes back says it again',
    knownGroup(group, [alice, bob], { reason: 'SourceUnreachable' }),
    both,
    10,
    10,
  ],
  ['a failure leaves them as old as they are', known, down, 5000, 0],
  ['a group that is gone has nobody, as of now', known, missing, 10, 10],
] as const)
  test(what, () => {
    assert.equal(statusOf(before, found, t(seconds)).asOf, at(asOf))
  })

test('a failure keeps the members and says what to do', () => {
  const { members, conditions } = statusOf(known, down, t(10))
  assert.deepEqual(members, [alice, bob])
  assert.deepEqual(
    conditions?.map(({ status, reason, message }) => [status, reason, message]),
    [
      [
        ...['False', 'SourceUnreachable'],
        'Reading it failed: reset. Let the operator reach the source, or repair it. It is tried again automatically.',
      ],
    ],
  )
})

test('members of another spec are not kept', () => {
  const edited = { ...known, metadata: { ...known.metadata, generation: 2 } }
  const { members, asOf } = statusOf(edited, down, t(10))
  assert.deepEqual([members, asOf], [undefined, undefined])
})

test('an empty group is not a missing one, and in neither is anybody left', () => {
  const empty = keycloakMembers(fromKeycloak, aProvider(), [])
  const told = (found: Found): unknown => {
    const { members, conditions } = statusOf(known, found, t(10))
    return [members, conditions?.[0]?.reason]
  }
  assert.deepEqual(
    [told(empty), told(missing)],
    [
      [[], 'Empty'],
      [[], 'GroupNotFound'],
    ],
  )
})

test('a list is as of when it was written, for ever', () => {
  const list = knownGroup(aGroup('sre'), [alice])
  assert.equal(statusOf(list, resolved('Listed', [alice]), t(1e6)).asOf, at(0))
})

test('users of Keycloak are asked by name, and expected by id', () => {
  const users = [
    { id: '750e', username: 'alice', email: 'alice@company.com' },
    { id: '8c1f', username: 'bob' },
  ]
  assert.deepEqual(keycloakMembers(fromKeycloak, aProvider({ profile: 'Keycloak' }), users).members, [
    { name: 'alice@company.com', hint: 'alice', subject: '750e' },
    { name: 'bob', hint: 'bob', subject: '8c1f' },
  ])
})

test('where the hint is the subject, so it is sent', () => {
  const provider = aProvider({ hint: { type: 'IssSub' } })
  const { members } = keycloakMembers(fromKeycloak, provider, [{ id: '750e', username: 'alice' }])
  assert.deepEqual(members, [{ name: 'alice', hint: '750e', subject: '750e' }])
})

const refreshed = (from: typeof known, now: number, until?: number): number | undefined => {
  const at = { now: t(now), random: 0.5, until: until === undefined ? undefined : t(until) }
  const next = nextRefresh(from.spec, from.status ?? {}, at)
  return next && secondsBetween(t(now), next)
}
const unready = knownGroup(group, undefined, { reason: 'SourceUnreachable' })

for (const [what, from, now, until, seconds] of [
  ['a ready group after refresh', known, 0, undefined, 300],
  ['a shift that ends sooner', known, 0, 60, 60],
  ['a shift that ends later', known, 0, 600, 300],
  ['a shift that ends now', known, 0, 0, 5],
  ['a group that has just failed', unready, 0, undefined, 5],
  ['half of the time later', unready, 100, undefined, 50],
  ['but as often as a ready one', unready, 5000, undefined, 300],
  ['a list never', knownGroup(aGroup('sre'), [alice]), 0, undefined, undefined],
] as const)
  test(`refreshes ${what}`, () => {
    assert.equal(refreshed(from, now, until), seconds)
  })
