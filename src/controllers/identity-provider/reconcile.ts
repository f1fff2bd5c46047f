/** One pass over an IdentityProvider: read and examine → say → apply. It repeats nothing and disturbs nobody. */
import { isDeepStrictEqual } from 'node:util'
import type { IdentityProvider } from '../../api/objects.ts'
import { nextLook } from '../../core/identity-provider/next-look.ts'
import { readyOf, statusOf } from '../../core/identity-provider/status.ts'
import type { Written } from '../../core/ports/cluster.ts'
import type { Result } from '../../runtime/runner.ts'
import type { Dependencies } from './dependencies.ts'
import { examine } from './examine.ts'

export async function reconcile(dependencies: Dependencies, name: string): Promise<Result> {
  const { cache, clock, experiences, settings } = dependencies
  const provider = cache.get({ name })
  if (provider === undefined) {
    experiences.forget(name)
    return { kind: 'Done' }
  }
  const heard = experiences.of(name)
  const findings = await examine(dependencies, provider, heard)
  const now = clock.now()
  const status = statusOf(provider, findings, now)
  const written = await applyStatus(dependencies, provider, status)
  if (written.kind !== 'Applied') return { kind: 'Retry' }
  experiences.settle(name, heard)
  const rhythm = { now, intervalSeconds: settings.providerCheckSeconds, random: dependencies.random() }
  return { kind: 'RequeueAt', at: nextLook(status, rhythm) }
}

async function applyStatus(
  { providers, report }: Dependencies,
  provider: IdentityProvider,
  status: NonNullable<IdentityProvider['status']>,
): Promise<Written<IdentityProvider>> {
  if (isDeepStrictEqual(status, provider.status)) return { kind: 'Applied', object: provider }
  const written = await providers.replaceStatus({ ...provider, status })
  if (written.kind === 'Applied' && isTransition(provider, written.object)) report(written.object)
  return written
}

function isTransition(before: IdentityProvider, after: IdentityProvider): boolean {
  return readyOf(before)?.reason !== readyOf(after)?.reason
}
