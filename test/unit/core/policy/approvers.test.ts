import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { ApprovalPolicySpec, ApproverGroup, GroupMember } from '../../../../src/api/objects.ts'
import { resolve } from '../../../../src/core/policy/approvers.ts'
import type { Around, Resolved } from '../../../../src/core/policy/approvers.ts'
import { aNamespace, aPolicy } from '../../../support/builders/builders.ts'
import {
  aGroup,
  alice,
  bob,
  fromCalendar,
  fromKeycloak,
  knownGroup,
} from '../../../support/builders/groups.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'

type Stage = ApprovalPolicySpec['stages'][number]

const stage = (approvers: Stage['approvers'], more: Partial<Stage> = {}): Stage => {
  return { name: 'sre', required: 1, ...(approvers && { approvers }), ...more }
}
const carol = { name: 'carol@company.com', hint: 'carol' }
const sre = knownGroup(aGroup('sre'), [alice, bob])
const oncall = knownGroup(aGroup('oncall', { calendar: fromCalendar }), [bob])
const team = (name: string, ...members: GroupMember[]): ApproverGroup => knownGroup(aGroup(name), members)
const keycloak = (identityProvider = 'company'): ApproverGroup =>
  knownGroup(aGroup('security', { keycloak: { ...fromKeycloak, identityProvider } }), [
    { ...alice, subject: '750e' },
  ])

function resolving(stages: readonly Stage[], around: Partial<Around> = {}): Resolved {
  const policy = aPolicy({ stages })
  return resolve(policy, {
    namespace: aNamespace(),
    groups: [sre, oncall, keycloak()],
    now: t(60),
    ...around,
  })
}

/** `alice via sre, carol` of each stage. */
function people(stages: readonly Stage[], around: Partial<Around> = {}): readonly string[] {
  const found = resolving(stages, around)
  assert.ok(found.kind === 'Resolved', JSON.stringify(found))
  return found.stages.map(({ approvers }) =>
    approvers.map(({ hint, via }) => `${hint}${via ? ` via ${via.group}` : ''}`).join(', '),
  )
}

function why(stages: readonly Stage[], around: Partial<Around> = {}): string {
  const found = resolving(stages, around)
  assert.ok(found.kind === 'Blocked', JSON.stringify(found))
  return `${found.reason}: ${found.message}`
}

suite('who is asked', () => {
  test('people are who they are, and nothing else of a stage changes', () => {
    const turns = stage([alice, { ...carol, subject: '91aa' }], { ask: 'InTurn', turn: '2m' })
    const lead = stage([bob], { name: 'lead', insteadOf: 'sre', after: '10m' })
    assert.deepEqual(resolving([turns, lead], { groups: [] }), { kind: 'Resolved', stages: [turns, lead] })
  })

  test('a group stands for its members, in its place in the order', () => {
    assert.deepEqual(people([stage([carol, { group: 'sre' }])]), ['carol, alice via sre, bob via sre'])
  })

  test('it is said through which group, from where and as of when', () => {
    const found = resolving([stage([{ group: 'oncall' }])])
    const via = { group: 'oncall', source: 'Calendar', asOf: at(0) }
    assert.deepEqual(found.kind === 'Resolved' && found.stages[0]?.approvers, [{ ...bob, via }])
  })

  test('a person of two groups is one person', () => {
    assert.deepEqual(people([stage([{ group: 'sre' }, { group: 'oncall' }])]), ['alice via sre, bob via sre'])
  })

  test('a person of two stages is the same person in both', () => {
    assert.deepEqual(people([stage([{ group: 'sre' }]), stage([{ group: 'oncall' }], { name: 'second' })]), [
      'alice via sre, bob via sre',
      'bob via sre',
    ])
  })

  test('who is known by subject somewhere is known by it everywhere', () => {
    const found = resolving([stage([alice]), stage([{ group: 'security' }], { name: 'security' })])
    assert.ok(found.kind === 'Resolved')
    assert.deepEqual(
      found.stages.map(({ approvers }) => approvers.map(({ subject }) => subject)),
      [['750e'], ['750e']],
    )
  })

  test('16 people can be asked', () => {
    const many = Array.from({ length: 14 }, (_, index) => ({ name: `p${index}`, hint: `p${index}` }))
    assert.equal(
      people([stage([{ group: 'sre' }]), stage([{ group: 'many' }], { name: 'b' })], {
        groups: [sre, team('many', ...many)],
      })
        .join()
        .split(',').length,
      16,
    )
  })
})

