/** What is said about an IdentityProvider. */
import type { IdentityProvider, IdentityProviderStatus } from '../../api/objects.ts'
import { providerReasons } from '../../api/provider-reasons.ts'
import type { ProviderReason } from '../../api/provider-reasons.ts'
import { repeatedConditionOf, readyOf } from '../condition.ts'
import { timestamp } from '../duration.ts'
import type { Examined, Fault } from '../ports/provider.ts'
import { habitsOf } from '../provider/profile.ts'
import { ambiguitiesOf, ambiguityInWords } from './ambiguity.ts'
import type { ClientFinding, Findings } from './findings.ts'
import { quoted } from '../sentences/messages.ts'
import { asSentence } from '../words.ts'

/** Beyond this, assertions of 45 seconds and tokens that were issued just now begin to look expired. */
const toleratedSkewSeconds = 30

type RefusedClient = NonNullable<IdentityProviderStatus['refusedClients']>[number]
/** `remedy`: what to do, where it is not what the reason says. */
type Verdict = { readonly reason: ProviderReason; readonly message: string; readonly remedy?: string }

/** The status to write: the condition `Ready`, and the clients that the provider refuses. */
export function statusOf(provider: IdentityProvider, findings: Findings, now: Date): IdentityProviderStatus {
  const refusedClients = findings.clients.flatMap((client) => refusalOf(provider, client, now) ?? [])
  const { reason, message, remedy } = verdictOf(provider, findings, refusedClients)
  const { ready, next } = providerReasons[reason]
  const said = { type: 'Ready', status: ready, reason, message: `${message} ${remedy ?? next}` } as const
  return {
    conditions: [repeatedConditionOf(provider, ready === 'True' ? { ...said, message } : said, now)],
    ...acrValuesSupported(provider, findings),
    ...(refusedClients.length > 0 && { refusedClients }),
  }
}

/**
 * All or nothing: a part of the list would say of the rest that it is not supported. What was read last stands while the provider is
 * out of reach, so that nobody is asked in vain once it is back.
 */
function acrValuesSupported(
  { status }: IdentityProvider,
  { examined }: Findings,
): Pick<IdentityProviderStatus, 'acrValuesSupported'> {
  const values = examined.kind === 'Usable' ? examined.acrValues : status?.acrValuesSupported
  const isFitting = values !== undefined && values.length <= 64 && values.every(({ length }) => length <= 255)
  return isFitting ? { acrValuesSupported: values } : {}
}

/** A refusal stands until the provider lets the client in, or the Secret or the spec is another one. */
function refusalOf(
  provider: IdentityProvider,
  { clientID, credential, experience }: ClientFinding,
  now: Date,
): RefusedClient | undefined {
  if (experience?.kind === 'Accepted') return undefined
  const known = isOfThisSpec(provider)
    ? provider.status?.refusedClients?.find((client) => client.clientID === clientID)
    : undefined
  const { error, description, secretResourceVersion } = experience ?? known ?? {}
  if (error === undefined) return undefined
  if (credential.kind !== 'NotFound' && credential.version !== secretResourceVersion) return undefined
  const isKnown = known?.error === error && known.secretResourceVersion === secretResourceVersion
  // Its words may name a moment or an id, and would be written each time.
  if (isKnown) return known
  return {
    ...{ clientID, error, refusedAt: timestamp(now) },
    ...(description !== undefined && { description }),
    ...(secretResourceVersion !== undefined && { secretResourceVersion }),
  }
}

function isOfThisSpec(provider: IdentityProvider): boolean {
  return readyOf(provider)?.observedGeneration === provider.metadata.generation
}

