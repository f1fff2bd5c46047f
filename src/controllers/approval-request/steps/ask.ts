/**
 * Asks: check → W1 → I1, in one reconcile. Only the reconcile whose W1 was applied sends the prompt, and it sends it once; the
 * answer of the provider is handed on to W2.
 */
import type { ApprovalRequest, ApprovalRequestStatus, IdentityProvider } from '../../../api/objects.ts'
import type { ActionOutcome } from '../../../core/request/outcome.ts'
import type { Observed } from '../../../core/request/observed.ts'
import type { Terms } from '../../../core/request/terms.ts'
import { withIntent } from '../../../core/request/verdict.ts'
import { blocked } from '../../../core/policy/selection.ts'
import type { Blocked } from '../../../core/policy/selection.ts'
import type { Written } from '../../../core/ports/cluster.ts'
import { promptOf } from '../../../core/prompt/prompt.ts'
import { signsAssertions } from '../../../core/provider/client-credential.ts'
import type { Connecting } from '../connect.ts'
import type { Dependencies } from '../dependencies.ts'
import { applyStatus } from '../apply.ts'
import type { Applying } from '../apply.ts'
import type { PromptKey } from '../memory.ts'
import { inFull, uidOf } from '../observe.ts'
import { check } from './check.ts'
import type { Separating } from './separate.ts'
import { sendPrompt } from './send-prompt.ts'
import type { Sending } from './send-prompt.ts'

/** `observed` holds the request as it is after W1, if there was one. */
export type Performed = { readonly observed: Observed; readonly outcome: ActionOutcome }

/** What asking takes besides what it hands on. */
export type Asking = Applying &
  Connecting &
  Sending &
  Separating &
  Pick<Dependencies, 'policies' | 'providers' | 'secrets' | 'settings' | 'subjects'>

/**
 * Prompts the approver if nothing stands against it. The prompt counts against the limits since the step was chosen; at the
 * end only what was written still counts.
 * @throws what the API server's client throws, and what a failing record of open prompts throws
 */
export async function ask(dependencies: Asking, observed: Observed, terms: Terms): Promise<Performed> {
  return askInFull(dependencies, observed, terms).finally(() => {
    dependencies.slots.release(observed.request)
  })
}

async function askInFull(dependencies: Asking, observed: Observed, terms: Terms): Promise<Performed> {
  const request = await inFull(dependencies, observed.request)
  if (request === undefined) return { observed, outcome: { kind: 'Stale' } }
  return askNow(dependencies, { ...observed, request }, terms)
}

async function askNow(dependencies: Asking, observed: Observed, asked: Terms): Promise<Performed> {
  const { clock, failpoints, slots } = dependencies
  const checked = await check(dependencies, observed, asked)
  if (checked.kind === 'Stale') return { observed, outcome: { kind: 'Stale' } }
  if (checked.kind === 'Blocked')
    return { observed, outcome: { kind: 'NotAskable', blocked: checked, deadline: asked.unaskedDeadline } }
  const terms = { ...asked, effective: checked.effective }

  await slots.settled(terms.effective)
  await dependencies.sealer.ready()
  await failpoints.hit('before:W1')
  const measured = await dependencies.subjects.measure(observed.request)
  const intent = {
    ...{ prompt: observed.prompt, terms, surroundings: observed.surroundings },
    ...{ separation: checked.facts, measured },
    kid: dependencies.sealer.kid,
    signsAssertion: doesSign(checked.provider, terms),
  }
  const intended = await applyIntent(
    dependencies,
    observed,
    withIntent(observed.request, intent, clock.now()),
  )
  if (intended.kind === 'UnknownField')
    return {
      observed,
      outcome: { kind: 'NotAskable', blocked: outdated(intended), deadline: terms.unaskedDeadline },
    }
  if (intended.kind !== 'Applied') return { observed, outcome: { kind: 'Stale' } }
  dependencies.memory.remember(keyOfIntent(observed), { unsentAttempts: undefined })
  await failpoints.hit('after:W1')

  const { connection, provider } = checked
  const { effective, deadline } = terms
  const asking = { prompt: observed.prompt, terms: effective, provider, deadline }
  const outcome = await sendPrompt(dependencies, intended.object, { connection, asking })
  return { observed: { ...observed, request: intended.object, unsentAttempts: undefined }, outcome }
}

/** W1. Without an answer it may have been written; then this process, if it lives on, knows that nothing was sent. */
async function applyIntent(
  dependencies: Applying,
  observed: Observed,
  intent: ApprovalRequestStatus,
): Promise<Written<ApprovalRequest>> {
  try {
    return await applyStatus(dependencies, observed.request, intent)
  } catch (error) {
    const attempt = promptOf({ status: intent }, observed.prompt)?.attempt ?? 0
    // If it has not arrived, what stands in status is the attempt before it.
    const before = observed.unsentAttempts?.filter((each) => each === attempt - 1) ?? []
    dependencies.memory.remember(keyOfIntent(observed), { unsentAttempts: [...before, attempt] })
    throw error
  }
}

function keyOfIntent({ request, prompt }: Observed): PromptKey {
  return { uid: uidOf(request), prompt }
}

/** What is not written is not asked either: the answer would be verified by half of the terms. */
function outdated({ message }: { readonly message: string }): Blocked {
  return blocked(
    'DefinitionsOutdated',
    `the cluster’s CustomResourceDefinitions are older than the operator and do not take what it writes (${message}). Ask a platform engineer to update them.`,
  )
}

function doesSign({ spec }: IdentityProvider, { effective }: Terms): boolean {
  const client = spec.clients.find(({ clientID }) => clientID === effective.clientID)
  return client !== undefined && signsAssertions(client)
}
