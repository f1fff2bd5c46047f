/**
 * Takes a provider's ping (CIBA Core §10.2), on any replica: it writes down that the answer is there, and the leader, whom its
 * watch wakes, asks for it. Where the answer to the prompt was lost, the ping brings the prompt's id, and this is W2.
 */
import type { ApprovalRequest, Prompt } from '../api/objects.ts'
import { kidOf, readNotificationToken } from '../core/prompt/notification-token.ts'
import { pingedPrompt, withPing } from '../core/prompt/ping.ts'
import { bindingOf } from '../core/answer/token-secret.ts'
import type { Cache, Resource, Written } from '../core/ports/cluster.ts'
import type { AttemptBinding, Sealer } from '../core/ports/sealing.ts'
import type { Clock, Log } from '../core/ports/surroundings.ts'
import type { SharedRate } from '../core/shared-rate.ts'

/** A ping that is well-formed: the bearer `client_notification_token`, and the `auth_req_id` of its body. */
export type Ping = { readonly token: string; readonly authReqId: string }

/**
 * `Recorded`: the first about this prompt. `Recovered`: it brought the prompt's id as well. `Known`: nothing to write.
 * `Unwritten`: it could not be written, so the answer is found by polling. `Foreign`: not our token, or not about this prompt.
 * `TooMany`: the request has been read too often for pings.
 */
export type PingOutcome = 'Recorded' | 'Recovered' | 'Known' | 'Unwritten' | 'Foreign' | 'TooMany'

/** What pings are checked against and written to. */
export type PingReceiver = {
  readonly cache: Cache<ApprovalRequest>
  readonly requests: Pick<Resource<ApprovalRequest>, 'get' | 'replaceStatus'>
  readonly sealer: Sealer
  /** How often requests are read from the API server, each by its uid. */
  readonly reads: SharedRate
  readonly clock: Clock
  readonly log: Log
}

/**
 * What a ping may cost the API server. Whoever was sent a prompt once can ping about it for ever: with another id, or when the request is
 * gone. A provider that is honest needs one read, if the watch lags behind.
 */
export const readRates = { each: { perSecond: 1, burst: 5 }, all: { perSecond: 50, burst: 500 } } as const

/** Others write to the request as well, but not often. */
const mostTries = 5

/**
 * Records on the request's status that the answer is there; the controller, whose watch sees that, then requests the token. A
 * forged ping costs an HMAC, or a share in a look for its key every two seconds; a repeated one nothing that the cache does
 * not answer.
 * @throws if the prompt's id would be lost: the API server cannot be asked, or the write does not come through
 */
export async function receivePing(receiver: PingReceiver, { token, authReqId }: Ping): Promise<PingOutcome> {
  await receiver.sealer.meet(kidOf(token))
  const notified = readNotificationToken(token, receiver.sealer)
  if (notified === undefined) return 'Foreign'
  const { key, binding } = notified
  const isThere = (request: ApprovalRequest | undefined): request is ApprovalRequest =>
    request?.metadata.uid === binding.uid
  const cached = receiver.cache.get(key)
  if (isThere(cached)) {
    const taken = await note(receiver, cached, { binding, authReqId })
    if (taken !== 'Conflict' && taken !== 'Foreign') return taken
  }
  if (!receiver.reads.take(binding.uid)) return 'TooMany'
  for (let tries = 0; tries < mostTries; tries++) {
    const request = await receiver.requests.get(key)
    if (!isThere(request)) return 'Known'
    const taken = await note(receiver, request, { binding, authReqId })
    if (taken !== 'Conflict') return taken
  }
  throw new Error(`${key.namespace}/${key.name} is written to all the time`)
}

type Note = { readonly binding: AttemptBinding; readonly authReqId: string }

async function note(
  receiver: PingReceiver,
  request: ApprovalRequest,
  { binding, authReqId }: Note,
): Promise<PingOutcome | 'Conflict'> {
  if (request.status?.outcome !== undefined) return 'Known'
  const prompt = pingedPrompt(request, binding)
  if (prompt === undefined) return 'Foreign'
  const handle = await handleOf(receiver, request, { prompt, authReqId })
  if (handle === undefined) return 'Foreign'
  if (prompt.pingedAt !== undefined) return 'Known'
  const status = withPing(request, prompt, { handle, now: receiver.clock.now() })
  const isKnown = prompt.handle !== undefined
  const written = await write(receiver, { ...request, status }, isKnown)
  switch (written?.kind) {
    case 'Applied':
      return isKnown ? 'Recorded' : 'Recovered'
    case 'Conflict':
      return 'Conflict'
    case 'Gone':
      return 'Known'
    case undefined:
      return 'Unwritten'
  }
}

/** The prompt's sealed id; undefined if the ping names another one. */
async function handleOf(
  { sealer }: PingReceiver,
  request: ApprovalRequest,
  { prompt, authReqId }: { readonly prompt: Prompt; readonly authReqId: string },
): Promise<string | undefined> {
  const binding = bindingOf(request, prompt, 'handle')
  if (prompt.handle === undefined) return sealer.seal(binding, authReqId)
  const opened = await sealer.open(binding, prompt.handle)
  return opened.kind === 'Opened' && opened.payload === authReqId ? prompt.handle : undefined
}

/** @returns undefined where it failed and nothing but time is lost by that */
async function write(
  { requests, log }: PingReceiver,
  request: ApprovalRequest,
  isKnown: boolean,
): Promise<Exclude<Written<ApprovalRequest>, { kind: 'UnknownField' }> | undefined> {
  try {
    const written = await requests.replaceStatus(request)
    if (written.kind === 'UnknownField') throw new Error(written.message)
    return written
  } catch (error) {
    if (!isKnown) throw error
    const { namespace, name } = request.metadata
    log.warn('ping not written down, polling goes on', { namespace, name, error: String(error) })
    return undefined
  }
}
