/** Which steps wait for an IdentityProvider, and for what. Pure. */
import type { Step } from './step.ts'

/** A step's call of an IdentityProvider, for whose answer it waits. `Delivery`: of keys, to verify a token that is there already. */
export type ProviderCall = {
  readonly provider: string
  readonly purpose: 'Prompt' | 'Token' | 'Delivery'
}

/** Undefined if the step needs no provider. */
export function providerCallOf(step: Step): ProviderCall | undefined {
  switch (step.kind) {
    case 'Ask':
    case 'Resend':
      return { provider: step.terms.provider.metadata.name, purpose: 'Prompt' }
    case 'RequestToken':
      return { provider: step.pending.provider.metadata.name, purpose: 'Token' }
    case 'Deliver':
      return { provider: step.pending.provider.metadata.name, purpose: 'Delivery' }
    default:
      return undefined
  }
}
