/**
 * Asks: check → W1 → I1, in one reconcile. Only the reconcile whose W1 was applied sends the prompt, and it sends it once; the
 * answer of the provider is handed on to W2.
 */
import type {
  ApprovalRequest,
  ApprovalRequestStatus,
  EffectiveTerms,
  IdentityProvider,
} from '../../../api/objects.ts'
import type { ActionOutcome } from '../../../core/request/outcome.ts'
import { observedIn, wholeOf } from '../../../core/request/observed.ts'
import type { Observed } from '../../../core/request/observed.ts'
import { inWhole } from '../../../core/request/whole.ts'
import { termsAmong } from '../../../core/request/terms-among.ts'
import type { Terms } from '../../../core/request/terms.ts'
import { withIntent } from '../../../core/request/verdict.ts'
import { blocked } from '../../../core/policy/selection.ts'
import type { Blocked } from '../../../core/policy/selection.ts'
import { allPrompts } from '../../../core/request/part.ts'
import type { Written } from '../../../core/ports/cluster.ts'
import { promptOf } from '../../../core/prompt/prompt.ts'
import { signsAssertions } from '../../../core/provider/client-credential.ts'
import type { Connecting } from '../connect.ts'
import type { Dependencies } from '../dependencies.ts'
import { applyStatus } from '../apply.ts'
import type { Applying } from '../apply.ts'
import { inFull, uidOf } from '../observe.ts'
import { check } from './check.ts'
import type { Checked } from './check.ts'
import type { Separating } from './separate.ts'
import { sendPrompt } from './send-prompt.ts'
import type { Sending } from './send-prompt.ts'

/** `observed` holds the request as it is after W1, if there was one, by the prompt that the outcome is about. */
export type Performed = { readonly observed: Observed; readonly outcome: ActionOutcome }

/** What asking takes besides what it hands on. */
export type Asking = Applying &
  Connecting &
  Sending &
  Separating &
  Pick<Dependencies, 'policies' | 'providers' | 'groups' | 'secrets' | 'settings' | 'subjects'>

/**
 * Prompts the approver if nothing stands against it. The prompt counts against the limits since the step was chosen; at the
 * end only what was written still counts.
 * @throws what the API server's client throws, and what a failing record of open prompts throws
 */
export async function ask(
  dependencies: Asking,
  observed: Observed,
  terms: Terms,
): Promise<readonly Performed[]> {
  const request = wholeOf(observed)
  // Of several prompts another one may be asked again in the same instant.
  const reserved = request.status?.effective === undefined ? undefined : terms.prompts
  return askInFull(dependencies, observed, terms).finally(() => {
    dependencies.slots.release(request, reserved)
  })
}

async function askInFull(
  dependencies: Asking,
  observed: Observed,
  terms: Terms,
): Promise<readonly Performed[]> {
  const whole = await inFull(dependencies, wholeOf(observed))
  if (whole === undefined) return [{ observed, outcome: { kind: 'Stale' } }]
  return askNow(dependencies, observedIn(observed, whole), terms)
}

/** W1 is one write for everybody who is asked now; then each is asked in parallel. */
async function askNow(dependencies: Asking, observed: Observed, asked: Terms): Promise<readonly Performed[]> {
  const { clock, failpoints, slots } = dependencies
  const checked = await check(dependencies, observed, asked)
  if (checked.kind === 'Stale') return [{ observed, outcome: { kind: 'Stale' } }]
  if (checked.kind === 'Blocked') {
    waitInLine(dependencies, observed, checked)
    return [{ observed, outcome: { kind: 'NotAskable', blocked: checked, deadline: asked.unaskedDeadline } }]
  }
  const terms = reservedAmong(dependencies, observed, { terms: asked, effective: checked.effective })
  if (terms.kind === 'Blocked')
    return [{ observed, outcome: { kind: 'NotAskable', blocked: terms, deadline: asked.unaskedDeadline } }]

  await slots.settled(terms.effective)
  await dependencies.sealer.ready()
  await failpoints.hit('before:W1')
  const measured = await dependencies.subjects.measure(observed.request)
  const intent = {
    ...{ terms, surroundings: observed.surroundings, separation: checked.facts, measured },
    kid: dependencies.sealer.kid,
    signsAssertion: doesSign(checked.provider, terms),
  }
  const status = withIntent(observed.request, intent, clock.now())
  const intended = await applyIntent(dependencies, observed, { status, prompts: terms.prompts })
  if (intended.kind === 'UnknownField')
    return [
      {
        observed,
        outcome: { kind: 'NotAskable', blocked: outdated(intended), deadline: terms.unaskedDeadline },
      },
    ]
  if (intended.kind !== 'Applied') return [{ observed, outcome: { kind: 'Stale' } }]
  for (const prompt of terms.prompts)
    dependencies.memory.remember({ uid: uidOf(intended.object), prompt }, { unsentAttempts: undefined })
  await failpoints.hit('after:W1')
  return Promise.all(
    terms.prompts.map((prompt) =>
      send(dependencies, observedAfter(dependencies, observed, { prompt, whole: intended.object }), {
        ...{ checked, deadline: terms.deadline },
      }),
    ),
  )
}

