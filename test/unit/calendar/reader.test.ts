import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calendarReader } from '../../../src/calendar/reader.ts'

const read = calendarReader()
const feed = (rule: string): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'BEGIN:VEVENT',
    'UID:1',
    'DTSTART:20260101T090000Z',
    'DURATION:PT8H',
    'SUMMARY:Alice',
    `RRULE:${rule}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')

test('a calendar is read in a thread of its own', async () => {
  const at = new Date('2026-11-30T10:00:00Z')
  assert.deepEqual(await read({ feed: feed('FREQ=DAILY'), at, timeZone: undefined }), {
    kind: 'Read',
    shifts: [{ summary: 'Alice', attendees: [], endsAt: new Date('2026-11-30T17:00:00Z') }],
  })
})

test('a rule that never matches is given up, and the next calendar is read', async () => {
  const at = new Date('2026-11-30T10:00:00Z')
  const [endless, sound] = await Promise.all([
    read({ feed: feed('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'), at, timeZone: undefined }),
    read({ feed: feed('FREQ=DAILY'), at, timeZone: undefined }),
  ])
  assert.ok(endless.kind === 'Unreadable')
  // Whichever bound a machine reaches first.
  assert.match(endless.detail, /^reading it took more than (5 seconds|64 MB of memory)$/)
  assert.equal(sound.kind, 'Read')
})
