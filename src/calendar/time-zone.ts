/** When a time of a calendar is. */
import ICAL from 'ical.js'

/** A time whose zone cannot be told is never guessed: somebody else would be on call. */
export class UnknownTimeZoneError extends Error {
  readonly code = 'ERR_UNKNOWN_TIME_ZONE'
}

/**
 * Makes zones known that times of the calendar name and the calendar does not define, although it should (RFC 5545 §3.2.19).
 *
 * @throws UnknownTimeZoneError if the runtime does not know one of them either
 */
export function defineZones(calendar: ICAL.Component): void {
  const times = calendar.getAllSubcomponents('vevent').flatMap((event) => event.getAllProperties())
  const named = times.map((time) => time.getParameter('tzid'))
  for (const name of new Set(named.filter((zone) => typeof zone === 'string'))) {
    const defined = calendar.getTimeZoneByID(name) as ICAL.Timezone | null
    if (defined === null) ICAL.TimezoneService.register(new IanaZone(name), name)
  }
}

/**
 * @param floating the zone of times that name none, and of whole days, an IANA name
 * @throws UnknownTimeZoneError if the time has no zone and `floating` is absent or unknown
 */
export function instantOf(time: ICAL.Time, floating: string | undefined): Date {
  if (time.zone !== ICAL.Timezone.localTimezone) return new Date(time.toUnixTime() * 1000)
  if (floating === undefined)
    throw new UnknownTimeZoneError('one of its times has no time zone; set spec.calendar.timeZone')
  return new Date(wallClockMs(time) - new IanaZone(floating).utcOffset(time) * 1000)
}

/** A zone by the runtime's own data. */
class IanaZone extends ICAL.Timezone {
  readonly #format: Intl.DateTimeFormat

  constructor(name: string) {
    super({ tzid: name })
    this.#format = formatFor(name)
  }

  /** In seconds, east of Greenwich is positive. Asked twice: the first guess may be beyond a change of clocks. */
  override utcOffset(time: ICAL.Time): number {
    const wall = wallClockMs(time)
    const guess = wall - this.#offsetMs(wall)
    return this.#offsetMs(guess) / 1000
  }

  #offsetMs(instantMs: number): number {
    const parts = this.#format.formatToParts(instantMs)
    const [year = 0, month = 0, day, hour, minute, second] = fields.map((field) =>
      Number(parts.find(({ type }) => type === field)?.value),
    )
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instantMs / 1000) * 1000
  }
}

const fields = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const

function wallClockMs({ year, month, day, hour, minute, second }: ICAL.Time): number {
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatFor(zone: string): Intl.DateTimeFormat {
  const format = formats.get(zone) ?? newFormat(zone)
  formats.set(zone, format)
  return format
}

function newFormat(timeZone: string): Intl.DateTimeFormat {
  const numeric = Object.fromEntries(fields.map((field) => [field, 'numeric']))
  try {
    return new Intl.DateTimeFormat('en-US', { ...numeric, timeZone, hourCycle: 'h23' })
  } catch {
    throw new UnknownTimeZoneError(`its time zone ${JSON.stringify(timeZone.slice(0, 64))} is unknown`)
  }
}
