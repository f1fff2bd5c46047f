import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  deadlineUnasked,
  deadlineWhenAsked,
  expiryOf,
  isTooLate,
} from '../../../../src/core/request/expiry.ts'
import { anApprovalRequest, aPolicy } from '../../../support/builders/builders.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'

const request = anApprovalRequest()
const { spec } = aPolicy({ requestedExpiry: { default: '10m', max: '2h' } })

for (const [name, asked, subjectEnd, want] of [
  ['the policy’s default', request, undefined, { seconds: 600, latest: t(7200), leastSeconds: 60 }],
  [
    'its own',
    request.saying({ requestedExpiry: '1m' }),
    undefined,
    { seconds: 60, latest: t(7200), leastSeconds: 15 },
  ],
  [
    'four minutes',
    request.saying({ requestedExpiry: '4m' }),
    undefined,
    { seconds: 240, latest: t(7200), leastSeconds: 60 },
  ],
  ['a subject that ends before', request, t(1800), { seconds: 600, latest: t(1800), leastSeconds: 60 }],
  ['a subject that ends after', request, t(9999), { seconds: 600, latest: t(7200), leastSeconds: 60 }],
  ['a subject that is short', request, t(30), { seconds: 600, latest: t(30), leastSeconds: 7.5 }],
  [
    'more than the policy allows',
    request.saying({ requestedExpiry: '3h' }),
    undefined,
    { seconds: 10_800, latest: t(10_800), leastSeconds: 60 },
  ],
] as const)
  test(`a request has ${name}`, () => {
    assert.deepEqual(expiryOf(asked, spec, subjectEnd), want)
  })

const expiry = { seconds: 60, latest: t(7200), leastSeconds: 15 }

for (const [name, now, want] of [
  ['begins when the approver is asked', 3600, t(3660)],
  ['ends within the policy’s maximum', 7170, t(7200)],
] as const)
  test(`the approver’s time ${name}`, () => {
    assert.deepEqual(deadlineWhenAsked(expiry, t(now)), want)
  })

for (const [now, want] of [
  [7185, false],
  [7185.001, true],
  [7200, true],
] as const)
  test(`${7200 - now} s before the end it is ${want ? '' : 'not '}too late to ask`, () => {
    assert.equal(isTooLate(t(7200), 15, t(now)), want)
  })

const inLine = request.waitingFor('Throttled').having({ deadline: at(7200) })

for (const [name, asked, now, want] of [
  ['nobody looked yet, from its creation', request, 30, t(60)],
  ['its turn has come, from then', inLine, 3600, t(3660)],
  ['its turn has come near the maximum, to that', inLine, 7170, t(7200)],
  [
    'it waits for the provider since its turn came, as was said',
    request.waitingFor('IdentityProviderNotReady').having({ deadline: at(3660) }),
    3630,
    t(3660),
  ],
  [
    'no policy matched before, from its creation',
    request.waitingFor('NoMatchingPolicy').having({ deadline: at(900) }),
    30,
    t(60),
  ],
] as const)
  test(`a request that cannot be asked stands, where ${name}`, () => {
    assert.deepEqual(deadlineUnasked(asked, expiry, t(now)), want)
  })
