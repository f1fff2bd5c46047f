/** Reports how each exchange with a provider went and how long it took. */
import type { PromptOutcome } from '../../core/ports/prompting.ts'
import type { ProviderExchange } from '../../core/ports/provider.ts'
import type { TokenOutcome } from '../../core/ports/redeeming.ts'

/** Called for each exchange, for metrics. */
export type ExchangeObserver = (exchange: ProviderExchange) => void

type Timing<T> = {
  readonly endpoint: ProviderExchange['endpoint']
  readonly resultOf: (value: T) => ProviderExchange['result']
  readonly tell: ExchangeObserver
}

/** Measures one exchange. One that throws counts as unreachable, and its error is thrown on. */
export async function timed<T>(
  { endpoint, resultOf, tell }: Timing<T>,
  exchange: () => Promise<T>,
): Promise<T> {
  const startedMs = performance.now()
  let result: ProviderExchange['result'] = 'Unreachable'
  try {
    const value = await exchange()
    result = resultOf(value)
    return value
  } finally {
    tell({ endpoint, result, seconds: (performance.now() - startedMs) / 1000 })
  }
}

/** The label of the metric for an authentication request. */
export function resultOfPrompt({ kind }: PromptOutcome): ProviderExchange['result'] {
  switch (kind) {
    case 'Prompted':
      return 'Ok'
    case 'NotPrompted':
    case 'Malformed':
      return 'Error'
    case 'Unknown':
      return 'Unreachable'
  }
}

/** The label of the metric for a token request; a person who has not answered yet is `Pending` and no error. */
export function resultOfToken(outcome: TokenOutcome): ProviderExchange['result'] {
  switch (outcome.kind) {
    case 'Granted':
      return 'Ok'
    case 'Unreachable':
      return 'Unreachable'
    case 'Malformed':
      return 'Error'
    case 'Error':
      return ['authorization_pending', 'slow_down'].includes(outcome.error) ? 'Pending' : 'Error'
  }
}