suite('a label of the Namespace', () => {
  const byLabel = stage(undefined, {
    groupFrom: { namespaceLabel: 'company.com/team', allowed: ['sre', 'team-b'] },
  })
  const within = (labels: Record<string, string>): Partial<Around> => ({ namespace: aNamespace(labels) })

  test('names the group', () => {
    assert.deepEqual(people([byLabel], within({ 'company.com/team': 'sre' })), ['alice via sre, bob via sre'])
  })

  for (const labels of [{}, { 'company.com/team': '' }])
    test(`that is missing (${JSON.stringify(labels)}) names nobody`, () => {
      assert.equal(
        why([byLabel], within(labels)),
        'GroupLabelMissing: namespace demo has no label company.com/team, by which stage sre of policy prod-promotions finds its approvers. Ask a platform engineer to label it with sre or team-b.',
      )
    })

  test('may name only what the policy allows', () => {
    assert.equal(
      why([byLabel], within({ 'company.com/team': 'oncall' })),
      'GroupNotAllowed: namespace demo names group oncall by its label company.com/team, which stage sre of policy prod-promotions does not allow: it allows sre or team-b. Ask a platform engineer to correct the label, or to allow the group.',
    )
  })

  test('may name a group that is not there yet', () => {
    assert.match(
      why([byLabel], within({ 'company.com/team': 'team-b' })),
      /^GroupNotReady: group team-b, .+ does not exist\./,
    )
  })
})

const asks = 'group sre, which stage sre of policy prod-promotions asks,'
const look = 'Ask a platform engineer to look at the condition of ApproverGroup sre.'
const fresh = aGroup('sre', { calendar: fromCalendar })
const failing = (asOfSeconds: number): ApproverGroup =>
  knownGroup(fresh, [alice], { reason: 'SourceUnreachable', asOfSeconds })

suite('what is not known is not guessed', () => {
  for (const [what, group, said] of [
    [
      'a group that is not there',
      undefined,
      `GroupNotReady: ${asks} does not exist. Ask a platform engineer to create the ApproverGroup, or to correct the policy.`,
    ],
    ['a new group', fresh, `GroupNotReady: ${asks} has not been looked at yet. ${look}`],
    [
      'a group that has failed from the beginning',
      knownGroup(fresh, undefined, { reason: 'Unauthorized' }),
      `GroupNotReady: ${asks} is not ready: Unauthorized. ${look}`,
    ],
    [
      'a group whose spec is another one now',
      knownGroup(fresh, [alice], { generation: 0 }),
      `GroupNotReady: ${asks} has not been looked at yet. ${look}`,
    ],
    [
      'an empty group',
      knownGroup(fresh, [], { reason: 'NobodyOnCall' }),
      `GroupNotReady: stage sre of policy prod-promotions needs one approval and has nobody to ask: group sre has no members (NobodyOnCall). ${look}`,
    ],
    [
      'members of too long ago',
      failing(60 - 3600),
      `GroupStale: the members of ${asks} are known as of ${at(60 - 3600)}, longer ago than its maxAge of 1h: SourceUnreachable. ${look}`,
    ],
  ] as const)
    test(what, () => {
      assert.equal(why([stage([{ group: 'sre' }])], { groups: group === undefined ? [] : [group] }), said)
    })

  test('a source that fails counts until maxAge', () => {
    assert.deepEqual(people([stage([{ group: 'sre' }])], { groups: [failing(61 - 3600)] }), ['alice via sre'])
  })

  test('a list is never too old', () => {
    assert.deepEqual(people([stage([{ group: 'sre' }])], { now: t(1e8) }), ['alice via sre, bob via sre'])
  })

  test('an empty group beside somebody who is enough stops nobody', () => {
    const empty = knownGroup(fresh, [], { reason: 'NobodyOnCall' })
    assert.deepEqual(people([stage([carol, { group: 'sre' }])], { groups: [empty] }), ['carol'])
  })

  test('a group that is too small for the stage is named', () => {
    assert.equal(
      why([stage([{ group: 'sre' }], { required: 3 })]),
      `GroupNotReady: stage sre of policy prod-promotions needs 3 approvals and has 2 people to ask: group sre has 2 members. ${look}`,
    )
  })

  test('users of another provider are not asked through this one', () => {
    assert.equal(
      why([stage([{ group: 'security' }])], { groups: [keycloak('partner')] }),
      'GroupNotReady: group security, which stage sre of policy prod-promotions asks, has the users of IdentityProvider partner, and the policy asks through company. Ask a platform engineer to let both name the same one.',
    )
  })

  test('more than 16 people are nobody', () => {
    const many = Array.from({ length: 15 }, (_, index) => ({ name: `p${index}`, hint: `p${index}` }))
    assert.equal(
      why([stage([{ group: 'sre' }]), stage([{ group: 'many' }], { name: 'b' })], {
        groups: [sre, team('many', ...many)],
      }),
      'TooManyApprovers: policy prod-promotions names 17 people once its groups are looked up, and at most 16 are asked about a request. Ask a platform engineer to name smaller groups.',
    )
  })
})
