/** POST /channel: the provider brings a prompt. 201 says that it will be shown; anything else that nobody was disturbed. */
import type { Context } from 'hono'
import { earlier, secondsAfter } from '../core/duration.ts'
import type { AuthenticationChannel } from '../core/ports/channel.ts'
import type { Clock, Log } from '../core/ports/surroundings.ts'
import { parseChannelRequest } from './channel-request.ts'
import type { Prompts } from './prompts.ts'

export type ChannelParts = {
  readonly channel: AuthenticationChannel
  readonly prompts: Prompts
  readonly clock: Clock
  readonly log: Log
}

const longestBearer = 8192
const longestPromptSeconds = 24 * 60 * 60

export async function receivePrompt(context: Context, parts: ChannelParts): Promise<Response> {
  const { channel, prompts, clock, log } = parts
  const bearer = bearerOf(context)
  if (bearer === undefined) return unauthorized(context, 'a bearer token is required')
  const verification = await channel.verifyBearer(bearer)
  if (verification.kind === 'Unreachable') {
    log.warn('prompt refused', { reason: verification.detail })
    return context.json({ error: 'temporarily_unavailable' }, 503)
  }
  if (verification.kind === 'Refused') {
    log.warn('prompt refused', { reason: `the bearer token fails at ${verification.clause}` })
    return unauthorized(context, `the bearer token fails at ${verification.clause}`)
  }
  const parsed = parseChannelRequest(await jsonOf(context))
  if (parsed.kind === 'Malformed') {
    const description = `${parsed.field} is missing or malformed`
    log.warn('prompt refused', { reason: description })
    return context.json({ error: 'invalid_request', error_description: description }, 400)
  }
  const { ref, loginHint } = parsed.request
  const expiresAt = earlier(verification.expiresAt, secondsAfter(clock.now(), longestPromptSeconds))
  if (prompts.add({ ...parsed.request, bearer, expiresAt }) === 'Full') {
    log.warn('prompt refused', { reason: 'too many prompts are open' })
    return context.json({ error: 'temporarily_unavailable' }, 503)
  }
  log.info('prompt received', { ...ref, loginHint })
  return context.json({}, 201)
}

/** RFC 6750 §2.1. */
function bearerOf(context: Context): string | undefined {
  const { token } =
    /^Bearer +(?<token>[\w.~+/-]+=*)$/i.exec(context.req.header('authorization') ?? '')?.groups ?? {}
  return token !== undefined && token.length <= longestBearer ? token : undefined
}

function unauthorized(context: Context, description: string): Response {
  return context.json({ error: 'invalid_token', error_description: description }, 401, {
    'www-authenticate': 'Bearer error="invalid_token"',
  })
}

async function jsonOf(context: Context): Promise<unknown> {
  try {
    return await context.req.json()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
