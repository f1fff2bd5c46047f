import type { ApprovalRequest } from '../../../api/objects.ts'
import { answerUnverified, unreadableAnswer } from '../../../core/sentences/fetching-messages.ts'
import * as say from '../../../core/sentences/messages.ts'
import type { ActionOutcome } from '../../../core/request/outcome.ts'
import type { Pending } from '../../../core/request/step.ts'
import { keyOf } from '../../../core/object-key.ts'
import { bindingOf } from '../../../core/answer/token-secret.ts'
import { blocked } from '../../../core/policy/selection.ts'
import type { TokenOutcome } from '../../../core/ports/redeeming.ts'
import { connect } from '../connect.ts'
import type { Connecting } from '../connect.ts'
import type { Dependencies } from '../dependencies.ts'
import { uidOf } from '../observe.ts'
import { deliver, undelivered, usableUntil } from './deliver.ts'
import type { Delivering, Redeemed } from './deliver.ts'

/** What redeeming takes. */
export type Redeeming = Connecting & Delivering & Pick<Dependencies, 'memory'>

/** I2: one token request; an answer goes on to verify and W3 in the same reconcile. */
export async function requestToken(
  dependencies: Redeeming,
  request: ApprovalRequest,
  pending: Pending,
): Promise<ActionOutcome> {
  const { clock, failpoints, memory, ownership, sealer } = dependencies
  const opened = await sealer.open(bindingOf(request, pending.prompt, 'handle'), pending.prompt.handle)
  if (opened.kind !== 'Opened' || typeof opened.payload !== 'string') {
    return {
      kind: 'PromptLost',
      message: say.promptLost(request, 'the operator cannot open the prompt’s sealed id with its keys'),
    }
  }
  const connected = await connect(dependencies, pending.provider, pending.terms)
  if (connected.kind === 'NotReady') return { kind: 'Unreachable', detail: connected.message }
  await failpoints.hit('before:I2')
  if (!ownership.owns(keyOf(request))) return { kind: 'Stale' }
  const answer: TokenOutcome = await connected.connection.requestToken(opened.payload)
  await failpoints.hit('after:I2')
  switch (answer.kind) {
    case 'Unreachable':
      return { ...answer, detail: `IdentityProvider ${pending.terms.identityProvider}: ${answer.detail}` }
    case 'Error':
      return { ...answer, kind: 'TokenError' }
    case 'Malformed': {
      const message = unreadableAnswer(request, answer.detail)
      return { kind: 'Refused', reason: 'MalformedResponse', message }
    }
    case 'Granted': {
      const { pendingAt } = pending
      const received = { response: answer.response, receivedAt: clock.now() }
      // Granted once: if the reconcile fails from here on, the next one resumes with it.
      memory.remember(
        { uid: uidOf(request), prompt: pending.prompt.id },
        {
          progress: {
            ...{ kind: 'Redeemed', ...received, retryAt: received.receivedAt, failures: 0 },
            ...(pendingAt !== undefined && { pendingAt }),
          },
          connection: connected.connection,
        },
      )
      return deliver(dependencies, request, { pending, ...received, connection: connected.connection })
    }
  }
}

/** A token that could not be verified or stored before, from memory. */
export async function redeliver(
  dependencies: Redeeming,
  request: ApprovalRequest,
  redeeming: Redeemed,
): Promise<ActionOutcome> {
  const key = { uid: uidOf(request), prompt: redeeming.pending.prompt.id }
  const redeemed = { ...redeeming, connection: dependencies.memory.recall(key).connection }
  const connected = await connect(dependencies, redeemed.pending.provider, redeemed.pending.terms)
  if (connected.kind === 'Connected')
    return deliver(dependencies, request, { ...redeemed, connection: connected.connection })
  const outcome = await undelivered(dependencies, redeemed, say.tokenExpired(request, connected.message))
  if (outcome.kind !== 'Undelivered') return outcome
  const until = usableUntil(dependencies, request, redeemed)
  const message = answerUnverified(request, connected.message, until)
  return { ...outcome, unverified: blocked('IdentityProviderNotReady', message) }
}
