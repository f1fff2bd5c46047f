/** What the status of an IdentityProvider says of the authentication contexts that its provider lists. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IdentityProvider } from '../../../../src/api/objects.ts'
import { statusOf } from '../../../../src/core/identity-provider/status.ts'
import type { Examined } from '../../../../src/core/ports/provider.ts'
import { aProvider } from '../../../support/builders/builders.ts'
import { t } from '../../../support/fakes/clocks/clock.ts'

const usable = { kind: 'Usable', clockSkewSeconds: 0 } as const
const down: Examined = { kind: 'NotReady', reason: 'DiscoveryFailed', message: 'reading it failed: reset' }

function after(provider: IdentityProvider, examined: Examined): IdentityProvider {
  return { ...provider, status: statusOf(provider, { examined, servesPing: false, clients: [] }, t(0)) }
}

for (const [name, acrValues, want] of [
  ['what the provider supports', ['0', 'phr'], ['0', 'phr']],
  ['that it supports none', [], []],
  ['64 values', Array.from({ length: 64 }, String), Array.from({ length: 64 }, String)],
  ['nothing of 65 values', Array.from({ length: 65 }, String), undefined],
  ['nothing of a value of 256 characters', ['phr', 'x'.repeat(256)], undefined],
  ['nothing where the metadata does not say', undefined, undefined],
] as const)
  test(`the status says of authentication contexts ${name}`, () => {
    const examined = { ...usable, ...(acrValues !== undefined && { acrValues }) }
    assert.deepEqual(after(aProvider(), examined).status?.acrValuesSupported, want)
  })

test('what the provider supports is known while it is out of reach, until it says otherwise', () => {
  const known = after(aProvider(), { ...usable, acrValues: ['phr'] })
  const away = after(known, down)
  assert.deepEqual(away.status?.acrValuesSupported, ['phr'])
  assert.equal(after(away, usable).status?.acrValuesSupported, undefined)
})
