import assert from 'node:assert/strict'
import { test } from 'node:test'
import { denied } from '../../../../src/core/sentences/denial.ts'
import { anApprovalRequest, aPolicy } from '../../../support/builders/builders.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'

const request = anApprovalRequest().pending()
const gate = { gate: 'prod', analysisRunUID: 'run-1' }
const pausing = (pauseAfterRefusal: string) => [
  aPolicy({ limits: { ...aPolicy().spec.limits, pauseAfterRefusal } }),
]
const clock = (seconds: number): string => `${at(seconds).slice(11, 16)} UTC`
const start = `alice@company.com denied the request at ${clock(30)}. A denial is an answer: do not ask for the same again. If something has changed, `
const toPeople = 'ask with a summary that says what is different.'
const toOwners = 'change the Rollout: each revision is a request of its own.'
const paused = (seconds: number, pause: string): string =>
  ` Requests of this requester about Rollout foo-v2 wait until ${clock(30 + seconds)} in any case (policy prod-promotions, limits.pauseAfterRefusal: ${pause}).`

for (const [name, asked, policies, want] of [
  ['a pause of a minute', request, pausing('1m'), `${toPeople}${paused(60, '1m')}`],
  ['a pause of an hour', request, pausing('1h'), `${toPeople}${paused(3600, '1h')}`],
  ['no pause', request, pausing('0s'), toPeople],
  ['a policy that is gone', request, [], toPeople],
  [
    'a Rollout’s owner',
    request.saying({ parameters: gate }),
    pausing('1m'),
    `${toOwners}${paused(60, '1m')}`,
  ],
] as const)
  test(`a denial invites nobody to ask the same again: ${name}`, () => {
    assert.equal(denied(asked, policies, { now: t(30) }), `${start}${want}`)
  })
