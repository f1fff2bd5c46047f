/**
 * POST /channel: the provider brings a prompt. 201 says that it is kept and will be shown; anything else that nobody was
 * disturbed.
 */
import type { Context } from 'hono'
import type { ApprovalRequest } from '../../api/objects.ts'
import { bearerOf } from '../../core/bearer.ts'
import { earlier, secondsAfter } from '../../core/duration.ts'
import type { AuthenticationChannel, PromptIdentity } from '../../core/ports/channel.ts'
import type { Resource } from '../../core/ports/cluster.ts'
import type { Clock, Log } from '../../core/ports/surroundings.ts'
import { parseChannelRequest } from './body.ts'
import type { ChannelRequest } from './body.ts'
import type { Prompts } from '../prompts/store.ts'
import { mismatchOf } from './recognition.ts'
import type { Mismatch } from './recognition.ts'

/** What a prompt is verified against, and where it is kept. */
export type ChannelParts = {
  readonly requests: Pick<Resource<ApprovalRequest>, 'get'>
  readonly channel: AuthenticationChannel
  readonly prompts: Prompts
  readonly clock: Clock
  readonly log: Log
  /** Called for each bearer that proves nothing, with the reason. */
  readonly onForeign: (reason: string) => void
}

const longestPromptSeconds = 24 * 60 * 60

/** Keeps a prompt if the provider signed it and the operator asked it: 201, or 400, 401 or 503 with an OAuth error in JSON. */
export async function receivePrompt(context: Context, parts: ChannelParts): Promise<Response> {
  const { channel, log, onForeign } = parts
  const bearer = bearerOf(context.req.header('authorization'))
  if (bearer === undefined) return unauthorized(context, 'a bearer token is required')
  const verification = await channel.verifyBearer(bearer)
  if (verification.kind === 'Unreachable') return unavailable(context, log, verification.detail)
  if (verification.kind === 'Refused') {
    const reason = `the bearer token fails at ${verification.clause}`
    onForeign(reason)
    return unauthorized(context, reason)
  }
  const parsed = parseChannelRequest(await jsonOf(context))
  if (parsed.kind === 'Malformed') {
    const reason = `${parsed.field} is missing or malformed`
    return invalid(context, log, { reason, told: reason })
  }
  const { request } = parsed
  try {
    const mismatch = mismatchOf(await parts.requests.get(request.ref), request, verification.prompt.clientID)
    if (mismatch !== undefined) return invalid(context, log, mismatch)
    await keep({ request, bearer, identity: verification.prompt }, parts)
  } catch (error) {
    return unavailable(context, log, String(error))
  }
  log.info('prompt received', { ...request.ref, loginHint: request.loginHint })
  return context.json({}, 201)
}

type Brought = {
  readonly request: ChannelRequest
  readonly bearer: string
  readonly identity: PromptIdentity
}

async function keep({ request, bearer, identity }: Brought, { prompts, clock }: ChannelParts): Promise<void> {
  const { ref, digest, authorizationDetails } = request
  await prompts.keep({
    ref,
    digest,
    subject: identity.subject,
    expiresAt: earlier(identity.expiresAt, secondsAfter(clock.now(), longestPromptSeconds)).toISOString(),
    takesChanges: authorizationDetails !== undefined,
    state: { kind: 'Waiting', bearer },
  })
}

function unauthorized(context: Context, description: string): Response {
  return context.json({ error: 'invalid_token', error_description: description }, 401, {
    'www-authenticate': 'Bearer error="invalid_token"',
  })
}

function invalid(context: Context, log: Log, { told, reason }: Mismatch): Response {
  log.warn('prompt refused', { reason })
  return context.json({ error: 'invalid_request', error_description: told }, 400)
}

function unavailable(context: Context, log: Log, reason: string): Response {
  log.warn('prompt refused', { reason })
  return context.json({ error: 'temporarily_unavailable' }, 503)
}

async function jsonOf(context: Context): Promise<unknown> {
  try {
    return await context.req.json()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
