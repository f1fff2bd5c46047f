/** Tells how each exchange with a provider went and how long it took. */
import type { PromptOutcome } from '../../core/ports/prompting.ts'
import type { ProviderExchange } from '../../core/ports/provider.ts'
import type { TokenOutcome } from '../../core/ports/redeeming.ts'

export type ExchangeObserver = (exchange: ProviderExchange) => void

type Timing<T> = {
  readonly endpoint: ProviderExchange['endpoint']
  readonly resultOf: (value: T) => ProviderExchange['result']
  readonly tell: ExchangeObserver
}

/** What throws counts as unreachable. */
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

export function resultOfToken(outcome: TokenOutcome): ProviderExchange['result'] {
  switch (outcome.kind) {
    case 'Granted':
      return 'Ok'
    case 'Unreachable':
      return 'Unreachable'
    case 'Error':
      return ['authorization_pending', 'slow_down'].includes(outcome.error) ? 'Pending' : 'Error'
  }
}
