/** What is written before a prompt, after it, and when it reached nobody. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withIntent } from '../../../../src/core/request/verdict.ts'
import { anApprovalRequest, aProvider, theTerms } from '../../../support/builders/builders.ts'
import { surroundings } from '../../../support/builders/surroundings.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'
import { recorded } from '../../../support/assertions/recording.ts'

const fresh = anApprovalRequest()
const intended = fresh.intended()
const blocked = { kind: 'Blocked', reason: 'Throttled', message: 'Bob first.' } as const
const prompted = { kind: 'Prompted', handle: 'sealed', expiresInSeconds: 120, intervalSeconds: 7 } as const

test('a blocked request says why, and until when it is retried', () => {
  const { status } = recorded({ request: fresh }, { kind: 'Blocked', blocked, deadline: t(900) })
  const until = `${at(900).slice(11, 16)} UTC`
  assert.equal(status?.conditions?.[0]?.message, `Bob first. Retried until ${until}.`)
  assert.deepEqual([status.deadline, status.expires], [at(900), at(900)])
})

for (const [name, before, want] of [
  ['the first time', undefined, { until: t(11), failures: 1 }],
  ['the second time', { kind: 'Backoff', until: t(10), failures: 1 }, { until: t(12), failures: 2 }],
  ['the fifth time', { kind: 'Backoff', until: t(10), failures: 4 }, { until: t(26), failures: 5 }],
  ['the hundredth time', { kind: 'Backoff', until: t(10), failures: 99 }, { until: t(70), failures: 100 }],
] as const)
  test(`a check that fails ${name} waits longer`, () => {
    const outcome = { kind: 'NotAskable', blocked, deadline: t(600) } as const
    const { progress } = recorded({ request: fresh, progress: before }, outcome)
    assert.deepEqual(progress, { kind: 'Backoff', ...want })
  })

test('an attempt whose id another process has written is not taken back', () => {
  const stale = { kind: 'NotPrompted', error: 'temporarily_unavailable' } as const
  const { status } = recorded({ request: fresh.pending() }, stale)
  assert.equal(status, undefined)
})

test('after the prompt the status holds the sealed id', () => {
  const { status, progress } = recorded({ request: intended }, prompted)
  assert.deepEqual(status?.prompts, [
    {
      id: 'approver-1',
      attempt: 1,
      approver: 'alice@company.com',
      sentAt: at(0),
      handle: 'sealed',
      expiresAt: at(120),
      intervalSeconds: 7,
    },
  ])
  assert.deepEqual(status.effective, theTerms())
  assert.deepEqual(progress, { kind: 'Polling', nextAt: t(17), intervalSeconds: 7, failures: 0 })
})

for (const [name, expiresInSeconds, deadline, expiresAt] of [
  ['an earlier end of the provider’s', 599, at(599), at(599)],
  ['the same end', 600, at(600), at(600)],
  ['a later end of the provider’s', 601, at(600), at(601)],
  ['an end beyond all dates', 1e300, at(600), at(31_536_000)],
  ['an end in another millennium', 1e12, at(600), at(31_536_000)],
] as const)
  test(`the deadline after a prompt with ${name}`, () => {
    const { status } = recorded({ request: intended }, { ...prompted, expiresInSeconds })
    assert.deepEqual([status?.deadline, status?.expires], [deadline, deadline])
    assert.equal(status?.prompts?.[0]?.expiresAt, expiresAt)
  })

test('a prompt shorter than its interval is asked about after one', () => {
  const { progress } = recorded({ request: intended }, { ...prompted, expiresInSeconds: 12 })
  assert.deepEqual(progress, { kind: 'Polling', nextAt: t(17), intervalSeconds: 7, failures: 0 })
})

test('while an answer is awaited the message names approver, code and end', () => {
  const { status } = recorded({ request: intended }, prompted)
  const message = status?.conditions?.[0]?.message ?? ''
  for (const word of ['alice@company.com', status?.code ?? '?', `${at(120).slice(11, 16)} UTC`])
    assert.ok(message.includes(word), message)
})

test('an attempt that reached nobody keeps its number and loses its sentAt', () => {
  const request = fresh.intended({ attempt: 3 })
  const { status } = recorded({ request }, { kind: 'NotPrompted', error: 'temporarily_unavailable' })
  assert.deepEqual(status?.prompts, [{ id: 'approver-1', attempt: 3, approver: 'alice@company.com' }])
  assert.deepEqual([status.effective, status.deadline], [theTerms(), at(600)])
})

test('the attempt after one that reached nobody has the next number', () => {
  const { status = {} } = recorded({ request: intended }, { kind: 'NotPrompted', error: 'server_error' })
  const terms = {
    kind: 'Terms',
    effective: theTerms(),
    provider: aProvider(),
    deadline: t(600),
    unaskedDeadline: t(600),
    leastSeconds: 60,
    prompts: ['approver-1'],
  } as const
  const next = withIntent(
    fresh.having(status),
    {
      ...{ terms, surroundings: surroundings() },
      ...{ kid: 'k1', signsAssertion: false },
    },
    t(12),
  )
  assert.deepEqual(next.prompts, [
    { id: 'approver-1', attempt: 2, approver: 'alice@company.com', sentAt: at(12) },
  ])
})

for (const [retryAfterSeconds, seconds] of [
  [undefined, 4],
  [3, 4],
  [30, 30],
] as const)
  test(`a prompt that reached nobody is sent again after ${seconds} s, Retry-After ${retryAfterSeconds ?? 'absent'}`, () => {
    const given = { request: intended, progress: { kind: 'Backoff', until: t(9), failures: 2 } } as const
    const error = { kind: 'NotPrompted', error: 'server_error' } as const
    const { progress } = recorded(given, {
      ...error,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    })
    const ordered = retryAfterSeconds === undefined ? {} : { isOrdered: true }
    assert.deepEqual(progress, { kind: 'Backoff', until: t(10 + seconds), failures: 3, ...ordered })
  })

test('a refusal quotes the provider', () => {
  const refusal = { kind: 'NotPrompted', error: 'of_its_own', description: 'No such thing' } as const
  const { status } = recorded({ request: intended }, refusal)
  assert.ok(status?.conditions?.[0]?.message.includes('of_its_own ("No such thing")'))
})

test('access_denied at the backchannel endpoint is never Denied', () => {
  const { status } = recorded({ request: intended }, { kind: 'NotPrompted', error: 'access_denied' })
  assert.equal(status?.outcome, 'Failed')
  assert.deepEqual(
    status.conditions?.map(({ type }) => type),
    ['Complete', 'Failed'],
  )
})
