import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitsOf } from '../../../../src/core/limits/policy-limits.ts'
import { throttleOf } from '../../../../src/core/limits/throttle.ts'
import type { Counts, Tally } from '../../../../src/core/limits/throttle.ts'
import { clock } from '../../../../src/core/sentences/messages.ts'
import { anApprovalRequest, aPolicy, theTerms } from '../../../support/builders/builders.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

const request = anApprovalRequest()
const none: Tally = { count: 0, endsMs: () => [], orphans: () => 0, unneededMs: () => [] }
const tally = (count: number, orphans = 0, unneeded = 0): Tally => ({
  count,
  endsMs: () => Array.from({ length: count }, (_, n) => t(600 + n).getTime()),
  orphans: () => orphans,
  unneededMs: () => Array.from({ length: unneeded }, (_, n) => t(600 + n).getTime()),
})
const nothing: Counts = {
  promptsOf: () => [],
  openPrompts: () => none,
  promptsWithinHour: () => none,
  openRequests: () => 0,
  ahead: () => 0,
}
const limited = (limits: object) => limitsOf(aPolicy({ limits: { ...aPolicy().spec.limits, ...limits } }))

for (const [name, limits, counts, want] of [
  [
    'more requests are open than this policy allows',
    { openRequestsPerRequester: 1 },
    { openRequests: () => 5 },
    'has 5 open requests (asked about, or waiting to be); policy prod-promotions allows 1 (limits.openRequestsPerRequester: 1).',
  ],
  [
    'more prompts are open than this policy allows',
    { openPromptsPerApprover: 2 },
    { openPrompts: () => tally(5) },
    'has 5 open prompts from namespace demo; policy prod-promotions keeps one of 2 for other namespaces',
  ],
  [
    'some prompts are of deleted requests',
    { openPromptsPerApprover: 1 },
    { openPrompts: () => tally(3, 2) },
    'has 3 open prompts, 2 of them of requests that were deleted, which count until they expire; policy prod-promotions allows 1',
  ],
  [
    'all prompts are of deleted requests',
    { openPromptsPerApprover: 1 },
    { openPrompts: () => tally(2, 2) },
    'has 2 open prompts, all of them of requests that were deleted, which count until they expire;',
  ],
  [
    'one prompt needs no answer any more',
    { openPromptsPerApprover: 1 },
    { openPrompts: () => tally(3, 0, 1) },
    `has 3 open prompts, one of which needs no answer any more and counts until it expires at ${clock(t(600))}; policy prod-promotions allows 1`,
  ],
  [
    'some prompts need no answer any more, and one is of a deleted request',
    { openPromptsPerApprover: 1 },
    { openPrompts: () => tally(4, 1, 2) },
    `has 4 open prompts, 1 of them of requests that were deleted, which count until they expire, 2 of which need no answer any more and count until they expire, the last at ${clock(t(601))};`,
  ],
  [
    'no prompt needs an answer any more',
    { openPromptsPerApprover: 1 },
    { openPrompts: () => tally(2, 0, 2) },
    `has 2 open prompts, all of which need no answer any more and count until they expire, the last at ${clock(t(601))};`,
  ],
  [
    'the only prompt needs no answer any more',
    { openPromptsPerApprover: 1 },
    { openPrompts: () => tally(1, 0, 1) },
    `has 1 open prompt, which needs no answer any more and counts until it expires at ${clock(t(600))};`,
  ],
  [
    'there is room, and older requests are to have it',
    { openPromptsPerApprover: 1 },
    { ahead: (queue: string) => (queue.startsWith('open') ? 2 : 0) },
    'has 0 open prompts, and 2 more before this request; policy prod-promotions allows 1',
  ],
  [
    'one prompt an hour is all that there is, and is kept for nobody',
    { promptsPerApproverPerHour: 1 },
    { promptsWithinHour: () => tally(1) },
    'got 1 prompt within an hour; policy prod-promotions allows 1 (limits.promptsPerApproverPerHour: 1).',
  ],
  [
    'a namespace has its share of an hour',
    { promptsPerApproverPerHour: 8 },
    { promptsWithinHour: () => tally(7) },
    'got 7 prompts from namespace demo within an hour; policy prod-promotions keeps 2 of 8 for other namespaces',
  ],
] as const satisfies readonly (readonly [string, object, Partial<Counts>, string])[])
  test(`a limit is said with what is used of it: ${name}`, () => {
    const applicant = { request, terms: theTerms(), limits: limited(limits), prompt: 'approver-1' }
    const { message } = throttleOf(applicant, { ...nothing, ...counts }, t(0)) ?? assert.fail()
    assert.ok(message.includes(want), message)
  })
