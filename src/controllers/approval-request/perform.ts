/** Does what was decided. The only place from which the OpenID Provider is spoken to. */
import type { ApprovalRequest, EffectiveTerms } from '../../api/objects.ts'
import type { Action } from '../../core/approval/decide.ts'
import * as say from '../../core/approval/messages.ts'
import type { ActionOutcome } from '../../core/approval/outcome.ts'
import type { Observed, Pending } from '../../core/approval/stage.ts'
import { belongsTo, bindingOf, tokenSecretOf } from '../../core/approval/token-secret.ts'
import type { TokenOutcome } from '../../core/ports/redeeming.ts'
import type { Withdrawal } from '../../core/ports/subjects.ts'
import { keyOf } from '../../core/object-key.ts'
import { ask, isOfThatSpec, type Performed } from './ask.ts'
import { connect } from './connect.ts'
import { deliver, findToken, undelivered } from './deliver.ts'
import type { Dependencies } from './dependencies.ts'
import { dropRedeemed } from './drop-redeemed.ts'
import { inFull, isCurrent, uidOf } from './observe.ts'
import { sendPromptAgain } from './send-prompt.ts'

export async function perform(
  dependencies: Dependencies,
  observed: Observed,
  action: Action,
): Promise<Performed> {
  if (action.kind === 'Ask') return ask(dependencies, observed, action.terms)
  if (!(await isFounded(dependencies, observed, action))) return { observed, outcome: { kind: 'Stale' } }
  const request = usesAll.has(action.kind) ? await inFull(dependencies, observed.request) : observed.request
  if (request === undefined) return { observed, outcome: { kind: 'Stale' } }
  return {
    observed: { ...observed, request },
    outcome: await outcomeOf(dependencies, request, action),
  }
}

/** What tells the provider of the question, or compares its answer with it. */
const usesAll: ReadonlySet<Action['kind']> = new Set(['AskAgain', 'FindToken', 'RequestToken', 'Deliver'])

/** What is done about something that another process left behind is done only if it is still so. */
async function isFounded(
  dependencies: Dependencies,
  { request, surroundings }: Observed,
  action: Action,
): Promise<boolean> {
  if (!['AskAgain', 'AwaitPing', 'GiveUp', 'Abandon', 'FindToken'].includes(action.kind)) return true
  if (!(await isCurrent(dependencies, request))) return false
  if (action.kind !== 'Abandon') return true
  const { identityProvider } = action.terms
  const provider = surroundings.providers.find(({ metadata }) => metadata.name === identityProvider)
  return provider !== undefined && isOfThatSpec(dependencies.providers, provider)
}

function outcomeOf(
  dependencies: Dependencies,
  request: ApprovalRequest,
  action: Exclude<Action, { kind: 'Ask' }>,
): ActionOutcome | Promise<ActionOutcome> {
  switch (action.kind) {
    case 'Nothing':
      return { kind: 'Nothing' }
    case 'Report':
      return { kind: 'Blocked', blocked: action.blocked, deadline: action.deadline }
    case 'AskAgain':
      return sendPromptAgain(dependencies, request, action.terms)
    case 'AwaitPing':
      return { kind: 'AwaitingPing' }
    case 'GiveUp':
      return { kind: 'PromptLost', message: say.promptLost(request, whyLost(dependencies, request)) }
    case 'Lapse':
      return lapse(dependencies, request, action.tooLateFor)
    case 'Withdraw':
      return withdraw(dependencies, request, action.withdrawal)
    case 'Abandon':
      return abandon(dependencies, request, action.terms)
    case 'FindToken':
      return lookForToken(dependencies, request)
    case 'RequestToken':
      return requestToken(dependencies, request, action.pending)
    case 'Deliver':
      return redeliver(dependencies, request, action)
    case 'DeleteToken':
      return deleteTokenOf(dependencies, request).then(() => ({ kind: 'TokenDeleted' }))
    case 'DeleteRequest':
      return deleteRequest(dependencies, request)
  }
}

/** What this process heard of the prompt, if it was this process that sent it. */
function whyLost({ memory }: Dependencies, request: ApprovalRequest): string {
  const { progress } = memory.recall(uidOf(request))
  if (progress?.kind === 'Backoff' && progress.heard !== undefined) return progress.heard
  return 'the operator stopped, or got no answer from the provider, between sending the prompt and learning its id'
}

