/**
 * I1: the one request that disturbs a person. With `private_key_jwt` the same attempt may be sent again: it carries the same
 * `jti`, which a provider that refuses replays takes once (RFC 7523 §3).
 */
import type { ApprovalRequest } from '../../../api/objects.ts'
import * as say from '../../../core/sentences/messages.ts'
import { issueNotificationToken } from '../../../core/prompt/notification-token.ts'
import { promptOf } from '../../../core/prompt/prompt.ts'
import { promptRequestOf } from '../../../core/prompt/backchannel-request.ts'
import type { Asking } from '../../../core/prompt/backchannel-request.ts'
import { meaningAtBackchannel } from '../../../core/prompt/provider-errors.ts'
import type { ActionOutcome } from '../../../core/request/outcome.ts'
import type { Step } from '../../../core/request/step.ts'
import { keyOf } from '../../../core/object-key.ts'
import { bindingOf } from '../../../core/answer/token-secret.ts'
import type { AssertionClaims, PromptOutcome } from '../../../core/ports/prompting.ts'
import type { ProviderConnection } from '../../../core/ports/provider.ts'
import { connectAgain } from '../connect.ts'
import type { Connecting } from '../connect.ts'
import type { Dependencies } from '../dependencies.ts'

/** What sending takes besides a connection. */
export type Sending = Pick<Dependencies, 'clock' | 'failpoints' | 'ownership' | 'sealer'>

type Addressed = {
  readonly connection: ProviderConnection
  readonly asking: Asking
}

/** The first sending of an attempt whose intent was just written. */
export async function sendPrompt(
  dependencies: Sending,
  request: ApprovalRequest,
  sending: Addressed,
): Promise<ActionOutcome> {
  const assertion = await assertionOf(dependencies, request, sending.asking.prompt)
  const answer = await send(dependencies, request, { ...sending, assertion })
  if (answer.kind === 'NotPrompted') return answer
  if (answer.kind === 'Prompted')
    return prompted(dependencies, request, { ...answer, prompt: sending.asking.prompt })
  if (answer.kind === 'Malformed') return malformed(request, answer.detail)
  if (assertion !== undefined) return unanswered(answer.detail, answer)
  if (sending.asking.terms.delivery === 'Ping') return { kind: 'AwaitingPing' }
  return lost(request, answer.detail)
}

/** Another sending of an attempt whose answer is not known. An error may come from before the provider looked at the assertion. */
export async function sendPromptAgain(
  dependencies: Connecting & Sending,
  request: ApprovalRequest,
  { terms, prompt: { id: prompt } }: Extract<Step, { kind: 'Resend' }>,
): Promise<ActionOutcome> {
  const { effective, provider, deadline } = terms
  const assertion = await assertionOf(dependencies, request, prompt)
  if (assertion === undefined) return lost(request, 'the key that would recognise the prompt is gone')
  const connected = await connectAgain(dependencies, provider, effective)
  if (connected.kind === 'NotReady') return { kind: 'Unanswered', detail: connected.message }
  const asking = { prompt, terms: effective, provider, deadline }
  const answer = await send(dependencies, request, {
    ...{ connection: connected.connection, asking, assertion },
  })
  if (answer.kind === 'Prompted') return prompted(dependencies, request, { ...answer, prompt })
  if (answer.kind === 'Malformed') return malformed(request, answer.detail)
  if (answer.kind === 'Unknown') return unanswered(answer.detail, answer)
  const meaning = meaningAtBackchannel(answer.error)
  if (meaning.kind === 'Retry')
    return unanswered(
      answer.isUnsent === true ? (answer.description ?? '') : `the provider answered ${say.quoted(answer)}`,
      answer,
    )
  // An error that OAuth names comes from behind the client's authentication: the assertion was taken now, not before.
  if (meaning.kind === 'Final' && meaning.reason !== 'ProviderError') return answer
  if (effective.delivery === 'Ping') return { kind: 'AwaitingPing' }
  return lost(request, 'the provider has taken the prompt before, or may have, and its answer was lost')
}

async function send(
  { clock, failpoints, ownership, sealer }: Sending,
  request: ApprovalRequest,
  { connection, asking, assertion }: Addressed & { readonly assertion: AssertionClaims | undefined },
): Promise<PromptOutcome> {
  const notificationToken =
    asking.terms.delivery === 'Ping'
      ? issueNotificationToken(request, promptOf(request, asking.prompt), sealer)
      : undefined
  await failpoints.hit('before:I1')
  const now = clock.now()
  if (!ownership.owns(keyOf(request))) return unsent('the lease was lost before it was sent')
  // A provider would call it invalid_client, as if the client were misconfigured.
  if (assertion !== undefined && now >= assertion.expiresAt)
    return unsent('its assertion expired before it was sent')
  const answer = await connection.requestPrompt(
    promptRequestOf(request, { ...asking, assertion, notificationToken }, now),
  )
  await failpoints.hit('after:I1')
  return answer
}

/** Recorded, if nobody else has written by now, as an attempt that reached nobody. */
function unsent(description: string): PromptOutcome {
  return {
    ...{ kind: 'NotPrompted', error: 'temporarily_unavailable', description },
    ...{ isLocal: true, isUnsent: true },
  }
}

async function prompted(
  { sealer }: Pick<Dependencies, 'sealer'>,
  request: ApprovalRequest,
  answer: Extract<PromptOutcome, { kind: 'Prompted' }> & { readonly prompt: string },
): Promise<ActionOutcome> {
  const { authReqId, expiresInSeconds, intervalSeconds, prompt } = answer
  const handle = await sealer.seal(bindingOf(request, promptOf(request, prompt), 'handle'), authReqId)
  return { kind: 'Prompted', handle, expiresInSeconds, intervalSeconds }
}

/** From what W1 wrote, so that every sending of an attempt has the same. */
async function assertionOf(
  { sealer }: Pick<Dependencies, 'sealer'>,
  request: ApprovalRequest,
  id: string,
): Promise<AssertionClaims | undefined> {
  const prompt = promptOf(request, id)
  const { kid, assertionExpiresAt } = prompt ?? {}
  if (kid === undefined || assertionExpiresAt === undefined) return undefined
  await sealer.meet(kid)
  const jti = sealer.derive(bindingOf(request, prompt, 'assertion'), kid)
  return jti === undefined ? undefined : { jti, expiresAt: new Date(assertionExpiresAt) }
}

/** The same assertion is not sent earlier than the provider wants. */
function unanswered(
  detail: string,
  { retryAfterSeconds }: { readonly retryAfterSeconds?: number },
): ActionOutcome {
  return { kind: 'Unanswered', detail, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) }
}

function malformed(request: ApprovalRequest, detail: string): ActionOutcome {
  return { kind: 'Refused', reason: 'MalformedResponse', message: say.malformedResponse(request, detail) }
}

function lost(request: ApprovalRequest, why: string): ActionOutcome {
  return { kind: 'PromptLost', message: say.promptLost(request, why) }
}
