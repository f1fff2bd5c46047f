/** The provider's public keys (RFC 7517), loaded once and again when a token names a key that is not among them. */
import { createRemoteJWKSet, customFetch, errors } from 'jose'
import type { JWK, JWTVerifyGetKey } from 'jose'
import type { Clock } from '../../core/ports/surroundings.ts'
import { NoAnswerError } from '../http/bounded-fetch.ts'
import type { BoundedFetch } from '../http/bounded-fetch.ts'
import { answerInWords, reachIt } from './discovery.ts'

/** How keys are loaded, and how often. */
export type KeySource = {
  readonly fetch: BoundedFetch
  readonly clock: Clock
  readonly timeoutSeconds: number
  /** How soon a token that cannot be verified may cause one more request; the first one after loading always may, for a rotation. */
  readonly refreshSeconds?: number
  /** For how long a failure is repeated as it is. */
  readonly failureSeconds?: number
}

/** The keys of one `jwks_uri`. */
export type ProviderKeys = {
  /** Rejects with a KeysUnavailableError, and so does `find`, which loads by itself what was not loaded before. */
  load(): Promise<void>
  readonly find: JWTVerifyGetKey
  /** What was loaded last. */
  published(): readonly JWK[]
  /**
   * Loads them again, for a token that none of them verifies: a key may have been replaced under its `kid`.
   * @returns false where that happened a moment ago, so that there is nothing new
   */
  refresh(): Promise<boolean>
}

/** Its message says what failed and why, without a full stop; `remedy` is what to do, as a sentence. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError'
  readonly code = 'ERR_KEYS_UNAVAILABLE'
  readonly remedy: string

  constructor(message: string, { remedy, cause }: { readonly remedy: string; readonly cause?: unknown }) {
    super(message, { cause })
    this.remedy = remedy
  }
}

/** All are looked through for each prompt and each answer. Providers publish two to twenty. */
const mostKeys = 100

/** For tokens that anyone may send. */
const defaultRefreshSeconds = 5 * 60

/** Spares a provider that is down a request for each such token. */
const defaultFailureSeconds = 5

/**
 * Loads nothing before the first use; a token with an unknown `kid` loads the keys again, within `refreshSeconds`. What failed
 * is repeated as it is for `failureSeconds`, but for `load`, which always tries.
 */
export function createProviderKeys(jwksUri: string, source: KeySource): ProviderKeys {
  const { fetch, clock, timeoutSeconds } = source
  const { refreshSeconds = defaultRefreshSeconds, failureSeconds = defaultFailureSeconds } = source
  // Endless here, so that the rule below is the only one.
  const forever = { cooldownDuration: Infinity, cacheMaxAge: Infinity }
  const timeoutDuration = Math.ceil(timeoutSeconds * 1000)
  let answer: Response | undefined
  const watched: BoundedFetch = async (...exchange) => {
    answer = undefined
    return (answer = await fetch(...exchange))
  }
  const keySet = createRemoteJWKSet(new URL(jwksUri), { [customFetch]: watched, timeoutDuration, ...forever })
  let loaded: readonly JWK[] | undefined
  let refreshedAtMs = -Infinity
  const { load, loadUnlessFailed } = rememberingFailure(loadNow, { clock, failureSeconds })

  async function loadNow(): Promise<void> {
    try {
      await keySet.reload()
    } catch (cause) {
      throw unavailable(jwksUri, { cause, answer })
    }
    const keys = keySet.jwks()?.keys ?? []
    if (keys.length > mostKeys)
      throw new KeysUnavailableError(
        `loading the provider's keys from ${jwksUri} failed: it publishes ${keys.length} of them, and ${mostKeys} are read at most`,
        { remedy: 'Let the provider publish fewer keys at its jwks_uri.' },
      )
    loaded = keys
  }

  async function refresh(): Promise<boolean> {
    if (clock.monotonicMs() - refreshedAtMs < refreshSeconds * 1000) return false
    await loadUnlessFailed()
    refreshedAtMs = clock.monotonicMs()
    return true
  }

  const find: JWTVerifyGetKey = async (header, token) => {
    if (loaded === undefined) await loadUnlessFailed()
    try {
      return await keySet(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !(await refresh())) throw error
    }
    return keySet(header, token)
  }

  return { load, find, refresh, published: () => loaded ?? [] }
}

type Loading = Record<'load' | 'loadUnlessFailed', () => Promise<void>>

/** `loadUnlessFailed` throws what the last `load` threw, as long as that was a moment ago. */
function rememberingFailure(
  loadNow: () => Promise<void>,
  { clock, failureSeconds }: Required<Pick<KeySource, 'clock' | 'failureSeconds'>>,
): Loading {
  let failed: { readonly error: unknown; readonly atMs: number } | undefined

  async function load(): Promise<void> {
    try {
      await loadNow()
      failed = undefined
    } catch (error) {
      failed = { error, atMs: clock.monotonicMs() }
      throw error
    }
  }

  async function loadUnlessFailed(): Promise<void> {
    if (failed !== undefined && clock.monotonicMs() - failed.atMs < failureSeconds * 1000) throw failed.error
    await load()
  }

  return { load, loadUnlessFailed }
}

/** Never what the provider sent: its status, and what kind of answer that was. */
function unavailable(
  jwksUri: string,
  { cause, answer }: { readonly cause: unknown; readonly answer: Response | undefined },
): KeysUnavailableError {
  const failed = `loading the provider's keys from ${jwksUri} failed`
  if (cause instanceof NoAnswerError)
    return new KeysUnavailableError(`${failed}: ${cause.message}`, { remedy: reachIt, cause })
  const isKeySet = answer === undefined || answer.status === 200
  const why = isKeySet ? 'its answer is not a JSON Web Key Set' : answerInWords(answer)
  const remedy = 'Let the provider publish its keys at its jwks_uri. It is tried again automatically.'
  return new KeysUnavailableError(`${failed}: ${why}`, { remedy, cause })
}
