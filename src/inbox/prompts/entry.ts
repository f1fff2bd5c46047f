/** How a prompt is kept: a ConfigMap that says when it may go and, hashed, whom it is for and what it is about. Everything else is sealed. */
import { createHash } from 'node:crypto'
import { group } from '../../api/names.ts'
import type { ConfigMap } from '../../api/objects.ts'
import { earlier, secondsAfter, timestamp } from '../../core/duration.ts'
import type { ObjectKey } from '../../core/ports/cluster.ts'
import type { Sealer } from '../../core/ports/sealing.ts'
import { firstPromptId } from '../../core/prompt/prompt.ts'
import type { PromptRef } from '../../core/prompt/reference.ts'
import type { Prompt, TrackedPrompt } from './state.ts'

/** Entries whose prompt has ended or expired are kept so long, for approvers who come late and want to know the outcome. */
const keptAfterwardsSeconds = 60 * 60

const personLabel = `${group}/inbox-prompt-for`
const addressLabel = `${group}/inbox-prompt-about`
const deleteAfterAnnotation = `${group}/delete-after`

/** An entry could not be written, or cannot be read. The next attempt may do better. */
export class PromptStoreError extends Error {
  override readonly name = 'PromptStoreError'
  readonly code = 'ERR_PROMPT_STORE'
}

/** A label selector for the entries of all prompts. */
export const everyone = personLabel

/** A label selector for the entries of one person. @param subject the `sub`; the label holds its hash */
export function forPerson(subject: string): string {
  return `${personLabel}=${labelOf(subject)}`
}

/** Whether an entry may be about the object at this address; false only if it is not. One without the label may be. */
export function mayBeAbout({ metadata }: ConfigMap, address: Required<ObjectKey>): boolean {
  const label = metadata.labels?.[addressLabel]
  return label === undefined || label === labelOf(addressOf(address))
}

function addressOf({ namespace, name }: Required<ObjectKey>): string {
  return `${namespace}/${name}`
}

/** The admission policy of the inbox knows the prefix: the inbox writes no other ConfigMap. */
const prefix = 'inbox-prompt-'

/** One for each prompt. The first one's has no id in it: replicas of the version before find it too, and we find theirs. */
function entryName({ uid, prompt }: Pick<PromptRef, 'uid' | 'prompt'>): string {
  return prompt === firstPromptId ? `${prefix}${uid}` : `${prefix}${uid}.${prompt}`
}

/** No uid has a dot in it. */
function promptNamed(name: string): Pick<PromptRef, 'uid' | 'prompt'> {
  const [uid = '', prompt = firstPromptId] = name.slice(prefix.length).split('.')
  return { uid, prompt }
}

/**
 * Seals a prompt into a ConfigMap. One that was read before keeps its uid and resourceVersion, so that replacing it is a
 * compare-and-swap.
 */
export async function entryFor(
  prompt: Prompt | TrackedPrompt,
  namespace: string,
  sealer: Sealer,
): Promise<ConfigMap> {
  const { ref, digest, subject, expiresAt, takesChanges, endedAt, state } = prompt
  const { uid, resourceVersion } = 'entry' in prompt ? prompt.entry : {}
  const asked = { ref, digest, subject, expiresAt, takesChanges, state }
  const payload: Prompt = endedAt === undefined ? asked : { ...asked, endedAt }
  const over = earlier(new Date(expiresAt), new Date(endedAt ?? expiresAt))
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      namespace,
      name: entryName(ref),
      labels: {
        'app.kubernetes.io/managed-by': 'countersign',
        [personLabel]: labelOf(subject),
        [addressLabel]: labelOf(addressOf(ref)),
      },
      annotations: { [deleteAfterAnnotation]: timestamp(secondsAfter(over, keptAfterwardsSeconds)) },
      ...(uid !== undefined && resourceVersion !== undefined && { uid, resourceVersion }),
    },
    data: {
      prompt: await sealer.seal({ purpose: 'inbox-prompt', uid: ref.uid, prompt: ref.prompt }, payload),
    },
  }
}

/**
 * Opens an entry. The seal is bound to the uid in its name, so no entry opens under another name.
 * @throws PromptStoreError for what was sealed by another key ring, or changed since
 */
export async function promptIn({ metadata, data }: ConfigMap, sealer: Sealer): Promise<TrackedPrompt> {
  const { uid, prompt } = promptNamed(metadata.name)
  // The version before wrote the first prompt only, and sealed no id with it; what is inside says which prompt it is.
  const bound = prompt === firstPromptId ? {} : { prompt }
  const opened = await sealer.open({ purpose: 'inbox-prompt', uid, ...bound }, data?.prompt ?? '')
  if (opened.kind !== 'Opened') throw unreadable(metadata.name, opened.kind)
  // The cast is earned by the seal: only `entryFor` makes what opens here.
  const kept = opened.payload as Kept
  if ((kept.ref.prompt ?? firstPromptId) !== prompt) throw unreadable(metadata.name, 'Broken')
  return { ...kept, ref: { ...kept.ref, prompt }, entry: metadata }
}

/** As it is sealed, or was by the version before. */
type Kept = Omit<Prompt, 'ref'> & { readonly ref: Omit<PromptRef, 'prompt'> & Partial<PromptRef> }

function unreadable(name: string, why: string): PromptStoreError {
  return new PromptStoreError(
    `ConfigMap ${name} cannot be opened (${why}): the inbox's key ring no longer holds its key, or it was changed`,
  )
}

/**
 * When the entry may be deleted: an hour after its prompt ended or expired. An entry that says nothing may be deleted at once.
 */
export function deleteAfter({ metadata }: ConfigMap): Date {
  const moment = new Date(metadata.annotations?.[deleteAfterAnnotation] ?? 0)
  return Number.isNaN(moment.getTime()) ? new Date(0) : moment
}

/** A label's value is at most 63 characters of a few kinds; a `sub` or an address need not be. */
function labelOf(subject: string): string {
  return createHash('sha256').update(subject).digest('hex').slice(0, 40)
}
