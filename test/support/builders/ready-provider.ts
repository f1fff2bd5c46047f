import type { IdentityProvider } from '../../../src/api/objects.ts'
import { at } from '../fakes/clocks/clock.ts'
import { aProvider } from './builders.ts'

const condition = { type: 'Ready', status: 'True', reason: 'Discovered', message: '' } as const

/** The provider of the tests' policies, after its discovery. */
export const readyProvider: IdentityProvider = {
  ...aProvider(),
  status: { conditions: [{ ...condition, lastTransitionTime: at(0) }] },
}