async function lapse(
  dependencies: Dependencies,
  request: ApprovalRequest,
  tooLateFor: Date | undefined,
): Promise<ActionOutcome> {
  const { effective } = request.status ?? {}
  if ((await dropRedeemed(dependencies, uidOf(request))) && effective !== undefined) {
    const message = say.providerDeleted(request, effective)
    return { kind: 'Refused', reason: 'IdentityProviderChanged', message }
  }
  return { kind: 'Lapsed', ...(tooLateFor !== undefined && { tooLateFor }) }
}

async function abandon(
  dependencies: Dependencies,
  request: ApprovalRequest,
  terms: EffectiveTerms,
): Promise<ActionOutcome> {
  await dropRedeemed(dependencies, uidOf(request))
  return { kind: 'Refused', reason: 'IdentityProviderChanged', message: say.providerChanged(request, terms) }
}

async function lookForToken(dependencies: Dependencies, request: ApprovalRequest): Promise<ActionOutcome> {
  const approval = await findToken(dependencies, request)
  return approval === undefined ? { kind: 'NoTokenFound' } : { kind: 'Approved', approval }
}

/** I2: one token request; an answer goes on to verify and W3 in the same pass. */
async function requestToken(
  dependencies: Dependencies,
  request: ApprovalRequest,
  pending: Pending,
): Promise<ActionOutcome> {
  const { clock, failpoints, lease, memory, sealer } = dependencies
  const opened = await sealer.open(bindingOf(request, 'handle'), pending.prompt.handle)
  if (opened.kind !== 'Opened' || typeof opened.payload !== 'string') {
    return {
      kind: 'PromptLost',
      message: say.promptLost(request, 'the operator cannot open the prompt’s sealed id with its keys'),
    }
  }
  const connected = await connect(dependencies, pending.provider, pending.terms)
  if (connected.kind === 'NotReady') return { kind: 'Unreachable', detail: connected.message }
  await failpoints.hit('before:I2')
  if (!lease.isHeld()) return { kind: 'Stale' }
  const answer: TokenOutcome = await connected.connection.requestToken(opened.payload)
  await failpoints.hit('after:I2')
  switch (answer.kind) {
    case 'Unreachable':
      return answer
    case 'Error':
      return { ...answer, kind: 'TokenError' }
    case 'Granted': {
      const received = { response: answer.response, receivedAt: clock.now() }
      // Given out once: if the pass fails from here on, the next one goes on with it.
      memory.remember(request.metadata.uid ?? '', {
        progress: { kind: 'Redeemed', ...received, retryAt: received.receivedAt, failures: 0 },
        connection: connected.connection,
      })
      return deliver(dependencies, request, { pending, ...received, connection: connected.connection })
    }
  }
}

async function redeliver(
  dependencies: Dependencies,
  request: ApprovalRequest,
  action: Extract<Action, { kind: 'Deliver' }>,
): Promise<ActionOutcome> {
  const redeemed = { ...action, connection: dependencies.memory.recall(uidOf(request)).connection }
  const connected = await connect(dependencies, redeemed.pending.provider, redeemed.pending.terms)
  if (connected.kind === 'Connected')
    return deliver(dependencies, request, { ...redeemed, connection: connected.connection })
  return undelivered(dependencies, redeemed, { message: say.tokenExpired(request, connected.message) })
}

/** Taken back only if that is still so: a watch may lag behind a Rollout that waits for the answer. A deletion is not taken back. */
async function withdraw(
  dependencies: Dependencies,
  request: ApprovalRequest,
  found: Withdrawal,
): Promise<ActionOutcome> {
  const isDeleted = request.metadata.deletionTimestamp !== undefined
  const withdrawal = isDeleted ? found : await dependencies.subjects.confirmWithdrawal(request)
  if (withdrawal === undefined) return { kind: 'Stale' }
  await dropRedeemed(dependencies, uidOf(request))
  return { kind: 'Withdrawn', withdrawal }
}

/**
 * Deletes the token's Secret, if it is this request's.
 *
 * @returns the access token that was in it
 */
export async function deleteTokenOf(
  { secrets }: Dependencies,
  request: ApprovalRequest,
): Promise<string | undefined> {
  const key = keyOf(tokenSecretOf(request))
  const secret = await secrets.get(key)
  if (secret === undefined || !belongsTo(secret, request)) return undefined
  await secrets.delete(key, { uid: secret.metadata.uid ?? '' })
  return Buffer.from(secret.data?.access_token ?? '', 'base64').toString()
}

async function deleteRequest({ requests }: Dependencies, request: ApprovalRequest): Promise<ActionOutcome> {
  await requests.delete(keyOf(request), { uid: request.metadata.uid ?? '' })
  return { kind: 'Stale' }
}
