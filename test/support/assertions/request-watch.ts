/** Every version that each ApprovalRequest of a cluster has had, as a watch tells them. */
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { summaryOf } from '../../../src/core/request/conditions.ts'
import { kinds } from '../../../src/kubernetes/client/kinds.ts'
import { Reflector } from '../../../src/kubernetes/watch/reflector.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import type { Transport } from '../../../src/kubernetes/client/transport.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { soon } from './patience.ts'

export type Claim = (request: ApprovalRequest) => boolean

export type RequestWatch = {
  /** Resolves with the newest version of the request of this name, once `isReached` holds for it. */
  until(name: string, isReached: Claim): Promise<ApprovalRequest>
  /** Of all objects of this name, one after the other. */
  versions(name: string): readonly ApprovalRequest[]
  stop(): Promise<void>
}

export async function watchRequests(transport: Transport): Promise<RequestWatch> {
  const seen = new Map<string, ApprovalRequest[]>()
  const waiting = new Set<() => void>()
  const versions = (name: string): readonly ApprovalRequest[] => seen.get(name) ?? []
  const reflector = new Reflector<ApprovalRequest>({
    source: resource<ApprovalRequest>(transport, kinds.approvalRequests),
    clock: systemClock,
    onChange: (_, request) => {
      if (request === undefined) return
      seen.set(request.metadata.name, [...versions(request.metadata.name), request])
      for (const look of waiting) look()
    },
  })
  reflector.start()
  await reflector.hasSynced
  return {
    versions,
    until: async (name, isReached) => {
      const { promise, resolve } = Promise.withResolvers<ApprovalRequest>()
      const look = (): void => {
        const newest = versions(name).at(-1)
        if (newest !== undefined && isReached(newest)) resolve(newest)
      }
      waiting.add(look)
      look()
      try {
        return await soon(promise, () => `${name} is at ${wordsOf(versions(name).at(-1))}`)
      } finally {
        waiting.delete(look)
      }
    },
    stop: () => reflector.stop(),
  }
}

function wordsOf(request: ApprovalRequest | undefined): string {
  const said = request && summaryOf(request)
  return said === undefined ? 'nothing yet' : `${said.reason}: ${said.message}`
}
