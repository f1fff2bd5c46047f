/** Whether a provider can ask people by CIBA (CIBA Core §4). */
import type { IdentityProviderSpec } from '../../api/objects.ts'
import { cibaGrant } from '../../api/names.ts'
import type { Discovered, ProviderMetadata } from './discovery.ts'

/** Metadata of a provider that supports CIBA. */
export type CibaMetadata = ProviderMetadata & { readonly backchannel_authentication_endpoint: string }

/** What a provider offers for CIBA, or why it cannot be used. */
export type Backchannel =
  { readonly kind: 'Supported'; readonly metadata: CibaMetadata } | Extract<Discovered, { kind: 'NotReady' }>

/** Checks the metadata for CIBA. Lists that the provider leaves out are no obstacle; malformed ones were refused before. */
export function backchannelOf(
  metadata: ProviderMetadata,
  delivery: IdentityProviderSpec['delivery'],
): Backchannel {
  const { backchannel_authentication_endpoint } = metadata
  if (backchannel_authentication_endpoint === undefined)
    return notSupported('names no backchannel_authentication_endpoint')
  if (excludes(metadata.grant_types_supported, [cibaGrant]))
    return notSupported(`does not list the grant type ${cibaGrant}`)
  const modes = metadata.backchannel_token_delivery_modes_supported
  if (excludes(modes, ['poll', 'ping']))
    return notSupported(
      'offers neither poll nor ping as token delivery mode',
      'Switch poll or ping on at the provider, or name another issuer.',
    )
  // A client in ping mode may poll as well (CIBA Core §5), but only with a token for the pings that it then has to send (§7.1).
  const mode = delivery === 'Ping' ? 'ping' : 'poll'
  if (excludes(modes, [mode]))
    return notSupported(
      `does not offer ${mode} as token delivery mode, and spec.delivery is ${delivery}`,
      `Set spec.delivery to ${delivery === 'Ping' ? 'Poll' : 'Ping'}, or switch ${mode} on at the provider.`,
    )
  return { kind: 'Supported', metadata: { ...metadata, backchannel_authentication_endpoint } }
}

function excludes(list: unknown, wanted: readonly string[]): boolean {
  return Array.isArray(list) && !wanted.some((item) => list.includes(item))
}

function notSupported(what: string, remedy?: string): Backchannel {
  const message = `the provider's metadata ${what}`
  return {
    ...{ kind: 'NotReady', reason: 'BackchannelNotSupported', message },
    ...(remedy !== undefined && { remedy }),
  }
}
