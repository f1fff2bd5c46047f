import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { due } from '../../../../src/core/tally/due.ts'
import type { Due, TimedStage } from '../../../../src/core/tally/due.ts'
import type { Answer } from '../../../../src/core/tally/tally.ts'
import { start, t } from '../../../support/fakes/clocks/clock.ts'

const sre: TimedStage = { name: 'sre', required: 1, approvers: ['alice', 'bob', 'carol'] }
const inTurn: TimedStage = { ...sre, turnSeconds: 120 }
const security: TimedStage = { name: 'security', required: 1, approvers: ['dora'] }
const lead: TimedStage = {
  name: 'lead',
  required: 1,
  approvers: ['erin'],
  insteadOf: 'sre',
  afterSeconds: 600,
}
const approved: Answer = { kind: 'Approved', subject: 'somebody' }
const failed: Answer = { kind: 'Failed' }
const open: Answer = { kind: 'Open' }

function at(seconds: number, stages: readonly TimedStage[], answers: Record<string, Answer> = {}): Due {
  return due(stages, new Map(Object.entries(answers)), { askedAt: start, now: t(seconds) })
}

for (const [name, got, want] of [
  ['together everyone is asked at once', at(0, [sre, security]), { ask: ['alice', 'bob', 'carol', 'dora'] }],
  ['in turn one is asked first', at(0, [inTurn]), { ask: ['alice'], nextAt: t(120) }],
  ['then one more each turn', at(120, [inTurn], { alice: open }), { ask: ['alice', 'bob'], nextAt: t(240) }],
  ['until all are asked', at(3_000, [inTurn], { alice: open }), { ask: ['alice', 'bob', 'carol'] }],
  [
    'a prompt that failed passes its turn on',
    at(1, [inTurn], { alice: failed }),
    { ask: ['alice', 'bob'], nextAt: t(120) },
  ],
  [
    'as many as are required are asked first',
    at(0, [{ ...inTurn, required: 2 }]),
    { ask: ['alice', 'bob'], nextAt: t(120) },
  ],
  [
    'who cannot be asked yet passes the turn on, and stays the first',
    due([inTurn], new Map(), { askedAt: start, now: t(1), passing: ['alice'] }),
    { ask: ['alice', 'bob'], nextAt: t(120) },
  ],
  [
    'who stands in is asked later',
    at(599, [security, lead, { ...sre }]),
    {
      ask: ['dora', 'alice', 'bob', 'carol'],
      nextAt: t(600),
    },
  ],
  ['by the clock, if nobody has answered', at(600, [sre, lead]), { ask: ['alice', 'bob', 'carol', 'erin'] }],
  [
    'and not at all for a stage that is satisfied',
    at(600, [sre, security, lead], { alice: approved, dora: open }),
    { ask: ['dora'] },
  ],
  ['nobody is asked any more once all stages are satisfied', at(0, [sre], { bob: approved }), { ask: [] }],
  ['nor after a denial', at(0, [sre], { bob: { kind: 'Denied' } }), { ask: [] }],
] as const)
  test(name, () => {
    assert.deepEqual(got, want)
  })

test('whoever was asked stays asked, and nextAt misses nobody', () => {
  const stages = fc.constantFrom([inTurn], [inTurn, security], [inTurn, lead], [sre, security, lead])
  fc.assert(
    fc.property(stages, fc.nat(2_000), fc.nat(2_000), (all, first, more) => {
      const [earlier, later] = [at(first, all), at(first + more, all)]
      for (const name of earlier.ask) assert.ok(later.ask.includes(name))
      const hasMore = later.ask.length > earlier.ask.length
      if (hasMore) assert.ok(earlier.nextAt && earlier.nextAt <= t(first + more))
    }),
  )
})
