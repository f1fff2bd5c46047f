/** The provider's metadata and public keys: loaded at the first use, bounded in size, time and number of requests. */
import { createRemoteJWKSet, customFetch } from 'jose'
import type { JWTVerifyGetKey } from 'jose'
import { isObject } from '../core/json-object.ts'
import { mayBeContacted } from '../core/provider/address.ts'

/** Nothing can be verified now. The message names the URL that failed, never what it answered. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError'
  readonly code = 'ERR_KEYS_UNAVAILABLE'
}

/** Replaceable for a proxy or a private certificate authority. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

const timeoutMs = 5_000
const longestBody = 256 * 1024
const mostKeys = 100
const failureMs = 5_000
/** A token with an unknown key loads the keys again, this often at most. */
const cooldownDuration = 30_000
/** For how long a key is trusted that the provider no longer publishes. */
const cacheMaxAge = 10 * 60_000

/** https, or http to this machine itself. */
export const addresses = { allowInsecureHTTP: true } as const

type Load = (url: string, isUsable: (body: object) => boolean) => Promise<object>

/** @returns finds the key of a token; rejects with a KeysUnavailableError while the provider cannot be reached */
export function keysOf(issuer: string, fetchAny: Fetch): JWTVerifyGetKey {
  const load = boundedBy(fetchAny)
  const fetchKeys = async (url: string): Promise<Response> => Response.json(await load(url, areKeys))
  let keySet: Promise<JWTVerifyGetKey> | undefined

  async function discover(): Promise<JWTVerifyGetKey> {
    try {
      const uri = await jwksUriOf(issuer, load)
      const timing = { timeoutDuration: timeoutMs, cooldownDuration, cacheMaxAge }
      return createRemoteJWKSet(uri, { [customFetch]: fetchKeys, ...timing })
    } catch (error) {
      // The next token tries again; keys that were found once stay, also while the provider is unavailable.
      keySet = undefined
      throw error
    }
  }

  return async (header, token) => {
    keySet ??= discover()
    const find = await keySet
    return find(header, token)
  }
}

async function jwksUriOf(issuer: string, load: Load): Promise<URL> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const metadata = await load(
    url,
    (body) =>
      Reflect.get(body, 'issuer') === issuer && mayBeContacted(Reflect.get(body, 'jwks_uri'), addresses),
  )
  return new URL(String(Reflect.get(metadata, 'jwks_uri')))
}

function areKeys(body: object): boolean {
  const keys: unknown = Reflect.get(body, 'keys')
  return Array.isArray(keys) && keys.length <= mostKeys
}

/** After a failure the next request waits, so that forged tokens cost the provider nothing. What cannot be used is a failure too. */
function boundedBy(fetchAny: Fetch): Load {
  let failedAtMs = -Infinity
  return async (url, isUsable) => {
    if (performance.now() - failedAtMs < failureMs)
      throw new KeysUnavailableError(`${url} failed a moment ago`)
    try {
      const response = await fetchAny(url, {
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
        headers: { accept: 'application/json' },
      })
      const body: unknown = JSON.parse(await boundedBody(response))
      if (response.status === 200 && isObject(body) && isUsable(body)) return body
      throw new Error(`status ${response.status}, or not what it must be`)
    } catch (cause) {
      failedAtMs = performance.now()
      throw new KeysUnavailableError(`${url} could not be loaded`, { cause })
    }
  }
}

async function boundedBody({ body }: Response): Promise<string> {
  if (body === null) return ''
  const chunks: Uint8Array[] = []
  let length = 0
  const stream: AsyncIterable<Uint8Array> = body
  for await (const chunk of stream) {
    length += chunk.byteLength
    if (length > longestBody) throw new Error(`longer than ${longestBody} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
