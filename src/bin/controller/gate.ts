/** Where delivery tools ask whether they may go on; on every replica. */
import { answer } from '../../gate/answer.ts'
import { createGate } from '../../gate/app.ts'
import { createCallers } from '../../gate/callers.ts'
import { callerReviews } from '../../kubernetes/caller-reviews.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { ServerDefinition } from './parts.ts'
import { rolloutSources } from './rollout.ts'

export const gateServer: ServerDefinition = {
  name: 'gate',
  address: ({ gateBindAddress }) => gateBindAddress,
  tls: ({ gateTls }) => gateTls,
  connect: (parts) => {
    const { caches, flags, instruments, log, resources, sealer, transport } = parts
    const { isWatching, ...sources } = rolloutSources(parts)
    const { requests, namespaces } = caches
    const clock = systemClock
    return createGate({
      callers: createCallers({ reviews: callerReviews(transport), clock, audience: flags.gateAudience }),
      answer: (call) => {
        if (!isWatching() || !requests.cache.isSynced || !namespaces.cache.isSynced) return undefined
        const cached = { ...sources.caches, namespaces: namespaces.cache }
        return answer({ ...sources, requests: resources.requests, caches: cached, sealer, clock }, call)
      },
      onAnswer: (said) => {
        instruments.count('countersign_gate_answers_total', { answer: said })
      },
      log,
    })
  },
}
