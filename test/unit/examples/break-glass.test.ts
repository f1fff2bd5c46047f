/** The example for emergencies is asked while its approvers are busy with ordinary requests, and docs/policies.md shows the same limits. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import type { ApprovalPolicy } from '../../../src/api/objects.ts'
import { limitsOf } from '../../../src/core/limits/policy-limits.ts'
import { throttleOf } from '../../../src/core/limits/throttle.ts'
import type { Counts, Tally } from '../../../src/core/limits/throttle.ts'
import { anApprovalRequest, theTerms } from '../../support/builders/builders.ts'
import { theLimits } from '../../support/builders/limits.ts'
import { t } from '../../support/fakes/clocks/clock.ts'

const root = new URL('../../../', import.meta.url)
const file = readFileSync(new URL('deploy/examples/policies/break-glass.yaml', root), 'utf8')
const policy = parse(file) as ApprovalPolicy
const ordinary = theLimits()
const tally = (count: number): Tally => ({
  count,
  endsMs: () => [t(600).getTime()],
  orphans: () => 0,
  unneededMs: () => [],
})

/** As much as ordinary policies, which have the default limits, let there be. */
const busy: Counts = {
  promptsOf: () => [],
  openPrompts: () => tally(ordinary.openPromptsPerApprover),
  promptsWithinHour: () => tally(ordinary.promptsPerApproverPerHour),
  openRequests: () => ordinary.openRequestsPerRequester,
  ahead: () => 0,
}

test('break glass is asked although ordinary policies have used up their limits', () => {
  const request = anApprovalRequest()
  const applicant = { request, terms: theTerms(), limits: limitsOf(policy), prompt: 'approver-1' }
  assert.equal(throttleOf(applicant, busy, t(0))?.message, undefined)
})

test('the page shows the limits that the example has', () => {
  const page = readFileSync(new URL('docs/policies.md', root), 'utf8')
  const shown = /^### Break glass$[^]*?```yaml\n([^]*?)```/m.exec(page)?.[1] ?? assert.fail()
  const { stages, limits } = policy.spec
  assert.deepEqual(parse(shown), { stages, limits })
})
