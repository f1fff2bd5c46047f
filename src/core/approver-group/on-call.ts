/** Which of the people of a group are on call, by the events of its calendar. */
import type { ApproverGroupSpec, GroupMember } from '../../api/objects.ts'
import { earlier } from '../duration.ts'
import type { Shift } from '../ports/group-sources.ts'
import { abbreviated, inWords } from '../words.ts'
import { resolved } from './found.ts'
import type { Found } from './found.ts'

type Source = NonNullable<ApproverGroupSpec['calendar']>
type Person = Source['people'][number]

/** @param shifts the events that cover the moment */
export function onCallMembers({ by, people }: Source, shifts: readonly Shift[]): Found {
  const seen = shifts.map((shift) =>
    by === 'Attendee' ? attending(people, shift) : titled(people, shift.summary),
  )
  const unknown = [...new Set(seen.flatMap((each) => each.unknown))]
  const members = people.filter((person) => seen.some(({ known }) => known.includes(person))).map(memberOf)
  const until = soonestEnd(shifts)
  const found = members.length > 0 ? resolved('On call', unique(members)) : nobody(shifts, unknown)
  const named = inWords(unknown.map(shown))
  return {
    ...found,
    ...(members.length > 0 &&
      unknown.length > 0 && { message: `${found.message}. Not in spec.calendar.people: ${named}` }),
    ...(until !== undefined && { until }),
  }
}

function nobody(shifts: readonly Shift[], unknown: readonly string[]): Found {
  if (unknown.length > 0)
    return {
      ...{ reason: 'UnknownPerson', members: [] },
      message: `The calendar has ${inWords(unknown.map(shown))} on call, who is not in spec.calendar.people`,
    }
  const message =
    shifts.length === 0
      ? 'No event of the calendar covers this moment'
      : 'The events of the calendar that cover this moment name nobody'
  return { reason: 'NobodyOnCall', message, members: [] }
}

type Seen = { readonly known: readonly Person[]; readonly unknown: readonly string[] }

function attending(people: readonly Person[], { attendees }: Shift): Seen {
  const isOf = (person: Person, attendee: string): boolean => folded(person.match) === folded(attendee)
  return {
    known: people.filter((person) => attendees.some((attendee) => isOf(person, attendee))),
    unknown: attendees.filter((attendee) => !people.some((person) => isOf(person, attendee))),
  }
}

/** The longest first, and each removes what it has matched: `Ann Marie` on call is not `Ann`. */
function titled(people: readonly Person[], summary: string): Seen {
  let rest = folded(summary)
  const known = people
    .toSorted((a, b) => b.match.length - a.match.length)
    .filter(({ match }) => {
      const without = folded(match) === '' ? rest : withoutWords(rest, folded(match))
      const isThere = without !== rest
      rest = without
      return isThere
    })
  return { known, unknown: known.length === 0 && summary.trim() !== '' ? [summary] : [] }
}

/** Every place of the text where neither a letter nor a digit is beside the words becomes a break. */
function withoutWords(text: string, words: string): string {
  const found = new RegExp(`(?<![\\p{L}\\p{N}])${escaped(words)}(?![\\p{L}\\p{N}])`, 'gu')
  return text.replace(found, '\n')
}

function escaped(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

/** Case, compatibility forms and the kind of white space do not count. */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

function memberOf({ name, hint, subject }: Person): GroupMember {
  return { name, hint, ...(subject !== undefined && { subject }) }
}

/** One person may be listed by several matches. */
function unique(members: readonly GroupMember[]): readonly GroupMember[] {
  return members.filter(({ name }, at) => members.findIndex((other) => other.name === name) === at)
}

function soonestEnd(shifts: readonly Shift[]): Date | undefined {
  return shifts
    .map(({ endsAt }) => endsAt)
    .reduce<Date | undefined>(
      (soonest, end) => (soonest === undefined ? end : earlier(soonest, end)),
      undefined,
    )
}

const longestShown = 80

/** Somebody else's text: bounded, and one line. */
function shown(text: string): string {
  return JSON.stringify(abbreviated(text.replace(/[\p{C}\s]+/gu, ' ').trim(), longestShown))
}
