import { testFields } from '../../support/assertions/field-table.ts'
import type { FieldCase } from '../../support/assertions/field-table.ts'
import { anApproverGroup, withField } from '../../support/builders/manifests.ts'
import { testTransport } from '../../support/clusters/shared.ts'

const transport = testTransport()
const alice = { name: 'alice@company.com', hint: 'alice' }
const secretRef = { name: 'sre-source', key: 'value' }
const keycloak = { identityProvider: 'company', group: '/sre', clientID: 'countersign-groups', secretRef }
const calendar = { secretRef, by: 'Summary', people: [{ match: 'Alice', ...alice }] }
const people = (count: number): readonly object[] =>
  Array.from({ length: count }, (_, index) => ({ name: `p${index}`, hint: `p${index}` }))

const one = 'set exactly one of members, keycloak and calendar'

const cases: readonly FieldCase[] = [
  ['takes a list of people', 'spec.members', [alice]],
  ['takes a person by subject', 'spec.members', [{ ...alice, subject: '750e' }]],
  ['takes 16 people', 'spec.members', people(16)],
  ['refuses 17 people', 'spec.members', people(17), 'at most 16 items'],
  ['refuses an empty list', 'spec.members', [], 'at least 1 items'],
  ['refuses one name twice', 'spec.members', [alice, { ...alice, hint: 'bob' }], 'Duplicate value'],
  ['wants a hint', 'spec.members', [{ name: 'alice' }], 'Required value'],
  ['refuses a group without a source', 'spec', {}, one],
  ['takes a group of Keycloak', 'spec', { keycloak }],
  ['takes a calendar', 'spec', { calendar }],
  ['refuses two sources', 'spec', { members: [alice], keycloak }, one],
  ['refuses three sources', 'spec', { members: [alice], keycloak, calendar }, one],

  ['takes how often it is refreshed', 'spec.refresh', '10m'],
  ['refuses to refresh all the time', 'spec.refresh', '29s', 'between 30s and 24h'],
  ['refuses to refresh after days', 'spec.refresh', '25h', 'between 30s and 24h'],
  ['refuses a refresh that is no duration', 'spec.refresh', '5 minutes', 'minutes, such as 5m'],
  ['refuses an empty refresh', 'spec.refresh', '', 'between 30s and 24h'],
  ['takes how old members may be', 'spec.maxAge', '10m'],
  ['refuses members that are never too old', 'spec.maxAge', '49h', 'between 1m and 48h'],
  ['takes a refresh of half of maxAge', 'spec', { members: [alice], refresh: '30m' }],
]
testFields(transport, anApproverGroup, cases)

testFields(transport, withField(anApproverGroup, 'spec.refresh', '31m'), [
  ['refuses a refresh of more than half of maxAge', 'spec.maxAge', '1h', 'at least twice as long as refresh'],
  ['takes a maxAge of more than twice the refresh', 'spec.maxAge', '2h'],
])

testFields(transport, withField(anApproverGroup, 'spec', { keycloak }), [
  ['takes a group within a group', 'spec.keycloak.group', '/teams/foo'],
  ['refuses a group that is no path', 'spec.keycloak.group', 'sre', 'such as /sre'],
  ['refuses a path that ends in a slash', 'spec.keycloak.group', '/sre/', 'does not end with it'],
  ['refuses the root', 'spec.keycloak.group', '/', 'at least 2 chars'],
  ['wants an IdentityProvider', 'spec.keycloak.identityProvider', undefined, 'Required value'],
  ['refuses a provider with spaces', 'spec.keycloak.identityProvider', 'No Such', 'such as company'],
  ['wants a client', 'spec.keycloak.clientID', undefined, 'Required value'],
  ['wants a Secret', 'spec.keycloak.secretRef', undefined, 'Required value'],
  ['refuses a Secret with capitals', 'spec.keycloak.secretRef.name', 'Sre', 'lower-case letters'],
  ['refuses a Secret of another namespace', 'spec.keycloak.secretRef.namespace', 'prod', 'unknown field'],
])

testFields(transport, withField(anApproverGroup, 'spec', { calendar }), [
  ['takes attendees', 'spec.calendar.by', 'Attendee'],
  ['refuses organizers', 'spec.calendar.by', 'Organizer', 'supported values: "Attendee", "Summary"'],
  ['takes a time zone', 'spec.calendar.timeZone', 'America/Argentina/Buenos_Aires'],
  ['refuses a time zone with spaces', 'spec.calendar.timeZone', 'Central Europe', 'such as Europe/Berlin'],
  ['wants people', 'spec.calendar.people', undefined, 'Required value'],
  ['refuses no people', 'spec.calendar.people', [], 'at least 1 items'],
  [
    'takes one person by two matches',
    'spec.calendar.people',
    [
      { match: 'Alice', ...alice },
      { match: 'Alice Smith', ...alice },
    ],
  ],
  [
    'refuses one match for two people',
    'spec.calendar.people',
    [
      { match: 'Alice', ...alice },
      { match: 'Alice', name: 'bob', hint: 'bob' },
    ],
    'Duplicate value',
  ],
  ['refuses a URL in the object', 'spec.calendar.url', 'https://calendar.company.com/a', 'unknown field'],
  ['refuses a key with a slash', 'spec.calendar.secretRef.key', 'a/b', 'such as url'],
])
