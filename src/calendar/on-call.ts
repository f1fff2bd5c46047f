/**
 * Who an iCalendar feed says is on call at a moment (RFC 5545). Runs in a thread of its own (`reader.ts`), since a recurrence rule
 * that never matches keeps the library busy for ever.
 */
import ICAL from 'ical.js'
import type { Shift } from '../core/ports/group-sources.ts'
import { defineZones, instantOf, UnknownTimeZoneError } from './time-zone.ts'

/** What a feed says. Nobody is on call where no event covers the moment, which is not the same as a feed that cannot be read. */
export type OnCall =
  | { readonly kind: 'Read'; readonly shifts: readonly Shift[] }
  /** `detail`: what is wrong with the feed, without any of its text but names of time zones. */
  | { readonly kind: 'Unreadable'; readonly detail: string }

const mostEvents = 5_000
const mostShifts = 64

/**
 * @param feed the body of the feed
 * @param timeZone for times that name none (RFC 5545 §3.3.5, form 1), an IANA name; the feed's own `X-WR-TIMEZONE` if absent
 */
export function onCallAt(feed: string, at: Date, timeZone: string | undefined): OnCall {
  try {
    const calendar = calendarIn(feed)
    if (calendar === undefined) return unreadable('it is not one iCalendar object')
    const events = calendar.getAllSubcomponents('vevent')
    if (events.length > mostEvents) return unreadable(`it has more than ${mostEvents} events`)
    defineZones(calendar)
    const moment = { at, floating: timeZone ?? calendarZone(calendar) }
    const shifts = seriesIn(events).flatMap((series) => shiftsOf(series, moment))
    if (shifts.length > mostShifts)
      return unreadable(`more than ${mostShifts} of its events cover this moment`)
    return { kind: 'Read', shifts }
  } catch (error) {
    if (error instanceof UnknownTimeZoneError) return unreadable(error.message)
    return unreadable('an event of it is not valid iCalendar (RFC 5545)')
  }
}

type Moment = { readonly at: Date; readonly floating: string | undefined }
type Series = { readonly masters: readonly ICAL.Component[]; readonly exceptions: readonly ICAL.Component[] }

function calendarIn(feed: string): ICAL.Component | undefined {
  const calendar = new ICAL.Component(ICAL.parse(feed) as unknown[])
  return calendar.name === 'vcalendar' ? calendar : undefined
}

function calendarZone(calendar: ICAL.Component): string | undefined {
  const zone = calendar.getFirstPropertyValue('x-wr-timezone')
  return typeof zone === 'string' && zone !== '' ? zone : undefined
}

/** Events with one UID: the series, and the occurrences that were changed (RFC 5545 §3.8.4.4). */
function seriesIn(events: readonly ICAL.Component[]): readonly Series[] {
  const byUid = Map.groupBy(events, (event) => String(event.getFirstPropertyValue('uid') ?? ''))
  return [...byUid.values()].map((all) => ({
    masters: all.filter((event) => !event.hasProperty('recurrence-id')),
    exceptions: all.filter((event) => event.hasProperty('recurrence-id')),
  }))
}

function shiftsOf({ masters, exceptions }: Series, moment: Moment): readonly Shift[] {
  const regular = masters.filter(takesPlace).flatMap((master) => occurrences(master, exceptions, moment))
  const changed = exceptions.filter(takesPlace).map((exception) => occurrenceOf(new ICAL.Event(exception)))
  return [...regular, ...changed].filter(covers(moment)).map((occurrence) => shiftOf(occurrence, moment))
}

type Occurrence = { readonly item: ICAL.Event; readonly start: ICAL.Time; readonly end: ICAL.Time }

/** Those that begin by the moment. The ones with an exception of their own are left to it. */
function occurrences(
  master: ICAL.Component,
  exceptions: readonly ICAL.Component[],
  { at, floating }: Moment,
): readonly Occurrence[] {
  const event = new ICAL.Event(master, { exceptions: [...exceptions] })
  if (!event.isRecurring()) return [occurrenceOf(event)]
  const found: Occurrence[] = []
  const steps = event.iterator()
  for (let start = nextOf(steps); start != null; start = nextOf(steps)) {
    if (instantOf(start, floating) > at) break
    const { item, startDate, endDate, recurrenceId } = event.getOccurrenceDetails(start) as Details
    const isChanged = item.isRecurrenceException() && item.recurrenceId.compare(recurrenceId) === 0
    if (!isChanged && takesPlace(item.component)) found.push({ item, start: startDate, end: endDate })
  }
  return found
}

/** Nothing at the end of a series, whatever its types say. */
function nextOf(steps: ICAL.RecurExpansion): ICAL.Time | null | undefined {
  return steps.next()
}

/** Its types leave it out. */
type Details = {
  readonly recurrenceId: ICAL.Time
  readonly item: ICAL.Event
  readonly startDate: ICAL.Time
  readonly endDate: ICAL.Time
}

function occurrenceOf(item: ICAL.Event): Occurrence {
  return { item, start: item.startDate, end: item.endDate }
}

function takesPlace(event: ICAL.Component): boolean {
  return event.getFirstPropertyValue('status') !== 'CANCELLED'
}

/** The end is no part of it (RFC 5545 §3.6.1). */
function covers({ at, floating }: Moment): (occurrence: Occurrence) => boolean {
  return ({ start, end }) => instantOf(start, floating) <= at && at < instantOf(end, floating)
}

function shiftOf({ item, end }: Occurrence, { floating }: Moment): Shift {
  return {
    summary: String(item.component.getFirstPropertyValue('summary') ?? ''),
    attendees: attendeesOf(item.component),
    endsAt: instantOf(end, floating),
  }
}

function attendeesOf(event: ICAL.Component): readonly string[] {
  return event
    .getAllProperties('attendee')
    .filter((attendee) => attendee.getParameter('partstat') !== 'DECLINED')
    .map((attendee) =>
      String(attendee.getFirstValue())
        .replace(/^mailto:/i, '')
        .toLowerCase(),
    )
}

function unreadable(detail: string): OnCall {
  return { kind: 'Unreadable', detail }
}
