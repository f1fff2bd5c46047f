/** Reconciles an IdentityProvider: read and examine → say → apply. It repeats nothing and disturbs nobody. */
import { nextLook } from '../../core/identity-provider/next-look.ts'
import { statusOf } from '../../core/identity-provider/status.ts'
import type { Result } from '../../runtime/runner.ts'
import { applyReady } from '../apply-ready.ts'
import type { Dependencies } from './dependencies.ts'
import { examine } from './examine.ts'

/**
 * Writes whether the provider of this name can be used, and comes back for the next look.
 * @throws what examining or writing throws
 */
export async function reconcile(dependencies: Dependencies, name: string): Promise<Result> {
  const { cache, clock, experiences, providers, report, settings } = dependencies
  const provider = cache.get({ name })
  if (provider === undefined) {
    experiences.forget(name)
    return { kind: 'Done' }
  }
  const heard = experiences.of(name)
  const findings = await examine(dependencies, provider, heard)
  const now = clock.now()
  const status = statusOf(provider, findings, now)
  const written = await applyReady({ resource: providers, report }, provider, status)
  if (written !== 'Applied') return { kind: 'Retry' }
  experiences.settle(name, heard)
  const rhythm = { now, intervalSeconds: settings.providerCheckSeconds, random: dependencies.random() }
  return { kind: 'RequeueAt', at: nextLook(status, rhythm) }
}
