import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reasons } from '../../../src/api/reasons.ts'
import { countDecisionsBy, countExchangesBy, measurePending } from '../../../src/telemetry/approvals.ts'
import { createInstruments } from '../../../src/telemetry/instruments.ts'
import { anApprovalRequest, theTerms } from '../../support/builders/builders.ts'
import { approvedBy, aRequestOfSeveral, endedAs, twoOfThree } from '../../support/builders/several.ts'
import { at, manualClock } from '../../support/fakes/clocks/clock.ts'
import { parseExposition } from '../../support/assertions/exposition.ts'

const pending = anApprovalRequest().pending()
const approved = anApprovalRequest().finished('Approved')

test('a decision is counted once, when it is made', async () => {
  const instruments = createInstruments()
  const count = countDecisionsBy(instruments)
  count({ before: anApprovalRequest(), after: pending })
  count({ before: pending, after: approved })
  count({ before: approved, after: approved })
  const samples = await scrape(instruments)
  assert.equal(samples.get('countersign_decisions_total{outcome="Approved",reason="Approved"}'), 1)
  assert.equal(samples.get('countersign_decision_seconds_count{outcome="Approved"}'), 1)
})

test('an answer that polling found is a missed ping where one was to come', async () => {
  const instruments = createInstruments()
  const count = countDecisionsBy(instruments)
  const pinging = { effective: theTerms({ delivery: 'Ping' }) }
  const [prompt] = approved.status?.prompts ?? []
  const pinged = prompt === undefined ? [] : [{ ...prompt, pingedAt: at(12) }]
  count({ before: pending, after: approved })
  count({ before: pending, after: approved.having({ ...pinging, prompts: pinged }) })
  count({ before: pending, after: approved.having(pinging) })
  count({ before: pending, after: anApprovalRequest().finished('RequestExpired').having(pinging) })
  assert.equal((await scrape(instruments)).get('countersign_missed_pings_total'), 1)
})

test('of several people each prompt is counted by what became of it, and the request once', async () => {
  const instruments = createInstruments()
  const count = countDecisionsBy(instruments)
  const answers = {
    'approver-1': approvedBy('alice'),
    'approver-2': { ...approvedBy('bob'), pingedAt: at(25) },
    'approver-3': { state: 'NotNeeded' },
  } as const
  const decided = endedAs('Approved', aRequestOfSeveral(twoOfThree, answers, { delivery: 'Ping' }))
  count({ before: pending, after: decided })
  count({ before: decided, after: decided })
  const samples = await scrape(instruments)
  const ends = ['Approved', 'Denied', 'Expired', 'Failed', 'NotNeeded'].map((end) =>
    samples.get(`countersign_prompt_ends_total{end="${end}"}`),
  )
  assert.deepEqual(ends, [2, 0, 0, 0, 1])
  assert.equal(samples.get('countersign_decisions_total{outcome="Approved",reason="Approved"}'), 1)
  assert.equal(samples.get('countersign_missed_pings_total'), 1)
})

for (const [name, request, end] of [
  ['approved', approved, 'Approved'],
  ['denied', anApprovalRequest().finished('AccessDenied'), 'Denied'],
  ['expired', anApprovalRequest().finished('RequestExpired'), 'Expired'],
  ['failed', anApprovalRequest().finished('TokenLost'), 'Failed'],
  ['withdrawn', anApprovalRequest().finished('Superseded'), 'NotNeeded'],
] as const)
  test(`the prompt of a request that one person decides is ${name} with it`, async () => {
    const instruments = createInstruments()
    countDecisionsBy(instruments)({ before: pending, after: request })
    assert.equal((await scrape(instruments)).get(`countersign_prompt_ends_total{end="${end}"}`), 1)
  })

test('what nobody saw is no prompt', async () => {
  const instruments = createInstruments()
  const unsent = anApprovalRequest().finished('RequestExpired').having({ prompts: [] })
  countDecisionsBy(instruments)({ before: pending, after: unsent })
  assert.equal((await scrape(instruments)).get('countersign_prompt_ends_total{end="Expired"}'), 0)
})

test('what has not happened yet counts 0, for each final reason', async () => {
  const instruments = createInstruments()
  countDecisionsBy(instruments)
  const samples = await scrape(instruments)
  assert.equal(samples.get('countersign_decisions_total{outcome="Failed",reason="TokenLost"}'), 0)
  const series = [...samples.keys()].filter((name) => name.startsWith('countersign_decisions_total'))
  const final = Object.values(reasons).filter(({ stands }) => stands !== 'Waiting')
  assert.equal(series.length, final.length)
})

test('only a backchannel request is a prompt', async () => {
  const instruments = createInstruments()
  const count = countExchangesBy(instruments)
  for (const result of ['Ok', 'Error', 'Unreachable'] as const)
    count({ endpoint: 'backchannel_authentication', result, seconds: 0.1 })
  count({ endpoint: 'token', result: 'Pending', seconds: 0.1 })
  const samples = await scrape(instruments)
  for (const outcome of ['prompted', 'not_prompted', 'unknown'])
    assert.equal(samples.get(`countersign_prompts_total{outcome="${outcome}"}`), 1, outcome)
  const label = 'endpoint="token",result="pending"'
  assert.equal(samples.get(`countersign_provider_request_seconds_count{${label}}`), 1)
})

test('what waits is counted by its reason, with the oldest age', async () => {
  const clock = manualClock()
  const instruments = createInstruments()
  const requests = [
    anApprovalRequest(),
    anApprovalRequest().named('a', 'uid-1').waitingFor('Throttled'),
    anApprovalRequest().named('b', 'uid-2').waitingFor('NoMatchingPolicy'),
    approved.named('c', 'uid-3'),
  ]
  const tell = measurePending(instruments, clock)
  for (const request of requests) tell(undefined, request)
  tell(requests[2], requests[2]?.waitingFor('Throttled'))
  clock.advance(90)
  const samples = await scrape(instruments)
  assert.equal(samples.get('countersign_pending_requests{reason="New"}'), 1)
  assert.equal(samples.get('countersign_pending_requests{reason="Throttled"}'), 2)
  assert.equal(samples.get('countersign_oldest_pending_request_seconds'), 90)
  for (const request of requests) tell(request, undefined)
  const later = await scrape(instruments)
  assert.equal(later.has('countersign_pending_requests{reason="Throttled"}'), false)
  assert.equal(later.get('countersign_oldest_pending_request_seconds'), 0)
})

test('a token is out until it expires', async () => {
  const clock = manualClock()
  const instruments = createInstruments()
  const tell = measurePending(instruments, clock)
  const token = { secretName: 'foo-v2.countersign', tokenExpiresAt: at(60) }
  tell(undefined, approved.having(token))
  tell(undefined, approved.named('other', 'uid-1').having(token))
  tell(approved.named('other', 'uid-1').having(token), undefined)
  assert.equal((await scrape(instruments)).get('countersign_outstanding_tokens'), 1)
  clock.advance(60)
  assert.equal((await scrape(instruments)).get('countersign_outstanding_tokens'), 0)
})

async function scrape(
  instruments: ReturnType<typeof createInstruments>,
): Promise<ReadonlyMap<string, number>> {
  const response = await instruments.expose()
  return parseExposition(await response.text()).samples
}
