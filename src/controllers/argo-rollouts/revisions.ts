/** The Pod templates of a Rollout's stable and new revision, from their ReplicaSets: there they have the API server's defaults. */
import type { PodMetadata, ReplicaSet, Rollout } from '../../api/argo-rollouts.ts'
import type { Revision, Revisions } from '../../core/gate/argo-rollouts/facts/change.ts'
import type { RolloutSources } from './dependencies.ts'

type Sources = Pick<RolloutSources, 'replicaSets'>

/**
 * The stable revision of a Rollout and another one, to compare.
 * @param hash of the other revision
 * @throws if a ReplicaSet cannot be read for another reason than a missing right
 */
export async function revisionsOf(sources: Sources, rollout: Rollout, hash: string): Promise<Revisions> {
  const { canary, blueGreen } = rollout.spec?.strategy ?? {}
  const { blueGreen: switched, stableRS } = rollout.status ?? {}
  const stable = nonEmpty(stableRS) ?? nonEmpty(switched?.activeSelector)
  const [before, after] = await Promise.all([
    revisionOf(sources, rollout, {
      hash: stable,
      metadata: canary?.stableMetadata ?? blueGreen?.activeMetadata,
    }),
    revisionOf(sources, rollout, { hash, metadata: canary?.canaryMetadata ?? blueGreen?.previewMetadata }),
  ])
  return { stable: before, updated: after }
}

type Wanted = { readonly hash: string | undefined; readonly metadata: PodMetadata | undefined }

async function revisionOf(sources: Sources, rollout: Rollout, { hash, metadata }: Wanted): Promise<Revision> {
  const transient = { labels: metadata?.labels ?? {}, annotations: metadata?.annotations ?? {} }
  const name = `${rollout.metadata.name}-${hash ?? ''}`
  return {
    name,
    transient,
    template:
      hash === undefined
        ? { kind: 'Unreadable', reason: `Rollout ${rollout.metadata.name} names no stable revision` }
        : await templateOf(sources, rollout, name),
  }
}

async function templateOf(
  { replicaSets }: Sources,
  { metadata }: Rollout,
  name: string,
): Promise<Revision['template']> {
  const found = await readable(replicaSets.get({ namespace: metadata.namespace ?? '', name }))
  if (found === 'Forbidden') return unreadable(`the operator may not read ReplicaSet ${name}`)
  const template = found?.spec?.template
  if (found === undefined || template === undefined) return unreadable(`ReplicaSet ${name} is not there`)
  const owner = found.metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (owner?.uid !== metadata.uid)
    return unreadable(`ReplicaSet ${name} does not belong to Rollout ${metadata.name}`)
  return { kind: 'Read', value: template }
}

/** Every other fault is one of the moment, and the request is asked when it is over. */
async function readable(
  reading: Promise<ReplicaSet | undefined>,
): Promise<ReplicaSet | 'Forbidden' | undefined> {
  try {
    return await reading
  } catch (error) {
    if (isForbidden(error)) return 'Forbidden'
    throw error
  }
}

/** A role may lack the right: then there is nothing to wait for. */
function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 403
}

function unreadable(reason: string): Revision['template'] {
  return { kind: 'Unreadable', reason }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
