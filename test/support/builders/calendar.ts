/** iCalendar feeds whose events are about now. */
import { secondsAfter } from '../../../src/core/duration.ts'

export function hours(count: number): Date {
  return secondsAfter(new Date(), count * 3600)
}

export function utc(moment: Date): string {
  return moment.toISOString().replace(/[-:]|\.\d+/g, '')
}

/** As a clock in this zone shows it, without saying which zone. */
export function wall(moment: Date, timeZone: string): string {
  return moment.toLocaleString('sv-SE', { timeZone }).replace(/[-:]/g, '').replace(' ', 'T')
}

/** Of two hours, unless it says how long. */
export function event(...lines: readonly string[]): readonly string[] {
  const length = lines.some((line) => line.startsWith('DTEND')) ? [] : ['DURATION:PT2H']
  return ['BEGIN:VEVENT', ...length, ...lines, 'END:VEVENT']
}

export function shift(who: string, start: Date, end: Date): readonly string[] {
  return event(`UID:${who}`, `DTSTART:${utc(start)}`, `DTEND:${utc(end)}`, `SUMMARY:${who}`)
}

export function feedOf(...lines: readonly string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n')
}
