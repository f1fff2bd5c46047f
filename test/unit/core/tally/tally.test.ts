import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { tally } from '../../../../src/core/tally/tally.ts'
import type { Answer, TallyStage } from '../../../../src/core/tally/tally.ts'

const yes = (subject: string): Answer => ({ kind: 'Approved', subject })
const no: Answer = { kind: 'Denied' }
const failed: Answer = { kind: 'Failed' }
const sre: TallyStage = { name: 'sre', required: 1, approvers: ['alice', 'bob'] }
const security: TallyStage = { name: 'security', required: 1, approvers: ['carol', 'alice'] }
const lead: TallyStage = { name: 'lead', required: 1, approvers: ['dora'], insteadOf: 'sre' }

const decided = (stages: readonly TallyStage[], answers: Readonly<Record<string, Answer>>) =>
  tally(stages, new Map(Object.entries(answers)))

test('any of a team: the first approval satisfies the stage', () => {
  assert.deepEqual(decided([sre], { bob: yes('b') }), {
    kind: 'Satisfied',
    counts: [{ stage: 'sre', approvedBy: ['bob'], required: 1 }],
  })
})

test('two stages need two people: one who is named by both counts for the one that needs them', () => {
  assert.equal(decided([sre, security], { alice: yes('a') }).kind, 'Open')
  assert.deepEqual(decided([sre, security], { alice: yes('a'), bob: yes('b') }), {
    kind: 'Satisfied',
    counts: [
      { stage: 'sre', approvedBy: ['bob'], required: 1 },
      { stage: 'security', approvedBy: ['alice'], required: 1 },
    ],
  })
})

test('two names of one person are one person', () => {
  const both = { name: 'sre', required: 2, approvers: ['alice', 'alice@company.com'] }
  const answer = decided([both], { alice: yes('a'), 'alice@company.com': yes('a') })
  assert.equal(answer.kind, 'Exhausted')
})

test('one denial ends it, even after enough have approved', () => {
  const answer = decided([sre, security], { bob: yes('b'), carol: no })
  assert.deepEqual(answer.kind === 'Vetoed' && answer.by, ['carol'])
})

test('a prompt that failed ends nothing while somebody else can approve', () => {
  assert.equal(decided([sre], { alice: failed }).kind, 'Open')
  const answer = decided([sre], { alice: failed, bob: failed })
  assert.deepEqual(answer.kind === 'Exhausted' && answer.unsatisfied, ['sre'])
})

test('who stands in for a stage counts toward it, and not for another', () => {
  assert.equal(decided([sre, lead], { alice: failed, bob: failed }).kind, 'Open')
  assert.equal(decided([sre, lead], { dora: yes('d') }).kind, 'Satisfied')
  assert.equal(decided([sre, security, lead], { dora: yes('d') }).kind, 'Open')
})

const people = ['alice', 'bob', 'carol', 'dora', 'erin']
const answers = fc
  .array(fc.tuple(fc.constantFrom(...people), fc.constantFrom('Approved', 'Failed', 'Denied', 'Open')), {
    maxLength: 8,
  })
  .map((pairs) =>
    pairs.map(([name, kind]): readonly [string, Answer] => [
      name,
      kind === 'Approved' ? yes(`sub of ${name}`) : { kind },
    ]),
  )
const stages = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('one', 'two', 'three', 'four'),
    required: fc.integer({ min: 1, max: 3 }),
    approvers: fc.uniqueArray(fc.constantFrom(...people), { minLength: 1 }),
  }),
  { minLength: 1, maxLength: 4, selector: ({ name }) => name },
)

/** By trying everything: each approver takes one of the stages that name them, or none. */
function canSatisfy(all: readonly TallyStage[], names: readonly string[]): boolean {
  const [first, ...rest] = names
  if (first === undefined) return all.every(({ required }) => required <= 0)
  const without = canSatisfy(all, rest)
  return (
    without ||
    all.some(
      ({ approvers }, at) =>
        approvers.includes(first) &&
        canSatisfy(
          all.map((stage, i) => (i === at ? { ...stage, required: stage.required - 1 } : stage)),
          rest,
        ),
    )
  )
}

test('it is satisfied exactly if distinct people can be found for every stage, and nobody denied', () => {
  fc.assert(
    fc.property(stages, answers, (all, given) => {
      const map = new Map(given)
      const named = people.filter((name) => all.some(({ approvers }) => approvers.includes(name)))
      const denied = named.some((name) => map.get(name)?.kind === 'Denied')
      const approving = named.filter((name) => map.get(name)?.kind === 'Approved')
      const left = named.filter((name) => (map.get(name)?.kind ?? 'Open') === 'Open')
      const { kind } = tally(all, map)
      const expected = [
        denied && 'Vetoed',
        canSatisfy(all, approving) && 'Satisfied',
        canSatisfy(all, [...approving, ...left]) && 'Open',
        'Exhausted',
      ].find((each) => each !== false)
      assert.equal(kind, expected)
    }),
  )
})

test('the order of answers and of people does not matter', () => {
  fc.assert(
    fc.property(stages, answers, (all, given) => {
      const map = new Map(given)
      const reversed = new Map([...map].toReversed())
      assert.deepEqual(tally(all, reversed), tally(all, map))
      const turned = all.map((stage) => ({ ...stage, approvers: stage.approvers.toReversed() }))
      assert.equal(tally(turned, map).kind, tally(all, map).kind)
    }),
  )
})

test('an approval never turns a satisfied request into another one, nor an open one into an exhausted one', () => {
  fc.assert(
    fc.property(stages, answers, fc.constantFrom(...people), (all, given, name) => {
      const before = tally(all, new Map(given))
      if (new Map(given).has(name)) return
      const after = tally(all, new Map([...given, [name, yes(`sub of ${name}`)] as const]))
      if (before.kind === 'Satisfied') assert.equal(after.kind, 'Satisfied')
      if (before.kind === 'Open') assert.notEqual(after.kind, 'Exhausted')
    }),
  )
})

test('counts name a person once, and only who approved', () => {
  fc.assert(
    fc.property(stages, answers, (all, given) => {
      const map = new Map(given)
      const counted = tally(all, map).counts.flatMap(({ approvedBy }) => approvedBy)
      assert.equal(new Set(counted).size, counted.length)
      for (const name of counted) assert.equal(map.get(name)?.kind, 'Approved')
    }),
  )
})
