/** The two requests of CIBA in poll and ping mode: ask the person (CIBA Core §7.1), ask for the token (§10.1). */
import { ofRequest } from './answered-request.ts'
import type { PromptOutcome, PromptRequest } from '../../core/ports/prompting.ts'
import type { TokenOutcome } from '../../core/ports/redeeming.ts'
import type { Clock } from '../../core/ports/surroundings.ts'
import type { BoundedFetch, Limits } from '../http/bounded-fetch.ts'
import { cibaGrant } from '../../api/names.ts'
import { postForm } from './form-post.ts'
import type { Client } from './form-post.ts'
import { readPromptAnswer } from './prompt-answer.ts'
import { readTokenAnswer } from './token-answer.ts'

/** How requests are sent: through which connections, with which limits and clock. */
export type Line = { readonly fetch: BoundedFetch; readonly limits: Limits; readonly clock: Clock }

/** The authentication request (CIBA Core §7.1): exactly one HTTP request, and what is known of the person after it. */
export async function requestPrompt(
  client: Client,
  request: PromptRequest,
  line: Line,
): Promise<PromptOutcome> {
  const reply = await postForm(client, {
    url: client.metadata.backchannel_authentication_endpoint,
    parameters: promptParameters(client.clientID, request),
    assertion: request.assertion,
    timeoutSeconds: line.limits.promptSeconds,
    fetch: line.fetch,
  })
  switch (reply.kind) {
    case 'Answered':
      return readPromptAnswer(reply.answer, line.clock.now())
    case 'NotSent':
      // Not a byte of the request left, so nobody was disturbed, and it may be tried again.
      return {
        kind: 'NotPrompted',
        error: 'temporarily_unavailable',
        description: reply.detail,
        isLocal: true,
        isUnsent: true,
      }
    case 'NoAnswer':
      return { kind: 'Unknown', detail: `the backchannel authentication endpoint: ${reply.detail}` }
  }
}

function promptParameters(clientID: string, request: PromptRequest): URLSearchParams {
  return new URLSearchParams({
    ...request.extraParameters,
    client_id: clientID,
    scope: request.scope,
    login_hint: request.loginHint,
    binding_message: request.bindingMessage,
    requested_expiry: String(request.requestedExpirySeconds),
    ...(request.notificationToken !== undefined && { client_notification_token: request.notificationToken }),
    ...(request.acrValues !== undefined && { acr_values: request.acrValues }),
    ...(request.resource !== undefined && { resource: request.resource }),
    ...(request.authorizationDetails !== undefined && {
      authorization_details: JSON.stringify(request.authorizationDetails),
    }),
  })
}

/**
 * The token request (CIBA Core §10.1): exactly one HTTP request. The caller never has two under way for one `auth_req_id`
 * (§10.1.1).
 */
export async function requestToken(client: Client, authReqId: string, line: Line): Promise<TokenOutcome> {
  const reply = await postForm(client, {
    url: client.metadata.token_endpoint,
    parameters: new URLSearchParams({ grant_type: cibaGrant, auth_req_id: authReqId }),
    timeoutSeconds: line.limits.tokenSeconds,
    fetch: line.fetch,
  })
  if (reply.kind === 'Answered') return ofRequest(readTokenAnswer(reply.answer, line.clock.now()), authReqId)
  return { kind: 'Unreachable', detail: `the token endpoint: ${reply.detail}` }
}

/**
 * Revokes an access token (RFC 7009 §2), best effort: the answer changes nothing for the caller. An empty token is one that
 * could not be read.
 *
 * @returns whether the provider answered that it is revoked
 */
export async function revoke(client: Client, accessToken: string, line: Line): Promise<boolean> {
  const url = client.metadata.revocation_endpoint
  if (url === undefined || accessToken === '') return false
  const reply = await postForm(client, {
    url,
    parameters: new URLSearchParams({ token: accessToken, token_type_hint: 'access_token' }),
    timeoutSeconds: line.limits.metadataSeconds,
    fetch: line.fetch,
  })
  return reply.kind === 'Answered' && reply.answer.status === 200
}
