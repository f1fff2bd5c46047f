/** Does what is next. The only place from which the OpenID Provider is spoken to. A step that is new is a file here and a line below. */
import type { ApprovalRequest } from '../../../api/objects.ts'
import type { ActionOutcome } from '../../../core/request/outcome.ts'
import type { Step } from '../../../core/request/step.ts'
import { observedIn, wholeOf } from '../../../core/request/observed.ts'
import type { Observed } from '../../../core/request/observed.ts'
import type { Dependencies } from '../dependencies.ts'
import { inFull, isCurrentOrNoted, isOfThatSpec } from '../observe.ts'
import { abandon } from './abandon.ts'
import { ask } from './ask.ts'
import type { Asking, Performed } from './ask.ts'
import { deleteRequest } from './delete-request.ts'
import { deleteTokenOf } from './delete-token.ts'
import { lookForToken } from './find-token.ts'
import { dropStored } from './drop-stored.ts'
import type { DroppingStored } from './drop-stored.ts'
import { expire } from './expire.ts'
import { giveUp } from './give-up.ts'
import { redeliver, requestToken } from './request-token.ts'
import type { Redeeming } from './request-token.ts'
import { sendPromptAgain } from './send-prompt.ts'
import { withdraw } from './withdraw.ts'

/** What all steps take. Each names its own part. */
export type Performing = Asking &
  DroppingStored &
  Redeeming &
  Pick<Dependencies, 'memory' | 'requests' | 'subjects'>

/**
 * Performs one step; asking several people is the one that has several outcomes. A step that rests on what another process left behind reads the request first, and is `Stale` if it
 * changed.
 */
export async function perform(
  dependencies: Performing,
  observed: Observed,
  step: Step,
): Promise<readonly Performed[]> {
  if (step.kind === 'Ask') return ask(dependencies, observed, step.terms)
  const { asReadNow = false, inWhole = false } = needs[step.kind] ?? {}
  const stale: Performed = { observed, outcome: { kind: 'Stale' } }
  if (asReadNow && !(await isUnchanged(dependencies, observed, step))) return [stale]
  const whole = wholeOf(observed)
  const read = inWhole ? await inFull(dependencies, whole) : whole
  if (read === undefined) return [stale]
  const now = observedIn(observed, read)
  return [{ observed: now, outcome: await outcomeOf(dependencies, now.request, step) }]
}

/**
 * What a step needs besides what the watches show. `asReadNow`: it is about something that another process left behind, and done
 * only if that is still so. `inWhole`: it tells the provider of the request, or compares its answer with it.
 */
type Needs = { readonly asReadNow?: true; readonly inWhole?: true }

const needs: Readonly<Partial<Record<Step['kind'], Needs>>> = {
  Resend: { asReadNow: true, inWhole: true },
  AwaitPing: { asReadNow: true },
  GiveUp: { asReadNow: true },
  Abandon: { asReadNow: true },
  FindToken: { asReadNow: true, inWhole: true },
  RequestToken: { inWhole: true },
  Deliver: { inWhole: true },
}

async function isUnchanged(
  dependencies: Pick<Dependencies, 'memory' | 'providers' | 'requests'>,
  { request, surroundings }: Observed,
  step: Step,
): Promise<boolean> {
  if (!(await isCurrentOrNoted(dependencies, request))) return false
  if (step.kind !== 'Abandon') return true
  const { identityProvider } = step.terms
  const provider = surroundings.providers.find(({ metadata }) => metadata.name === identityProvider)
  return provider !== undefined && isOfThatSpec(dependencies.providers, provider)
}

function outcomeOf(
  dependencies: Performing,
  request: ApprovalRequest,
  step: Exclude<Step, { kind: 'Ask' }>,
): ActionOutcome | Promise<ActionOutcome> {
  switch (step.kind) {
    case 'Wait':
      return { kind: 'Nothing' }
    case 'Report':
      return { kind: 'Blocked', blocked: step.blocked, deadline: step.deadline }
    case 'Resend':
      return sendPromptAgain(dependencies, request, step)
    case 'SayOutOfReach':
      return { kind: 'OutOfReach', message: step.message }
    case 'SayUnasked':
      return { kind: 'Unasked', unasked: step.turn.unasked }
    case 'AwaitPing':
      return { kind: 'AwaitingPing' }
    case 'GiveUp':
      return giveUp(dependencies, request, step.prompt)
    case 'Expire':
      return expire(dependencies, request, step.tooLateFor)
    case 'Withdraw':
      return withdraw(dependencies, request, step.withdrawal)
    case 'Abandon':
      return abandon(dependencies, request, step.terms)
    case 'FindToken':
      return lookForToken(dependencies, request, step.prompt)
    case 'RequestToken':
      return requestToken(dependencies, request, step.pending)
    case 'Deliver':
      return redeliver(dependencies, request, step)
    case 'DeleteToken':
      return endToken(dependencies, request).then(() => ({ kind: 'TokenDeleted' }))
    case 'DeleteRequest':
      return deleteRequest(dependencies, request)
  }
}

/** Behind a denial there is one that could still be used. */
async function endToken(dependencies: DroppingStored, request: ApprovalRequest): Promise<void> {
  if (request.status?.outcome === 'Denied') await dropStored(dependencies, request)
  else await deleteTokenOf(dependencies, request)
}
