/** A network in which every message takes as long as fast-check's scheduler wants, and some never come. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Scheduler } from 'fast-check'
import { KubernetesUnreachableError } from '../../../../src/kubernetes/client/api-error.ts'

/** What becomes of one exchange. `Late`: who asked has given up when the request arrives. */
export type Mishap = 'None' | 'RequestLost' | 'AnswerLost' | 'Late' | 'SlowRequest' | 'SlowAnswer'

/** As by a process that stands still: no time-out of its own goes off in between. */
const slowMs = 9000

export type FaultyNetwork = {
  /** Asks a server across the network; `answer` runs there, once at most. */
  exchange<T>(answer: () => T): Promise<T>
  /** One message, which arrives. */
  travel(): Promise<void>
  /** From now on everything arrives. */
  heal(): void
}

export function faultyNetwork(scheduler: Scheduler, mishaps: Iterator<Mishap>): FaultyNetwork {
  let isHealed = false
  const travel = (): Promise<void> => scheduler.schedule(Promise.resolve())
  const nobodyAnswers = async (): Promise<never> => {
    await travel()
    throw new KubernetesUnreachableError('no answer')
  }
  return {
    travel,
    heal: () => void (isHealed = true),
    async exchange(answer) {
      const next = mishaps.next()
      const mishap = isHealed || next.done === true ? 'None' : next.value
      if (mishap === 'RequestLost') return nobodyAnswers()
      if (mishap === 'SlowRequest') await wait(slowMs)
      const answered = travel().then(answer)
      // Whoever waits for it hears of it.
      answered.catch(() => undefined)
      if (mishap === 'Late') return nobodyAnswers()
      await answered.catch(() => undefined)
      if (mishap === 'AnswerLost') return nobodyAnswers()
      if (mishap === 'SlowAnswer') await wait(slowMs)
      await travel()
      return answered
    },
  }
}