/** Who is excluded makes room, and who comes first instead needs it. Nothing here may await, as in `choose`. */
function reservedAmong(
  dependencies: Pick<Asking, 'clock' | 'memory' | 'slots'>,
  observed: Observed,
  asked: { readonly terms: Terms; readonly effective: EffectiveTerms },
): Terms | Blocked {
  const { clock, slots } = dependencies
  const now = clock.now()
  const request = wholeOf(observed)
  const { surroundings } = observed
  const terms = termsAmong({ request, surroundings }, asked, { counts: slots.counts(now), now })
  if (asked.effective.approvers.length === asked.terms.effective.approvers.length) {
    dependencies.memory.remember({ uid: uidOf(request), prompt: allPrompts }, { line: undefined })
    return terms
  }
  slots.release(request)
  waitInLine(dependencies, observed, terms)
  if (terms.kind === 'Terms') slots.reserve(request, terms, now)
  return terms
}

/** Who is excluded is known to nobody before that is read: until the next time the request waits where this one has found it to. */
function waitInLine(
  { memory, slots }: Pick<Asking, 'memory' | 'slots'>,
  observed: Observed,
  found: Terms | Blocked,
): void {
  const request = wholeOf(observed)
  const key = { uid: uidOf(request), prompt: allPrompts }
  const line = found.kind === 'Blocked' ? (found.waitsFor?.queues ?? []) : []
  if (found.kind === 'Terms') slots.waits(request, found.queues ?? [])
  else if (line.length > 0 || memory.recall(key).line !== undefined) slots.waits(request, line)
  memory.remember(key, { line: line.length > 0 ? line : undefined })
}

/** One of the prompts whose intent was just written. */
function observedAfter(
  { memory }: Pick<Dependencies, 'memory'>,
  observed: Observed,
  { prompt, whole }: { readonly prompt: string; readonly whole: ApprovalRequest },
): Observed {
  const progress =
    prompt === observed.prompt ? observed.progress : memory.recall({ uid: uidOf(whole), prompt }).progress
  return observedIn({ ...observed, prompt, progress, unsentAttempts: undefined }, whole)
}

async function send(
  dependencies: Asking,
  observed: Observed,
  { checked, deadline }: { readonly checked: Extract<Checked, { kind: 'Askable' }>; readonly deadline: Date },
): Promise<Performed> {
  const { connection, provider } = checked
  const { request, prompt } = observed
  const { effective } = request.status ?? {}
  if (effective === undefined) return { observed, outcome: { kind: 'Stale' } }
  const asking = { prompt, terms: effective, provider, deadline }
  return { observed, outcome: await sendPrompt(dependencies, request, { connection, asking }) }
}

/** W1. Without an answer it may have been written; then this process, if it lives on, knows that nothing was sent. */
async function applyIntent(
  dependencies: Applying & Pick<Dependencies, 'clock'>,
  observed: Observed,
  { status, prompts }: { readonly status: ApprovalRequestStatus; readonly prompts: readonly string[] },
): Promise<Written<ApprovalRequest>> {
  const whole = wholeOf(observed)
  try {
    return await applyStatus(dependencies, whole, inWhole(observed, status, dependencies.clock.now()))
  } catch (error) {
    for (const prompt of prompts) {
      const key = { uid: uidOf(whole), prompt }
      const attempt = promptOf({ status }, prompt)?.attempt ?? 0
      // If it has not arrived, what stands in status is the attempt before it.
      const before =
        dependencies.memory.recall(key).unsentAttempts?.filter((each) => each === attempt - 1) ?? []
      dependencies.memory.remember(key, { unsentAttempts: [...before, attempt] })
    }
    throw error
  }
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
