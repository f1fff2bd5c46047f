/** The parts of OpenID Connect that the embedded provider offers: CIBA with poll and ping delivery, JWT access tokens, revocation. */
import { errors } from 'oidc-provider'
import type {
  Client as ProviderClient,
  Configuration,
  KoaContextWithOIDC,
  ResourceServer,
} from 'oidc-provider'
import { actionDetailType, cibaGrant } from '../api/names.ts'
import { isActionScope } from '../core/action/action-scopes.ts'
import { actionDetailIn, detailsIn } from './action-details.ts'
import { hasContradiction } from './action-scopes.ts'
import type { Backchannel } from './backchannel.ts'
import { algorithm } from './keys.ts'
import type { Directory } from './people.ts'

const bindingMessagePattern = /^[a-zA-Z0-9-._+/!?#]{1,50}$/

/** Builds the `features` of oidc-provider's configuration. */
export function featuresFor(
  directory: Directory,
  backchannel: Backchannel,
): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    ciba: {
      enabled: true,
      deliveryModes: ['poll', 'ping'],
      processLoginHint: (_ctx, hint) => directory.people.find(({ username }) => username === hint)?.username,
      processLoginHintToken: () => {
        throw new errors.InvalidRequest('login_hint_token is not supported')
      },
      validateBindingMessage: (_ctx, message) => {
        if (message !== undefined && !bindingMessagePattern.test(message))
          throw new errors.InvalidBindingMessage(`binding_message must match ${bindingMessagePattern.source}`)
      },
      validateRequestContext: () => undefined,
      verifyUserCode: () => undefined,
      triggerAuthenticationDevice: (...[ctx, request, , client]) => backchannel.trigger(ctx, request, client),
    },
    richAuthorizationRequests: {
      enabled: true,
      types: { [actionDetailType]: { validate: onlyAnAction } },
      // Of a token by code, which no client may ask for with them.
      authorizationDetailsForGrantSource: () => undefined,
      // As the person granted them, not as the client asked for them.
      authorizationDetailsForAccessToken: (_ctx, _token, source) => source?.rar,
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_ctx, client, oneOf) =>
        oneOf ?? (client.grantTypeAllowed(cibaGrant) ? directory.audience : undefined),
      // Nobody repeats `resource` at the token endpoint just to get what was asked for.
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource, client) =>
        resourceServer(resource, requestedScopes(ctx), { directory, client }),
    },
  }
}

function onlyAnAction(ctx: KoaContextWithOIDC): void {
  if (actionDetailIn(detailsIn(ctx.oidc.params)) !== undefined) return
  throw new errors.InvalidAuthorizationDetails(
    `one element of type ${actionDetailType} is expected, with its members`,
  )
}

type Asker = { readonly directory: Directory; readonly client: ProviderClient }

/** Knows as scopes what names an action, and what the file grants this client; refuses the rest (RFC 6749 §3.3). */
function resourceServer(
  audience: string,
  requested: readonly string[],
  { directory, client }: Asker,
): ResourceServer {
  if (!directory.audiences.includes(audience)) throw new errors.InvalidTarget()
  const allowed = scopesOf(directory, client.clientId)
  const scopes = requested.filter((scope) => scope !== 'openid')
  const unknown = scopes.find((scope) => !isActionScope(scope) && !allowed.includes(scope))
  if (unknown !== undefined) throw new errors.InvalidScope('requested scope is not allowed', unknown)
  if (hasContradiction(scopes)) throw new errors.InvalidScope('an action is named twice', scopes.join(' '))
  return {
    audience,
    scope: scopes.join(' '),
    accessTokenFormat: 'jwt',
    accessTokenTTL: directory.tokenLifetimeSeconds,
    jwt: { sign: { alg: algorithm } },
  }
}

/** At the backchannel endpoint those of the request; at the token endpoint those of the request that was approved. */
function requestedScopes(ctx: KoaContextWithOIDC): readonly string[] {
  const approved = ctx.oidc.entities.BackchannelAuthenticationRequest?.scope
  const scope = approved ?? ctx.oidc.params?.scope
  return typeof scope === 'string' ? scope.split(' ').filter((item) => item !== '') : []
}

function scopesOf({ clients }: Directory, clientId: string): readonly string[] {
  const client = clients.find((candidate) => candidate.clientId === clientId)
  return client?.kind === 'Ciba' ? client.scopes : []
}
