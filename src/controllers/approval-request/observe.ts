/** Reads what a reconcile needs: from the watches, and from the API server where a watch may lag behind our own writes. */
import type { ApprovalRequest, KubernetesObject, Namespace } from '../../api/objects.ts'
import { abridged } from '../../core/request/abridged.ts'
import { placeAfterTakeover } from '../../core/prompt/polling.ts'
import { later } from '../../core/duration.ts'
import { deletionOf } from '../../core/request/deletion.ts'
import { observedIn } from '../../core/request/observed.ts'
import type { Observed, Progress } from '../../core/request/observed.ts'
import { allPrompts, isOfSeveral } from '../../core/request/part.ts'
import { keyOf } from '../../core/object-key.ts'
import type { ObjectKey, Reads } from '../../core/ports/cluster.ts'
import { firstPromptId, promptOf } from '../../core/prompt/prompt.ts'
import type { Dependencies } from './dependencies.ts'

/** A request and its Namespace, as new as this process knows them. */
export type Found = { readonly request: ApprovalRequest; readonly namespace: Namespace }

type Finding = Pick<Dependencies, 'memory' | 'namespaces' | 'requests'> & {
  readonly caches: Pick<Dependencies['caches'], 'namespaces' | 'requests'>
}

/**
 * Forgets our own last write of the request once the watch has caught up with it: until then the watch would show an intent as
 * abandoned.
 * @returns undefined if the request, or its Namespace, is gone
 */
export async function findAndCatchUp(dependencies: Finding, key: ObjectKey): Promise<Found | undefined> {
  const request = await currentRequest(dependencies, key)
  const namespace = request && (await namespaceOf(dependencies, request))
  return request && namespace && { request, namespace }
}

type Observing = Pick<Dependencies, 'clock' | 'ownership' | 'subjects'> & {
  readonly memory: Pick<Dependencies['memory'], 'recall'>
  readonly caches: Pick<Dependencies['caches'], 'policies' | 'providers' | 'groups'>
}

/**
 * Writes nothing, and leaves nothing in what it returns that would read again later.
 * @returns the request by each of its prompts, as long as they count
 */
export function observe(dependencies: Observing, { request, namespace }: Found): readonly Observed[] {
  const { caches, memory, subjects } = dependencies
  const surroundings = {
    namespace,
    policies: caches.policies.list(),
    providers: caches.providers.list(),
    groups: caches.groups.list(),
    withdrawal: subjects.withdrawalOf(request),
    subjectEnd: subjects.endOf(request),
  }
  const isWithdrawn = (deletionOf(request) ?? surroundings.withdrawal) !== undefined
  return openPromptsOf(request, isWithdrawn).map((prompt) => {
    const remembered = memory.recall({ uid: uidOf(request), prompt })
    const progress = remembered.progress ?? takenOver(dependencies, request, prompt)
    const { unsentAttempts } = remembered
    return observedIn({ prompt, surroundings, progress, unsentAttempts }, request)
  })
}

/** Ids. An end is the whole request's, and so are what comes before the first prompt, and who of several is asked next. */
function openPromptsOf(request: ApprovalRequest, isWithdrawn: boolean): readonly string[] {
  const { status } = request
  const isOpen = status?.outcome === undefined
  const open = isOpen ? (status?.prompts ?? []).filter(({ state }) => state === undefined) : []
  const ids = open.map(({ id }) => id)
  if (isOfSeveral(request)) return isWithdrawn ? [allPrompts] : [...ids, allPrompts]
  return ids.length === 0 ? [firstPromptId] : ids
}

/**
 * Whether the API server holds the request as the watch has shown it, which lags behind what a process before us has written.
 * If not, later reconciles read it from the API server until the watch has caught up.
 */
export async function isCurrentOrNoted(
  { memory, requests }: Pick<Dependencies, 'memory' | 'requests'>,
  request: ApprovalRequest,
): Promise<boolean> {
  const current = await requests.get(keyOf(request))
  if (current === undefined) return false
  if (isSame(current, request)) return true
  memory.rememberWritten(uidOf(current), abridged(current))
  return false
}

/**
 * The request with all that its watch has left out, for what is done about it.
 * @returns undefined if it has changed since, or is gone
 */
export async function inFull(
  { requests }: Pick<Dependencies, 'requests'>,
  request: ApprovalRequest,
): Promise<ApprovalRequest | undefined> {
  if (request.abridged === undefined) return request
  const current = await requests.get(keyOf(request))
  return current !== undefined && isSame(current, request) ? current : undefined
}

/** The uid of a request; every request that was read has one. */
export function uidOf({ metadata }: ApprovalRequest): string {
  return metadata.uid ?? ''
}

/**
 * Nothing is remembered of a prompt that was sent: another process did. If that fell silent, it may still be redeeming. One whose
 * answer is there does not wait for its place in the interval.
 */
function takenOver(
  { clock, ownership }: Pick<Dependencies, 'clock' | 'ownership'>,
  request: ApprovalRequest,
  id: string,
): Progress | undefined {
  const prompt = promptOf(request, id)
  if (prompt?.handle === undefined || request.status?.outcome !== undefined) return undefined
  const now = clock.now()
  const silentUntil = ownership.silentUntil(keyOf(request))
  if (prompt.pingedAt !== undefined)
    return { kind: 'TakenOver', until: silentUntil === undefined ? now : later(silentUntil, now) }
  const { deadline } = request.status ?? {}
  const known = {
    uid: uidOf(request),
    silentUntil,
    deadline: deadline === undefined ? undefined : new Date(deadline),
  }
  return { kind: 'TakenOver', until: placeAfterTakeover(prompt, known, now) }
}

async function currentRequest(
  { caches, memory, requests }: Finding,
  key: ObjectKey,
): Promise<ApprovalRequest | undefined> {
  const cached = caches.requests.get(key)
  if (cached === undefined) return undefined
  const written = memory.written(uidOf(cached))
  if (written === undefined) return cached
  // The watch shows a version that we replaced: our write is newer, and the API server refuses the next one if somebody wrote since.
  if (memory.isReplaced(cached)) return written
  const current = isSame(written, cached) ? cached : await requests.get(key)
  if (current !== undefined && isSame(current, cached)) memory.rememberWritten(uidOf(cached), undefined)
  return current
}

async function namespaceOf(
  { caches, namespaces }: Finding,
  { metadata }: ApprovalRequest,
): Promise<Namespace | undefined> {
  const key = { name: metadata.namespace ?? '' }
  return caches.namespaces.get(key) ?? (await namespaces.get(key))
}

/** Where it is seen whether a request is there. */
export type RequestsSeen = {
  readonly caches: { readonly requests: Pick<Dependencies['caches']['requests'], 'get'> }
}

/** Whether the watch still shows this very object, in whatever version: what was done to one that was deleted counts no longer. */
export function isThere({ caches }: RequestsSeen, written: ApprovalRequest): boolean {
  return caches.requests.get(keyOf(written))?.metadata.uid === written.metadata.uid
}

/** Two readings of one version of one object. */
export function isSame(a: KubernetesObject, b: KubernetesObject): boolean {
  return a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion
}

/** Whether the API server still holds the object with this spec. What anybody has written into its status meanwhile does not matter. */
export async function isOfThatSpec<T extends KubernetesObject>(reads: Reads<T>, object: T): Promise<boolean> {
  const { uid, generation } = (await reads.get(keyOf(object)))?.metadata ?? {}
  return uid === object.metadata.uid && generation === object.metadata.generation
}
