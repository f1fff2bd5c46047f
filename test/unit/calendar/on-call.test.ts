import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { onCallAt } from '../../../src/calendar/on-call.ts'
import type { OnCall } from '../../../src/calendar/on-call.ts'

const berlin = [
  'BEGIN:VTIMEZONE',
  'TZID:Company/Head Office',
  'BEGIN:STANDARD',
  'DTSTART:19701025T030000',
  'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:19700329T020000',
  'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
]

const calendar = (...lines: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n')
const event = (...lines: readonly string[]): readonly string[] => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']

/** Who is on call at each moment, by summary. */
function at(feed: string, moment: string, timeZone?: string): readonly string[] | string {
  const read: OnCall = onCallAt(feed, new Date(moment), timeZone)
  return read.kind === 'Read' ? read.shifts.map(({ summary }) => summary) : read.detail
}

suite('one event', () => {
  const feed = calendar(
    ...event(
      'UID:1',
      'DTSTART:20261130T090000Z',
      'DTEND:20261130T170000Z',
      'SUMMARY:Alice on call',
      'ATTENDEE;PARTSTAT=ACCEPTED:mailto:Alice@company.com',
      'ATTENDEE;PARTSTAT=DECLINED:mailto:bob@company.com',
    ),
  )

  test('it names who is on call, without those who declined, and until when', () => {
    assert.deepEqual(onCallAt(feed, new Date('2026-11-30T12:00:00Z'), undefined), {
      kind: 'Read',
      shifts: [
        {
          summary: 'Alice on call',
          attendees: ['alice@company.com'],
          endsAt: new Date('2026-11-30T17:00:00Z'),
        },
      ],
    })
  })

  test('it begins with its start and ends before its end', () => {
    assert.deepEqual(at(feed, '2026-11-30T08:59:59Z'), [])
    assert.deepEqual(at(feed, '2026-11-30T09:00:00Z'), ['Alice on call'])
    assert.deepEqual(at(feed, '2026-11-30T16:59:59Z'), ['Alice on call'])
    assert.deepEqual(at(feed, '2026-11-30T17:00:00Z'), [])
  })
})

test('a duration ends an event as DTEND does', () => {
  const feed = calendar(...event('UID:1', 'DTSTART:20261130T090000Z', 'DURATION:PT8H', 'SUMMARY:a'))
  assert.deepEqual(at(feed, '2026-11-30T16:59:59Z'), ['a'])
  assert.deepEqual(at(feed, '2026-11-30T17:00:00Z'), [])
})

suite('time zones', () => {
  const daily = (start: string, rule = 'RRULE:FREQ=DAILY'): readonly string[] =>
    event('UID:1', `DTSTART${start}`, 'DURATION:PT8H', rule, 'SUMMARY:a')

  test('a zone that the calendar defines follows its own change of clocks', () => {
    const feed = calendar(...berlin, ...daily(';TZID=Company/Head Office:20261001T090000'))
    assert.deepEqual(at(feed, '2026-10-20T07:00:00Z'), ['a'], 'nine o’clock in summer')
    assert.deepEqual(at(feed, '2026-11-20T07:59:59Z'), [])
    assert.deepEqual(at(feed, '2026-11-20T08:00:00Z'), ['a'], 'nine o’clock in winter')
  })

  test('a zone that the calendar only names is the one that everybody knows by that name', () => {
    const feed = calendar(...daily(';TZID=America/New_York:20261001T090000'))
    assert.deepEqual(at(feed, '2026-10-20T13:00:00Z'), ['a'], 'summer')
    assert.deepEqual(at(feed, '2026-11-20T13:30:00Z'), [])
    assert.deepEqual(at(feed, '2026-11-20T14:00:00Z'), ['a'], 'winter')
  })

  test('a zone that nobody knows makes the feed unreadable', () => {
    const feed = calendar(...daily(';TZID=Mars/Olympus:20261001T090000'))
    assert.equal(at(feed, '2026-10-20T13:00:00Z'), 'its time zone "Mars/Olympus" is unknown')
  })

  test('times without a zone are in the calendar’s own, or in the one that is set', () => {
    const lines = daily(':20261001T090000')
    assert.equal(
      at(calendar(...lines), '2026-11-20T08:00:00Z'),
      'one of its times has no time zone; set spec.calendar.timeZone',
    )
    const named = calendar('X-WR-TIMEZONE:Europe/Berlin', ...lines)
    assert.deepEqual(at(named, '2026-11-20T08:00:00Z'), ['a'])
    assert.deepEqual(at(named, '2026-11-20T08:00:00Z', 'Asia/Tokyo'), [])
    assert.deepEqual(at(named, '2026-11-20T00:00:00Z', 'Asia/Tokyo'), ['a'])
  })

  test('whole days begin at midnight of that zone', () => {
    const feed = calendar(
      'X-WR-TIMEZONE:Europe/Berlin',
      ...event('UID:1', 'DTSTART;VALUE=DATE:20261130', 'DTEND;VALUE=DATE:20261201', 'SUMMARY:a'),
    )
    assert.deepEqual(at(feed, '2026-11-29T22:59:59Z'), [])
    assert.deepEqual(at(feed, '2026-11-29T23:00:00Z'), ['a'])
    assert.deepEqual(at(feed, '2026-11-30T22:59:59Z'), ['a'])
    assert.deepEqual(at(feed, '2026-11-30T23:00:00Z'), [])
  })
})

suite('a series', () => {
  const master = [
    'UID:weekly',
    'DTSTART:20261102T090000Z',
    'DURATION:PT8H',
    'RRULE:FREQ=WEEKLY;BYDAY=MO',
    'SUMMARY:Alice',
  ]

  test('it recurs, and is empty in between', () => {
    const feed = calendar(...event(...master))
    assert.deepEqual(at(feed, '2026-11-30T10:00:00Z'), ['Alice'])
    assert.deepEqual(at(feed, '2026-12-01T10:00:00Z'), [])
  })

  test('an excluded day is empty', () => {
    const feed = calendar(...event(...master, 'EXDATE:20261130T090000Z'))
    assert.deepEqual(at(feed, '2026-11-30T10:00:00Z'), [])
    assert.deepEqual(at(feed, '2026-12-07T10:00:00Z'), ['Alice'])
  })

  const override = (id: string, ...lines: readonly string[]): string =>
    calendar(...event(...master), ...event('UID:weekly', `RECURRENCE-ID:${id}`, ...lines))

  test('one occurrence is taken by somebody else', () => {
    const feed = override('20261130T090000Z', 'DTSTART:20261130T090000Z', 'DURATION:PT8H', 'SUMMARY:Bob')
    assert.deepEqual(at(feed, '2026-11-30T10:00:00Z'), ['Bob'])
    assert.deepEqual(at(feed, '2026-12-07T10:00:00Z'), ['Alice'])
  })

  test('an occurrence that was moved counts where it is now, not where it was', () => {
    const feed = override('20261207T090000Z', 'DTSTART:20261202T090000Z', 'DURATION:PT8H', 'SUMMARY:Alice')
    assert.deepEqual(at(feed, '2026-12-02T10:00:00Z'), ['Alice'])
    assert.deepEqual(at(feed, '2026-12-07T10:00:00Z'), [])
  })

  test('a cancelled occurrence is empty, and so is a cancelled series', () => {
    const one = ['DTSTART:20261130T090000Z', 'DURATION:PT8H', 'SUMMARY:Alice', 'STATUS:CANCELLED']
    assert.deepEqual(at(override('20261130T090000Z', ...one), '2026-11-30T10:00:00Z'), [])
    assert.deepEqual(at(calendar(...event(...master, 'STATUS:CANCELLED')), '2026-11-30T10:00:00Z'), [])
  })

  test('this and all that follow go to somebody else', () => {
    const feed = calendar(
      ...event(...master),
      ...event(
        'UID:weekly',
        'RECURRENCE-ID;RANGE=THISANDFUTURE:20261130T090000Z',
        'DTSTART:20261130T100000Z',
        'DURATION:PT8H',
        'SUMMARY:Bob',
      ),
    )
    assert.deepEqual(at(feed, '2026-11-23T09:30:00Z'), ['Alice'])
    assert.deepEqual(at(feed, '2026-11-30T10:30:00Z'), ['Bob'])
    assert.deepEqual(at(feed, '2026-12-07T10:30:00Z'), ['Bob'])
    assert.deepEqual(at(feed, '2026-12-07T09:30:00Z'), [])
  })
})

suite('what is no calendar', () => {
  for (const [what, feed] of [
    ['nothing', ''],
    ['a page', '<!doctype html><title>Log in</title>'],
    ['a contact', 'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Alice\r\nEND:VCARD\r\n'],
    ['half of one', calendar(...event('UID:1', 'DTSTART:20261130T090000Z')).slice(0, 60)],
    ['one with an impossible date', calendar(...event('UID:1', 'DTSTART:soon', 'SUMMARY:a'))],
  ] as const)
    test(`${what} is unreadable, and nobody is on call by it`, () => {
      assert.match(String(at(feed, '2026-11-30T10:00:00Z')), /^(it is not|an event of it is not)/)
    })

  test('a calendar without events is read: nobody is on call', () => {
    assert.deepEqual(at(calendar(), '2026-11-30T10:00:00Z'), [])
  })

  test('more events than anyone’s rota has are not read', () => {
    const many = Array.from({ length: 5_001 }, (_, i) => event(`UID:${i}`, 'DTSTART:20261130T090000Z'))
    assert.equal(at(calendar(...many.flat()), '2026-11-30T10:00:00Z'), 'it has more than 5000 events')
  })
})