/** The first that holds: what stands before makes what comes after it worthless, or is its cause. */
function verdictOf(
  provider: IdentityProvider,
  { examined, clients, servesPing }: Findings,
  refused: readonly RefusedClient[],
): Verdict {
  const { spec } = provider
  if (examined.kind === 'NotReady') return faulty(examined.reason, examined)
  if (spec.delivery === 'Ping' && !servesPing)
    return { reason: 'PingNotServed', message: 'spec.delivery is Ping, but the operator serves no pings.' }
  if (examined.mismatch !== undefined) return faulty(examined.mismatch.reason, examined.mismatch)
  const unable = clients.map(inabilityOf).find((verdict) => verdict !== undefined)
  const fault = unable ?? skewed(examined) ?? refusedVerdict(refused) ?? ambiguous(provider)
  if (fault !== undefined) return fault
  const count = spec.clients.length === 1 ? '1 client' : `${spec.clients.length} clients`
  const message = `${spec.issuer} was discovered; ${count} can ask there. ${reachOf(spec)}${unknownIn(examined)}`
  return { reason: 'Discovered', message }
}

/** What a token of this provider is valid for, since that decides how scopes and audiences have to be cut. */
function reachOf(spec: IdentityProvider['spec']): string {
  const { actionBinding, authorizationDetails } = habitsOf(spec)
  return actionBinding === 'ParameterizedScopes' || authorizationDetails === 'Supported'
    ? 'Its tokens name the action and the target.'
    : 'Its tokens do not name the action: they open whatever their scopes and audience open.'
}

/** What could not be compared shows only when someone is asked. */
function unknownIn({ unlisted = [] }: Extract<Examined, { kind: 'Usable' }>): string {
  return unlisted.length === 0
    ? ''
    : ` Not compared, since the provider's metadata does not say: ${unlisted.join(', ')}.`
}

function faulty(reason: ProviderReason, { message, remedy }: Fault): Verdict {
  return { reason, message: asSentence(message), ...(remedy !== undefined && { remedy }) }
}

function inabilityOf({ clientID, credential }: ClientFinding): Verdict | undefined {
  switch (credential.kind) {
    case 'NotFound':
      return faulty('SecretNotFound', {
        ...credential,
        message: `client ${clientID} has no credential: ${credential.message}`,
      })
    case 'Invalid':
      return faulty('InvalidKey', credential)
    case 'Usable':
    case 'Unexamined':
      return credential.mismatch && faulty(credential.mismatch.reason, credential.mismatch)
  }
}

/** In steps, so that a clock that drifts is not a new message at every look. */
function skewed({ clockSkewSeconds: skew = 0 }: Extract<Examined, { kind: 'Usable' }>): Verdict | undefined {
  const size = Math.abs(skew)
  if (size <= toleratedSkewSeconds) return undefined
  const step = skewSteps.find(([seconds]) => size > seconds)?.[1] ?? '30 seconds'
  const message = `The provider's clock is more than ${step} ${skew > 0 ? 'ahead of' : 'behind'} the operator's.`
  return { reason: 'ClockSkew', message }
}

const skewSteps = [
  [86_400, 'a day'],
  [3600, 'an hour'],
  [300, '5 minutes'],
  [60, 'a minute'],
] as const

function refusedVerdict(refused: readonly RefusedClient[]): Verdict | undefined {
  const [first, ...others] = refused
  if (first === undefined) return undefined
  const more = others.length === 0 ? '' : `, and ${others.length} more were refused (status.refusedClients)`
  const message = `The provider answered ${quoted(first)} to client ${first.clientID}${more}.`
  return { reason: 'ClientAuthenticationFailed', message }
}

/** Last: who has a client of its own is asked about all the same. */
function ambiguous(provider: IdentityProvider): Verdict | undefined {
  const [first, ...others] = ambiguitiesOf(provider)
  if (first === undefined) return undefined
  const more = others.length === 0 ? '' : `, and the same holds for ${others.length} more`
  const waiting = first.requester === undefined ? 'requests of everyone else wait' : 'its requests wait'
  return {
    reason: 'AmbiguousClient',
    message: asSentence(`${ambiguityInWords(first)}${more}, so ${waiting}`),
  }
}
