/** One controller, many providers with faults, and one without that is asked all the time. */
import assert from 'node:assert/strict'
import { startCompanyProvider } from '../fakes/providers/company.ts'
import type { CompanyProvider } from '../fakes/providers/company.ts'
import { startOperator } from './operator.ts'
import type { Operator } from './operator.ts'
import { ask, isFinal } from '../clusters/question.ts'

export type FaultScene = {
  readonly operator: Operator
  /** A provider that is closed with the scene. */
  readonly openProvider: (metadata?: Readonly<Record<string, unknown>>) => Promise<CompanyProvider>
  /** Everything that the providers gave out in confidence. */
  secrets(): ReadonlySet<string>
  /** @returns the seconds that each question to the provider without faults took; the last one was put just now */
  endHealthy(): Promise<readonly number[]>
  close(): Promise<void>
}

export async function startFaultScene(): Promise<FaultScene> {
  const operator = await startOperator(...['--hold-seconds', '1'], ...['--refused-client-seconds', '1'])
  const providers: CompanyProvider[] = []
  const openProvider: FaultScene['openProvider'] = async (metadata) => {
    const provider = await startCompanyProvider(metadata)
    providers.push(provider)
    return provider
  }
  const ending = new AbortController()
  const healthy = askAllTheTime(operator, await openProvider(), ending.signal)
  // Whoever ends it hears of it.
  healthy.catch(() => undefined)
  return {
    operator,
    openProvider,
    secrets: () => new Set(providers.flatMap(({ secrets }) => [...secrets])),
    endHealthy: () => {
      ending.abort()
      return healthy
    },
    async close() {
      ending.abort()
      await healthy.catch(() => undefined)
      await operator.stop()
      await Promise.all(providers.map((provider) => provider.close()))
    },
  }
}

async function askAllTheTime(
  operator: Operator,
  provider: CompanyProvider,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const seconds: number[] = []
  for (let isLast = false; !isLast;) {
    isLast = signal.aborted
    const from = performance.now()
    const question = await ask(operator, provider)
    await question.until(isFinal)
    assert.equal(question.story(), 'Prompting AuthorizationPending Approved', question.words())
    seconds.push((performance.now() - from) / 1000)
  }
  return seconds
}
