/** The authentication contexts that a provider lists (OpenID Connect Discovery §3); a list that cannot be read is unknown. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOpenIDProviders } from '../../../src/oidc/providers.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { aSharedSecret, aSpec } from '../../support/builders/identity-provider-spec.ts'
import { aSigningKey } from '../../support/builders/signing-key.ts'
import { startScriptedProvider } from '../../support/fakes/providers/scripted.ts'

const key = await aSigningKey('k1')

for (const [name, listed, want] of [
  ['as they are', ['0', 'phr'], ['0', 'phr']],
  ['as none where the list is empty', [], []],
  ['as unknown where the metadata does not say', undefined, undefined],
  ['as unknown where they are no list, which is no obstacle to other policies', 'phr', undefined],
  ['as unknown where they are no texts', ['phr', 1], undefined],
] as const)
  test(`authentication contexts are read ${name}`, async (t) => {
    const provider = await startScriptedProvider({ acr_values_supported: listed })
    t.after(() => provider.close())
    provider.publish(key, 'Replace')
    const providers = createOpenIDProviders({ clock: systemClock })
    const examined = await providers.examine(aSpec(provider.issuer))
    assert.ok(examined.kind === 'Usable')
    assert.deepEqual(examined.acrValues, want)
    const connected = await providers.connect(aSpec(provider.issuer), aSharedSecret)
    assert.ok(connected.kind === 'Connected')
    assert.deepEqual(connected.acrValues, want)
  })
