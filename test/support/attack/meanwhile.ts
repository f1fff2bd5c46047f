/** What others get while an attack lasts. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { CompanyProvider } from '../fakes/providers/company.ts'
import type { Operator } from '../scenes/operator.ts'
import { ask, isFinal } from '../clusters/question.ts'

/** The machine may be busy with other tests, and a controller that gets no CPU gives its Lease up. */
export const patient: readonly string[] = ['--lease-seconds', '60', '--renew-deadline-seconds', '40']

export type Others = {
  readonly operator: Operator
  readonly provider: CompanyProvider
  /** How many requests, one after the other. */
  readonly requests: number
  /** From asking to the token. */
  readonly mostSeconds: number
}

/** Each request is approved in time. */
export async function assertAnswered(
  t: TestContext,
  { operator, provider, requests, mostSeconds }: Others,
): Promise<void> {
  for (let times = 0; times < requests; times += 1) {
    const startedAt = performance.now()
    const question = await ask(operator, provider)
    const { status } = await question.until(isFinal, mostSeconds)
    t.diagnostic(`answered after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
    assert.equal(status?.outcome, 'Approved')
  }
}
