/** Feeds as they come over the wire: within a size and a time, over no redirect, and from https unless loopback is allowed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { SourceFault } from '../../../../src/core/ports/group-sources.ts'
import { createGroupSources } from '../../../../src/programs/controller/group-sources.ts'
import { oddities, text } from '../../../support/fakes/network/http-answers.ts'
import type { Handler } from '../../../support/fakes/network/http-answers.ts'
import { startScriptedProvider } from '../../../support/fakes/providers/scripted.ts'

const path = '/private/a-secret-token/basic.ics'
const feed = [
  ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'BEGIN:VEVENT', 'UID:1', 'DTSTART:20260101T090000Z'],
  ...['DURATION:PT8H', 'RRULE:FREQ=DAILY', 'SUMMARY:Alice', 'END:VEVENT', 'END:VCALENDAR', ''],
].join('\r\n')
const sources = createGroupSources()
const at = new Date('2026-11-30T10:00:00Z')
const padded = (bytes: number): string =>
  feed.replace('VERSION:2.0', `VERSION:2.0\r\nX-A:${'x'.repeat(bytes)}`)

test('a feed says who is on call', async (t) => {
  const { ask } = await aServer(t, text(200, feed))
  assert.deepEqual(await ask(), {
    kind: 'Shifts',
    shifts: [{ summary: 'Alice', attendees: [], endsAt: new Date('2026-11-30T17:00:00Z') }],
  })
})

test('white space around the URL does not count', async (t) => {
  const { ask, url } = await aServer(t, text(200, feed))
  assert.equal((await ask({ url: `\n ${url}\n` })).kind, 'Shifts')
})

test('a feed of almost 1 MiB is read', async (t) => {
  const { ask } = await aServer(t, text(200, padded(1024 * 1024 - 400)))
  assert.equal((await ask()).kind, 'Shifts')
})

const faults: readonly (readonly [string, Handler, SourceFault['reason'], RegExp])[] = [
  [
    'a feed of more than 1 MiB',
    text(200, padded(1024 * 1024)),
    'FeedTooLarge',
    /^the feed is larger than 1 MiB$/,
  ],
  ['a feed that grows and grows', oddities.hugeBody, 'FeedTooLarge', /^the feed is larger than 1 MiB$/],
  ['a page to log in', text(200, '<html>'), 'FeedInvalid', /^the feed cannot be read: /],
  ['an empty answer', text(200, ''), 'FeedInvalid', /^the feed cannot be read: /],
  [
    'a redirect',
    text(302, '', { location: '/elsewhere' }),
    'SourceUnreachable',
    /failed: HTTP 302, a redirect$/,
  ],
  ['a feed that is gone', text(404, 'x'), 'SourceUnreachable', /^fetching the feed failed: HTTP 404$/],
  ['a server out of order', text(500, 'x'), 'SourceUnreachable', /^fetching the feed failed: HTTP 500$/],
  ['a URL that is valid no longer', text(403, 'x'), 'Unauthorized', /^the feed's server answered HTTP 403$/],
  [
    'a server that breaks off',
    oddities.reset,
    'SourceUnreachable',
    /failed: connection reset \(ECONNRESET\)$/,
  ],
  [
    'a rule that never comes to an end',
    text(200, feed.replace('FREQ=DAILY', 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30')),
    'FeedInvalid',
    /^the feed cannot be read: reading it took more than (5 seconds|64 MB of memory)$/,
  ],
  [
    'a server that never ends its answer',
    oddities.slowBody,
    'SourceUnreachable',
    /failed: no answer in time$/,
  ],
]

for (const [what, answer, reason, message] of faults)
  test(`${what} is a fault, and its sentence names no URL`, async (t) => {
    const { ask } = await aServer(t, answer)
    const found = await ask()
    assert.ok(found.kind === 'Fault', JSON.stringify(found))
    assert.equal(found.reason, reason)
    assert.match(found.message, message)
    assert.doesNotMatch(JSON.stringify(found), /a-secret-token|127\.0\.0\.1|http:/)
  })

for (const [what, change, said] of [
  ['http on loopback that is not allowed', { allowInsecureHTTP: false }, 'a URL that is not https'],
  ['http elsewhere', { url: 'http://calendar.company.com/a' }, 'a URL that is not https'],
  ['another scheme', { url: 'file:///etc/passwd' }, 'a URL that is not https'],
  ['webcal', { url: 'webcal://calendar.company.com/a' }, 'a URL that is not https'],
  ['no URL', { url: 'calendar.company.com' }, 'no URL'],
] as const)
  test(`nothing is fetched by ${what}`, async (t) => {
    const { ask, received } = await aServer(t, text(200, feed))
    const found = await ask(change)
    assert.deepEqual(found, { kind: 'Fault', reason: 'InvalidURL', message: `the Secret holds ${said}` })
    assert.equal(received.size, 0)
  })

async function aServer(t: TestContext, answer: Handler) {
  const provider = await startScriptedProvider()
  t.after(() => provider.close())
  const { issuer, routes, received } = provider
  routes.set(path, answer)
  const url = `${issuer}${path}`
  const query = { url, at, timeZone: undefined, caBundle: undefined, allowInsecureHTTP: true }
  return {
    url,
    received,
    ask: (change: Partial<typeof query> = {}) => sources.shiftsAt({ ...query, ...change }),
  }
}
