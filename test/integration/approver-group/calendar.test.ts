/** Who is on call by a feed that is served here: what it says, that it changes, and that it fails in every way it can. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import type { ApproverGroupSpec, KubernetesObject } from '../../../src/api/objects.ts'
import { readyOf } from '../../../src/core/condition.ts'
import { secondsAfter } from '../../../src/core/duration.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import { event, feedOf, hours, shift, utc, wall } from '../../support/builders/calendar.ts'
import { alice, bob, fromCalendar } from '../../support/builders/groups.ts'
import { eventually } from '../../support/assertions/elapsed.ts'
import { oddities, text } from '../../support/fakes/network/http-answers.ts'
import type { Handler } from '../../support/fakes/network/http-answers.ts'
import { isOnCall, secretPart, startGroupScene } from '../../support/scenes/group-scene.ts'
import type { GroupScene } from '../../support/scenes/group-scene.ts'

let scene: GroupScene
before(async () => {
  scene = await startGroupScene()
})
after(() => scene.stop())

const everyDay = [`UID:1`, `DTSTART:${utc(hours(-24 * 30 - 1))}`, 'RRULE:FREQ=DAILY', 'SUMMARY:Alice (SRE)']
const today = utc(hours(-1))
const tokyo = wall(hours(-1), 'Asia/Tokyo')
const attendee = 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@company.com'
const calendar = (change: Partial<typeof fromCalendar> = {}): Partial<ApproverGroupSpec> => {
  return { calendar: { ...fromCalendar, ...change } }
}

type Row = readonly [
  what: string,
  answer: Handler,
  members: readonly object[] | undefined,
  ready: string | RegExp,
  change?: object,
]
const rows: readonly Row[] = [
  ['an event every day', text(200, feedOf(...event(...everyDay))), [alice], 'On call: alice@company.com.'],
  [
    'an occurrence that somebody else takes over',
    text(
      200,
      feedOf(
        ...event(...everyDay),
        ...event('UID:1', `RECURRENCE-ID:${today}`, `DTSTART:${today}`, 'SUMMARY:Bob (SRE)'),
      ),
    ),
    [bob],
    'On call: bob@company.com.',
  ],
  [
    'an occurrence that is cancelled',
    text(200, feedOf(...event(...everyDay, `EXDATE:${today}`))),
    [],
    'No event of the calendar covers this moment. Close the gap in the calendar, or let a stage of the policy name a stand-in. Requests wait and resume automatically.',
  ],
  [
    'a time of a zone far away',
    text(200, feedOf(...event('UID:2', `DTSTART;TZID=Asia/Tokyo:${tokyo}`, 'SUMMARY:Bob'))),
    [bob],
    'On call: bob@company.com.',
  ],
  [
    'a time without a zone, in the zone of the group',
    text(200, feedOf(...event('UID:2', `DTSTART:${tokyo}`, 'SUMMARY:Bob'))),
    [bob],
    'On call: bob@company.com.',
    { timeZone: 'Asia/Tokyo' },
  ],
  [
    'a time without a zone, in no zone at all',
    text(200, feedOf(...event('UID:2', `DTSTART:${tokyo}`, 'SUMMARY:Bob'))),
    undefined,
    'The feed cannot be read: one of its times has no time zone; set spec.calendar.timeZone. Correct the calendar, or the URL in the Secret. It is tried again automatically.',
  ],
  [
    'an attendee',
    text(200, feedOf(...event('UID:3', `DTSTART:${today}`, 'SUMMARY:On call', attendee))),
    [bob],
    'On call: bob@company.com.',
    { by: 'Attendee', people: [{ match: 'bob@company.com', ...bob }] },
  ],
  [
    'somebody who is not listed',
    text(200, feedOf(...event('UID:3', `DTSTART:${today}`, 'SUMMARY:Dave'))),
    [],
    'The calendar has "Dave" on call, who is not in spec.calendar.people. Add that person to spec.calendar.people, with the match that the calendar uses, or correct the calendar.',
  ],
  ['a calendar without events', text(200, feedOf()), [], /^No event of the calendar covers this moment\. /],
  [
    'a feed that fails',
    text(500, secretPart),
    undefined,
    'Fetching the feed failed: HTTP 500. Let the operator reach the source, or repair it. It is tried again automatically.',
  ],
  [
    'a feed that is too large',
    oddities.hugeBody,
    undefined,
    'The feed is larger than 1 MiB. Export a shorter time, such as the next four weeks. It is tried again automatically.',
  ],
  [
    'a feed that never ends',
    oddities.slowBody,
    undefined,
    /^Fetching the feed failed: no answer in time\. Let/,
  ],
  [
    'a recurrence that never ends',
    text(
      200,
      feedOf(
        ...event(...everyDay).map(
          (line) => `${line}${line.startsWith('RRULE') ? ';BYMONTH=2;BYMONTHDAY=30' : ''}`,
        ),
      ),
    ),
    undefined,
    /^The feed cannot be read: reading it took more than (5 seconds|64 MB of memory)\. Correct/,
  ],
  ['a page to log in', text(200, '<html>'), undefined, /^The feed cannot be read: .+\. Correct the calendar/],
]

for (const [at, [what, answer, members, message, change]] of rows.entries())
  test(`${what}: who is on call, and what is said`, async () => {
    const name = `row-${at}`
    await scene.createGroup(name, answer, calendar(change))
    const { status } = await scene.until(name, (group) => readyOf(group) !== undefined)
    assert.deepEqual(status?.members, members)
    const { message: said = '' } = status?.conditions?.[0] ?? {}
    if (typeof message === 'string') assert.equal(said, message)
    else assert.match(said, message)
    assert.equal(status?.asOf === undefined, members === undefined)
  })

test('a handover comes when the shift ends, not when the next refresh does', async () => {
  const handover = secondsAfter(new Date(), 8)
  const both = feedOf(...shift('Alice', hours(-1), handover), ...shift('Bob', handover, hours(1)))
  await scene.createGroup('handover', text(200, both), { ...calendar(), refresh: '12h', maxAge: '24h' })
  await scene.until('handover', isOnCall('alice@company.com'))
  await scene.until('handover', isOnCall('bob@company.com'))
})

test('a feed that fails leaves the last members, and is read again until it works', async () => {
  const ends = secondsAfter(new Date(), 6)
  const first = feedOf(...shift('Alice', hours(-1), ends))
  await scene.createGroup('failing', text(200, first), calendar())
  const { status } = await scene.until('failing', isOnCall('alice@company.com'))
  scene.serve('failing', text(503, ''))
  const failed = await scene.until('failing', (group) => readyOf(group)?.reason === 'SourceUnreachable')
  assert.equal(readyOf(failed)?.status, 'False')
  assert.deepEqual([failed.status?.members, failed.status?.asOf], [[alice], status?.asOf])
  scene.serve('failing', text(200, feedOf(...event(`UID:2`, `DTSTART:${today}`, 'SUMMARY:Bob'))))
  await scene.until('failing', isOnCall('bob@company.com'))
})

test('a URL that is corrected in its Secret is found, and http elsewhere is never fetched', async () => {
  await scene.storeURL('corrected', 'http://calendar.company.com/a')
  await scene.create('corrected', calendar())
  const wrong = await scene.until('corrected', (group) => readyOf(group)?.reason === 'InvalidURL')
  assert.equal(
    readyOf(wrong)?.message,
    'The Secret holds a URL that is not https. Put the https URL of the feed into the Secret, and nothing else. It is read again automatically.',
  )
  scene.serve('corrected', text(200, feedOf(...event(...everyDay))))
  await scene.storeURL('corrected')
  await scene.until('corrected', isOnCall('alice@company.com'))
})

test('a list is edited, and its columns say who is in it', async () => {
  await scene.create('listed', { members: [alice] })
  const group = await scene.until('listed', isOnCall('alice@company.com'))
  await scene.operator.groups.replace({ ...group, spec: { ...group.spec, members: [alice, bob] } })
  await scene.until('listed', (edited) => edited.status?.members?.length === 2)
  const shown = await kubectl({ kubeconfig: scene.operator.kubeconfig, args: ['get', 'agrp', 'listed'] })
  assert.match(shown, /^NAME +READY +SOURCE +MEMBERS +AS OF +AGE$/m)
  assert.match(shown, /^listed +True +Members +alice@company\.com and bob@company\.com +\S+ +\S+$/m)
})

test('what is said of groups stands in Events and in the log, and a URL nowhere', async (t: TestContext) => {
  const kind = { apiVersion: 'events.k8s.io/v1', plural: 'events', namespaced: true }
  type Event = KubernetesObject & { readonly regarding: { readonly kind: string }; readonly reason: string }
  let events: readonly Event[] = []
  await eventually(async () => {
    const { items } = await resource<Event>(scene.operator.admin, kind).list({ namespace: 'default' })
    events = items.filter(({ regarding }) => regarding.kind === 'ApproverGroup')
    return events.length >= rows.length
  }, 'an Event of each group')
  const groups = await scene.operator.groups.list({})
  const written = [scene.operator.log(), JSON.stringify(events), JSON.stringify(groups.items)]
  assert.match(
    written[0] ?? '',
    /"group":"row-0","ready":"True","reason":"Resolved".+"msg":"approver group changed"/,
  )
  for (const text of written) assert.doesNotMatch(text, new RegExp(secretPart))
  t.diagnostic(`${events.length} Events`)
})
