import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApproverGroupSpec } from '../../../../src/api/objects.ts'
import { onCallMembers } from '../../../../src/core/approver-group/on-call.ts'
import type { Shift } from '../../../../src/core/ports/group-sources.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

type Source = NonNullable<ApproverGroupSpec['calendar']>
type Row = readonly [what: string, shifts: readonly Shift[], said: string]

const shift = (summary: string, attendees: readonly string[] = [], ends = 3600): Shift => {
  return { summary, attendees, endsAt: t(ends) }
}
const person = (match: string, name = match.toLowerCase()): Source['people'][number] => {
  return { match, name, hint: name }
}
const source = (by: Source['by'], ...people: Source['people'][number][]): Source => {
  return { by, people, secretRef: { name: 'a', key: 'url' }, allowInsecureHTTP: false }
}
const outcome = (from: Source, shifts: readonly Shift[]): string => {
  const { reason, members = [], message } = onCallMembers(from, shifts)
  return members.length > 0 ? members.map(({ name }) => name).join() : `${reason}: ${message}`
}

const titles = source(
  'Summary',
  person('Ann'),
  person('Ann Marie', 'marie'),
  person('Émile'),
  person('C++ (core)', 'core'),
)

for (const [what, shifts, said] of [
  ['a name alone', [shift('Ann')], 'ann'],
  ['a name among words', [shift('On Call - Ann - SRE Primary')], 'ann'],
  ['a name in other case', [shift('ANN')], 'ann'],
  ['a name with other white space', [shift('Ann \t Marie')], 'marie'],
  [
    'no name within a longer word',
    [shift('Annika')],
    'UnknownPerson: The calendar has "Annika" on call, who is not in spec.calendar.people',
  ],
  [
    'no name within a number',
    [shift('Ann2')],
    'UnknownPerson: The calendar has "Ann2" on call, who is not in spec.calendar.people',
  ],
  ['the longer of two names', [shift('Ann Marie')], 'marie'],
  ['two names of one title', [shift('Ann, Ann Marie')], 'ann,marie'],
  ['a name beyond ASCII', [shift('Bereitschaft: émile')], 'émile'],
  [
    'no name beside a letter beyond ASCII',
    [shift('Annö')],
    'UnknownPerson: The calendar has "Annö" on call, who is not in spec.calendar.people',
  ],
  ['a name of signs', [shift('[C++ (core)]')], 'core'],
  ['two events', [shift('Ann'), shift('Émile')], 'ann,émile'],
  ['one person of two events', [shift('Ann'), shift('Ann')], 'ann'],
  ['no event', [], 'NobodyOnCall: No event of the calendar covers this moment'],
  [
    'events without a title',
    [shift('')],
    'NobodyOnCall: The events of the calendar that cover this moment name nobody',
  ],
  [
    'a title that would break the line',
    [shift('x\n\u0007y'.padEnd(300, 'z'))],
    `UnknownPerson: The calendar has "x y${'z'.repeat(77)}…" on call, who is not in spec.calendar.people`,
  ],
] satisfies readonly Row[])
  test(`by title: ${what}`, () => {
    assert.equal(outcome(titles, shifts), said)
  })

const attendees = source('Attendee', person('ann@company.com', 'ann'), person('Bob@Company.com', 'bob'))

for (const [what, shifts, said] of [
  ['an attendee', [shift('x', ['ann@company.com'])], 'ann'],
  ['case does not count', [shift('x', ['bob@company.com'])], 'bob'],
  ['two attendees', [shift('x', ['bob@company.com', 'ann@company.com'])], 'ann,bob'],
  [
    'a title that names somebody',
    [shift('ann@company.com')],
    'NobodyOnCall: The events of the calendar that cover this moment name nobody',
  ],
  [
    'an address that only begins so',
    [shift('x', ['ann@company.com.evil'])],
    'UnknownPerson: The calendar has "ann@company.com.evil" on call, who is not in spec.calendar.people',
  ],
] satisfies readonly Row[])
  test(`by attendee: ${what}`, () => {
    assert.equal(outcome(attendees, shifts), said)
  })

test('somebody unknown beside somebody known is named', () => {
  const found = onCallMembers(attendees, [shift('x', ['ann@company.com', 'dave@company.com'])])
  assert.equal(found.reason, 'Resolved')
  assert.equal(found.message, 'On call: ann. Not in spec.calendar.people: "dave@company.com"')
})

test('one person by two matches is one member, with what is sent for her', () => {
  const twice = source(
    'Summary',
    { ...person('Ann'), subject: '750e' },
    { ...person('Ann Smith', 'ann'), subject: '750e' },
  )
  const { members } = onCallMembers(twice, [shift('Ann'), shift('Ann Smith')])
  assert.deepEqual(members, [{ name: 'ann', hint: 'ann', subject: '750e' }])
})

test('it is good until the first shift ends', () => {
  assert.deepEqual(onCallMembers(titles, [shift('Ann', [], 900), shift('Émile', [], 600)]).until, t(600))
})

test('more people than can be asked are nobody', () => {
  const many = Array.from({ length: 17 }, (_, index) => person(`p${index}`))
  const found = onCallMembers(source('Attendee', ...many), [
    shift(
      'x',
      many.map(({ match }) => match),
    ),
  ])
  assert.deepEqual([found.reason, found.members], ['TooManyMembers', []])
})
