/**
 * How often an answer may be read from the API server for one caller. What the watches answer costs it nothing and is not counted; a
 * caller that asks about what is not there, or about what is decided, again and again would otherwise make as many calls as it likes.
 */
import { sharedRate } from '../core/shared-rate.ts'
import type { Clock } from '../core/ports/surroundings.ts'
import type { KnownCaller } from './server.ts'

/** The rate of answers for which the API server is read. */
export type LiveReads = {
  /** @returns false if this caller, or its namespace, has had its share */
  take(caller: KnownCaller): boolean
}

/**
 * Answers, each of at most ten reads or three and a new request. A namespace whose Rollouts all come to their gates at once has the
 * burst; no namespace has a share in another one's.
 */
export const liveReadRates = {
  caller: { perSecond: 20, burst: 200 },
  namespace: { perSecond: 40, burst: 400 },
} as const

/** @param clock for the rates; each replica has its own */
export function liveReads(clock: Pick<Clock, 'monotonicMs'>): LiveReads {
  const ofCaller = sharedRate({ each: liveReadRates.caller }, clock)
  const ofNamespace = sharedRate({ each: liveReadRates.namespace }, clock)
  return {
    // The caller's own first: what it is refused must cost its neighbours nothing.
    take: ({ namespace, requester }) => ofCaller.take(requester.username) && ofNamespace.take(namespace),
  }
}
