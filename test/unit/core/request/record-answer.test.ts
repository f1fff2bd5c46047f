/** What is written and remembered after the token endpoint has answered, or has not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActionOutcome } from '../../../../src/core/request/outcome.ts'
import type { Progress } from '../../../../src/core/request/observed.ts'
import { anApprovalRequest, aProvider } from '../../../support/builders/builders.ts'
import { at, t } from '../../../support/fakes/clocks/clock.ts'
import { recorded, saidBy } from '../../../support/assertions/recording.ts'
import { aTokenResponse } from '../../../support/fakes/providers/port.ts'

const request = anApprovalRequest().pending()
const polling: Progress = { kind: 'Polling', nextAt: t(10), intervalSeconds: 5, failures: 0 }
const unreachable = { kind: 'Unreachable', detail: 'ECONNREFUSED' } as const
const error = (code: string, more: object = {}): ActionOutcome => ({
  kind: 'TokenError',
  error: code,
  ...more,
})

for (const [name, outcome, seconds, want] of [
  ['pending before the deadline', error('authorization_pending'), 599.999, 'silence'],
  ['pending at the deadline', error('authorization_pending'), 600, 'Expired RequestExpired'],
  ['slow_down before the deadline', error('slow_down'), 599.999, 'silence'],
  // A last request that came too early may hide the answer: there is one more.
  ['slow_down at the deadline', error('slow_down'), 600, 'silence'],
  ['slow_down half a minute after the deadline', error('slow_down'), 630, 'Expired RequestExpired'],
  ['server_error before the deadline', error('server_error'), 599.999, 'silence'],
  ['server_error at the deadline', error('server_error'), 600, 'Expired RequestExpired'],
  ['invalid_client at the deadline', error('invalid_client'), 600, 'Expired RequestExpired'],
  ['out of reach before the deadline', unreachable, 599.999, 'silence'],
  ['out of reach at the deadline', unreachable, 600, 'Expired RequestExpired'],
  ['refused at the deadline', error('access_denied'), 600, 'Denied AccessDenied'],
  ['redeemed already at the deadline', error('invalid_grant'), 600, 'waiting AuthorizationPending'],
] as const)
  test(`${name}: ${want}`, () => {
    assert.equal(saidBy(recorded({ request, progress: polling, seconds }, outcome)), want)
  })

for (const [seconds, want] of [
  [599.999, 'Denied AccessDenied'],
  [600, 'Expired RequestExpired'],
] as const)
  test(`Auth0, which says the same of a refusal and of the end, at ${seconds} s: ${want}`, () => {
    const given = { request, progress: polling, seconds, provider: aProvider({ profile: 'Auth0' }) }
    assert.equal(saidBy(recorded(given, error('access_denied'))), want)
  })

for (const [name, outcome, nextAt, intervalSeconds] of [
  ['authorization_pending', error('authorization_pending'), t(15), 5],
  [
    'authorization_pending with Retry-After',
    error('authorization_pending', { retryAfterSeconds: 9 }),
    t(19),
    5,
  ],
  ['slow_down', error('slow_down'), t(20), 10],
  ['slow_down with Retry-After', error('slow_down', { retryAfterSeconds: 30 }), t(40), 10],
] as const)
  test(`${name} sets the next token request`, () => {
    const { progress } = recorded({ request, progress: polling }, outcome)
    assert.ok(progress?.kind === 'Polling')
    assert.deepEqual(
      [progress.nextAt, progress.intervalSeconds, progress.failures],
      [nextAt, intervalSeconds, 0],
    )
  })

for (const [name, outcome, seconds, nextAt] of [
  ['the next request would go out at the deadline', error('authorization_pending'), 595, t(600)],
  ['the next request would go out after the deadline', error('authorization_pending'), 596, t(601)],
  ['slow_down would lead beyond the deadline', error('slow_down'), 595, t(605)],
  [
    'the provider wants silence until after the deadline',
    { ...unreachable, retryAfterSeconds: 3600 },
    20,
    t(600),
  ],
  ['the last request came too early', error('slow_down'), 600, t(610)],
  ['the last request came far too early', error('slow_down', { retryAfterSeconds: 3600 }), 600, t(630)],
] as const)
  test(`the last token request is not missed if ${name}`, () => {
    const { progress } = recorded({ request, progress: polling, seconds }, outcome)
    assert.deepEqual(progress?.kind === 'Polling' && progress.nextAt, nextAt)
  })

test('slow_down lengthens all later intervals', () => {
  const first = recorded({ request, progress: polling }, error('slow_down'))
  const second = recorded({ request, progress: first.progress, seconds: 20 }, error('authorization_pending'))
  const rhythm = { kind: 'Polling', nextAt: t(30), intervalSeconds: 10, failures: 0 }
  assert.deepEqual(second.progress, { ...rhythm, pendingAt: t(20) })
})

for (const [name, outcome] of [
  ['an unreachable provider', unreachable],
  ['server_error', error('server_error')],
  ['invalid_client', error('invalid_client')],
] as const)
  test(`${name} keeps the prompt and is asked less and less often`, () => {
    const tired: Progress = { ...polling, failures: 4 }
    const { progress } = recorded({ request, progress: tired }, outcome)
    assert.deepEqual(progress, { ...tired, nextAt: t(26), failures: 5 })
  })

test('Retry-After is obeyed when nothing was decided', () => {
  const { progress } = recorded({ request, progress: polling }, { ...unreachable, retryAfterSeconds: 50 })
  assert.deepEqual(progress, { ...polling, nextAt: t(60), failures: 1 })
})

test('without a memory the interval is the one in status', () => {
  const slow = anApprovalRequest().pending({ intervalSeconds: 12 })
  const { progress } = recorded({ request: slow }, error('authorization_pending'))
  const rhythm = { kind: 'Polling', nextAt: t(22), intervalSeconds: 12, failures: 0 }
  assert.deepEqual(progress, { ...rhythm, pendingAt: t(10) })
})

test('invalid_grant holds, looks for the Secret, and then gives up', () => {
  const first = recorded({ request, progress: polling }, error('invalid_grant'))
  assert.deepEqual(first.progress, { kind: 'Held', until: t(50), heard: { error: 'invalid_grant' } })
  assert.equal(saidBy(first), 'waiting AuthorizationPending')
  const last = recorded({ request, progress: first.progress, seconds: 50 }, { kind: 'NoTokenFound' })
  assert.equal(saidBy(last), 'Failed TokenLost')
})

test('where no token is stored after a restart, it is asked for at once', () => {
  const { progress } = recorded({ request }, { kind: 'NoTokenFound' })
  assert.deepEqual(progress, {
    ...{ kind: 'Polling', nextAt: t(10), intervalSeconds: 5, failures: 0 },
    isTakenOver: true,
  })
})

const response = aTokenResponse()

test('a token that cannot be delivered is kept, and tried less and less often', () => {
  const outcome = { kind: 'Undelivered', response, receivedAt: t(9) } as const
  const first = recorded({ request, progress: polling }, outcome)
  const kept = { kind: 'Redeemed', response, receivedAt: t(9) } as const
  assert.deepEqual(first, { progress: { ...kept, retryAt: t(11), failures: 1 } })
  const second = recorded({ request, progress: first.progress, seconds: 11 }, outcome)
  assert.deepEqual(second, { progress: { ...kept, retryAt: t(13), failures: 2 } })
})

test('a denial says who denied, when, and that it is an answer', () => {
  const { status } = recorded({ request, progress: polling, seconds: 60 }, error('access_denied'))
  const when = `${at(60).slice(11, 16)} UTC`
  assert.equal(
    status?.conditions?.[0]?.message,
    `alice@company.com denied the request at ${when}. A denial is an answer: do not ask for the same again. If something has changed, ask with a summary that says what is different. Requests of this requester about Rollout foo-v2 wait until ${at(120).slice(11, 16)} UTC in any case (policy prod-promotions, limits.pauseAfterRefusal: 1m).`,
  )
})

test('an unknown error is ProviderError and quoted', () => {
  const outcome = error('of_its_own', { description: 'No such thing' })
  const { status } = recorded({ request, progress: polling }, outcome)
  assert.equal(status?.conditions?.[1]?.reason, 'ProviderError')
  assert.ok(status.conditions[1].message.includes('of_its_own ("No such thing")'))
})

const alice = { issuer: 'https://sso.company.com', subject: '750e', name: 'alice@company.com' }
const decision = { approvers: [alice], decidedAt: at(9), seal: 'sealed' }

for (const [name, parameters, want] of [
  ['with other parameters', { wait: '15m' }, 'Approved ApprovedWithChanges'],
  ['with the parameters that were asked', { wait: '5m' }, 'Approved Approved'],
] as const)
  test(`an approval ${name} is ${want}`, () => {
    const asked = request.saying({ parameters: { wait: '5m' } })
    const approval = { decision: { ...decision, parameters }, validUntil: at(309) }
    const done = recorded({ request: asked, progress: polling }, { kind: 'Approved', approval })
    assert.equal(saidBy(done), want)
    const words = done.status?.conditions?.[0]?.message.includes('wait 15m instead of 5m')
    assert.equal(words, want.endsWith('Changes'))
  })

for (const [name, approval, want] of [
  [
    'with a token',
    { decision, validUntil: at(609), tokenExpiresAt: at(309), secretName: 'foo-v2.countersign' },
    { validUntil: at(609), tokenExpiresAt: at(309), secretName: 'foo-v2.countersign', expires: at(309) },
  ],
  ['without a token', { decision, validUntil: at(309) }, { validUntil: at(309), expires: at(309) }],
] as const)
  test(`an approval ${name} is written whole`, () => {
    const { status } = recorded({ request, progress: polling }, { kind: 'Approved', approval })
    assert.deepEqual(status, {
      ...request.status,
      conditions: status?.conditions,
      digest: status?.digest,
      code: status?.code,
      outcome: 'Approved',
      decision,
      approverSummary: 'alice@company.com',
      ...want,
    })
  })
