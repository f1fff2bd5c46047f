/** The embedded OpenID Provider for demo, development and tests: oidc-provider with people from a file. */
import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { Provider } from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { approvalRequestParameter, cibaGrant } from '../api/names.ts'
import { createBackchannel } from './backchannel.ts'
import type { Backchannel, ChannelAnswer } from './backchannel.ts'
import { backchannelPath, configurationFor, interactionPath } from './configuration.ts'
import { interact } from './interaction.ts'
import { createSigningKey } from './keys.ts'
import { loginRate } from './login-rate.ts'
import type { Report } from './log.ts'
import { createMemory } from './memory.ts'
import { createPasswords } from './passwords.ts'
import type { Passwords } from './passwords.ts'
import type { Directory } from './people.ts'
import { readBody } from './request-body.ts'

/** Who exists and where prompts go; both may change while the provider runs. */
export type Whereabouts = { readonly directory: Directory; readonly channelUri: string }

/** What the provider begins with. */
export type ProviderSetup = Whereabouts & {
  /** As clients and browsers reach it; an http origin on loopback. */
  readonly issuer: string
  readonly report: Report
}

/** A running provider, to be put behind a server. */
export type EmbeddedProvider = {
  readonly listener: RequestListener
  /** Other people and clients from now on. Who is logged in stays so, and what waits for an answer waits on. */
  readonly replace: (next: Whereabouts) => void
}

/** Creates a provider that keeps everything in memory: after a restart nobody is logged in and no prompt is known. */
export async function createIdentityProvider(setup: ProviderSetup): Promise<EmbeddedProvider> {
  const { issuer, report } = setup
  let known: Whereabouts = setup
  const key = await createSigningKey()
  const passwords = createPasswords(
    () => known.directory.people,
    () => new Date(),
  )
  const backchannel = createBackchannel({
    ...{ issuer, key, passwords, report },
    channelUri: () => known.channelUri,
  })
  const kept = { key, backchannel, memory: createMemory(), cookieKey: randomBytes(32) }
  const limitLogins = loginRate()
  const providerOf = ({ directory }: Whereabouts): Provider => {
    const provider = new Provider(issuer, configurationFor(directory, kept))
    provider.use(limitLogins)
    route(provider, { passwords, backchannel })
    provider.use(async (ctx: KoaContextWithOIDC, next) => {
      await next()
      addInterval(ctx, directory.intervalSeconds)
    })
    reportTokens(provider, report)
    return provider
  }
  let provider = providerOf(known)
  return {
    listener: (request, response) => void provider.callback()(request, response),
    replace(next) {
      provider = providerOf(next)
      known = next
    },
  }
}

function route(
  provider: Provider,
  { passwords, backchannel }: { passwords: Passwords; backchannel: Backchannel },
): void {
  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    const isCallback = ctx.path === `${backchannelPath}/callback` && ctx.method === 'POST'
    if (ctx.path.startsWith(`${interactionPath}/`)) await interact(ctx, provider, passwords)
    else if (isCallback) await receiveCallback(ctx, provider, backchannel)
    else await next()
  })
}

const callbackStatus = { Taken: 200, Used: 403, Malformed: 400 } as const

async function receiveCallback(
  ctx: KoaContextWithOIDC,
  provider: Provider,
  backchannel: Backchannel,
): Promise<void> {
  const { bearer } = /^Bearer +(?<bearer>\S+)$/i.exec(ctx.get('authorization'))?.groups ?? {}
  ctx.body = {}
  if (bearer === undefined) {
    ctx.set('www-authenticate', 'Bearer')
    ctx.status = 401
    return
  }
  const body = await readBody(ctx.req)
  ctx.status = callbackStatus[await backchannel.callBack(provider, bearer, answerIn(body))]
}

function answerIn(body: string | undefined): ChannelAnswer {
  try {
    const answer: unknown = JSON.parse(body ?? '')
    return typeof answer === 'object' && answer !== null ? answer : {}
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

/** oidc-provider leaves it out (CIBA Core §7.3). */
function addInterval(ctx: KoaContextWithOIDC, interval: number): void {
  const isAcknowledgement = ctx.path === backchannelPath && ctx.status === 200
  if (isAcknowledgement && typeof ctx.body === 'object') ctx.body = { ...ctx.body, interval }
}

function reportTokens(provider: Provider, report: Report): void {
  provider.on('grant.success', ({ oidc }) => {
    const request = oidc.entities.BackchannelAuthenticationRequest
    if (oidc.params?.grant_type !== cibaGrant || request === undefined) return
    const approvalRequest = request.params?.[approvalRequestParameter]
    report({
      event: 'TokenMinted',
      client: request.clientId ?? '',
      subject: request.accountId ?? '',
      approvalRequest: typeof approvalRequest === 'string' ? approvalRequest : undefined,
    })
  })
  provider.on('server_error', ({ path }, error) => {
    report({ event: 'ServerError', path, error: `${error.name}: ${error.message}` })
  })
}
