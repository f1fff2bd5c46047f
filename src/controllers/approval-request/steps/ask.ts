/**
 * Asks: check → W1 → I1, in one reconcile. Only the reconcile whose W1 was applied sends the prompt, and it sends it once; the
 * answer of the provider is handed on to W2.
 */
import type {
  ApprovalRequest,
  ApprovalRequestStatus,
  IdentityProvider,
  KubernetesObject,
} from '../../../api/objects.ts'
import type { ActionOutcome } from '../../../core/request/outcome.ts'
import type { Observed } from '../../../core/request/observed.ts'
import type { Terms } from '../../../core/request/terms.ts'
import { belongsTo, isLeftover, tokenSecretOf } from '../../../core/answer/token-secret.ts'
import { deliversToken } from '../../../core/answer/delivery.ts'
import { isCharacterClass } from '../../../core/action/rendering.ts'
import { withIntent } from '../../../core/request/verdict.ts'
import { blocked } from '../../../core/policy/selection.ts'
import type { Blocked } from '../../../core/policy/selection.ts'
import type { Resource, Written } from '../../../core/ports/cluster.ts'
import type { ProviderConnection } from '../../../core/ports/provider.ts'
import { promptOf } from '../../../core/prompt/prompt.ts'
import { signsAssertions } from '../../../core/provider/client-credential.ts'
import { habitsOf } from '../../../core/provider/profile.ts'
import { keyOf } from '../../../core/object-key.ts'
import { connect } from '../connect.ts'
import type { Connecting } from '../connect.ts'
import type { Dependencies } from '../dependencies.ts'
import { applyStatus } from '../apply.ts'
import type { Applying } from '../apply.ts'
import type { PromptKey } from '../memory.ts'
import { inFull, isSame, uidOf } from '../observe.ts'
import { reasons } from '../../../api/reasons.ts'
import { secretRefused } from '../../../core/sentences/token-messages.ts'
import { sentence } from '../../../core/sentences/punctuation.ts'
import { sendPrompt } from './send-prompt.ts'
import type { Sending } from './send-prompt.ts'

/** `observed` holds the request as it is after W1, if there was one. */
export type Performed = { readonly observed: Observed; readonly outcome: ActionOutcome }

/** What asking takes besides what it hands on. */
export type Asking = Applying &
  Connecting &
  Sending &
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

async function askNow(dependencies: Asking, observed: Observed, terms: Terms): Promise<Performed> {
  const { clock, failpoints, slots } = dependencies
  const checked = await check(dependencies, observed, terms)
  if (checked.kind === 'Stale') return { observed, outcome: { kind: 'Stale' } }
  if (checked.kind === 'Blocked')
    return { observed, outcome: { kind: 'NotAskable', blocked: checked, deadline: terms.unaskedDeadline } }

  await slots.settled(terms.effective)
  await dependencies.sealer.ready()
  await failpoints.hit('before:W1')
  const measured = await dependencies.subjects.measure(observed.request)
  const intent = {
    ...{ prompt: observed.prompt, terms, surroundings: observed.surroundings, measured },
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

type Checking = Connecting &
  Pick<Dependencies, 'policies' | 'providers' | 'requests' | 'secrets' | 'settings'>

type Checked =
  | { readonly kind: 'Askable'; readonly connection: ProviderConnection; readonly provider: IdentityProvider }
  | { readonly kind: 'Stale' }
  | Blocked

/** Everything that can fail before a person is disturbed. The objects are read again: a watch may lag behind. */
async function check(
  dependencies: Checking,
  observed: Observed,
  { effective, provider }: Terms,
): Promise<Checked> {
  const policy = observed.surroundings.policies.find(({ metadata }) => metadata.name === effective.policy)
  const unchanged = await Promise.all([
    isUnchanged(dependencies.requests, observed.request),
    isOfThatSpec(dependencies.providers, provider),
    policy === undefined || isOfThatSpec(dependencies.policies, policy),
  ])
  if (unchanged.includes(false)) return { kind: 'Stale' }
  const { pattern } = habitsOf(provider.spec).bindingMessage
  if (!isCharacterClass(pattern))
    return blocked(
      'IdentityProviderNotReady',
      `IdentityProvider ${provider.metadata.name} has a bindingMessage.pattern that is no list of characters, ${pattern}. Ask a platform engineer to correct it.`,
    )
  const connected = await connect(dependencies, provider, effective)
  if (connected.kind === 'NotReady') return notReady(connected.message)
  if (connected.mismatch !== undefined) return notReady(connected.mismatch)
  const secret = await checkSecret(dependencies, observed)
  return secret ?? { kind: 'Askable', connection: connected.connection, provider }
}

function notReady(message: string): Blocked {
  return blocked('IdentityProviderNotReady', `${sentence(message)} ${reasons.IdentityProviderNotReady.next}`)
}

async function isUnchanged<T extends KubernetesObject>(resource: Resource<T>, object: T): Promise<boolean> {
  const current = await resource.get(keyOf(object))
  return current !== undefined && isSame(current, object)
}

/** What the operator or someone else has said about it meanwhile does not matter. */
export async function isOfThatSpec<T extends KubernetesObject>(
  resource: Resource<T>,
  object: T,
): Promise<boolean> {
  const { uid, generation } = (await resource.get(keyOf(object)))?.metadata ?? {}
  return uid === object.metadata.uid && generation === object.metadata.generation
}

/** A dry run proves that the token's Secret can be created: rights, quota, admission, and the name. */
async function checkSecret(
  { secrets, settings }: Pick<Dependencies, 'secrets' | 'settings'>,
  { request }: Observed,
): Promise<Blocked | undefined> {
  if (!deliversToken(request)) return undefined
  const wanted = tokenSecretOf(request, settings.tokenSecretLabels)
  const created = await secrets.create(wanted, { dryRun: true })
  if (created.kind === 'Applied') return undefined
  if (created.kind === 'Refused')
    return blocked(
      'SecretConflict',
      `${secretRefused(wanted.metadata.name, created.message)} Ask a platform engineer to allow it.`,
    )
  const existing = await secrets.get(keyOf(wanted))
  if (existing !== undefined && isLeftover(existing, request)) {
    await secrets.delete(keyOf(wanted), { uid: existing.metadata.uid ?? '' })
    return undefined
  }
  const whose =
    existing !== undefined && belongsTo(existing, request)
      ? 'belongs to this request already'
      : 'exists and is not the operator’s'
  return blocked(
    'SecretConflict',
    `Secret ${wanted.metadata.name} ${whose}. Delete it, or ask under another name.`,
  )
}
