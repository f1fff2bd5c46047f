/** The inbox's connections to the OpenID Provider, made of files that may be rotated under it. */
import type { AuthenticationChannel } from '../../core/ports/channel.ts'
import type { Login } from '../../core/ports/login.ts'
import type { Clock, Log } from '../../core/ports/surroundings.ts'
import { createAuthenticationChannel } from '../../oidc/authentication-channel.ts'
import { createBoundedFetch, defaultLimits } from '../../oidc/http/bounded-fetch.ts'
import { parseCaBundle } from '../../oidc/http/ca-bundle.ts'
import { createLogin } from '../../oidc/login.ts'
import { followFile } from '../../runtime/followed-file.ts'
import type { FollowedFile } from '../../runtime/followed-file.ts'

/** The flags of the inbox that are about its provider. */
export type ProviderFlags = {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecretFile: string
  readonly caFile?: string
  readonly allowInsecureHttp?: true
}

/** The two ways in which the inbox uses the provider: to log people in, and to verify and answer prompts. */
export type Connections = { readonly login: Login; readonly channel: AuthenticationChannel }

/** The provider, by files that may be rotated while the process runs. */
export type FollowedProvider = {
  /** Valid as long as the process runs: each use is by what the files hold then. @param redirectUri registered for the client */
  connect(redirectUri: string): Connections
  stop(): void
}

/** A file that a flag names cannot be used. The message names flag and file, and nothing of what the file holds. */
export class FlaggedFileError extends Error {
  override readonly name = 'FlaggedFileError'
  readonly code = 'ERR_FLAGGED_FILE'
}

/**
 * Reads the files, and reads them again when they change. A change that cannot be used is logged once, and the content before
 * stays.
 * @throws FlaggedFileError if a file cannot be used at the start
 */
export function followProvider(
  flags: ProviderFlags,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): FollowedProvider {
  let made: Connections | undefined
  const follow = (flag: string, file: string, parse: (text: string) => string): FollowedFile<string> => {
    const onChange = (): void => {
      made = undefined
      log.info('file read again', { event: 'FileReloaded', flag })
    }
    const onRejected = (error: unknown): void => {
      log.error('file cannot be used, what it held before stays', { flag, error: String(error) })
    }
    try {
      return followFile(file, { parse, onChange, onRejected })
    } catch (error) {
      throw new FlaggedFileError(`${flag} ${file}: ${String(error)}`, { cause: error })
    }
  }
  const secret = follow('--client-secret-file', flags.clientSecretFile, parseSecret)
  const ca = flags.caFile === undefined ? undefined : follow('--ca-file', flags.caFile, parseCaBundle)
  const make = (redirectUri: string): Connections =>
    connectionsBy({ flags, clock, redirectUri, clientSecret: secret.current(), caBundle: ca?.current() })
  return {
    connect(redirectUri) {
      const current = (): Connections => (made ??= make(redirectUri))
      return {
        login: {
          begin: (acrValues) => current().login.begin(acrValues),
          finish: (callback, transaction) => current().login.finish(callback, transaction),
        },
        channel: {
          verifyBearer: (bearer) => current().channel.verifyBearer(bearer),
          answer: (bearer, reply) => current().channel.answer(bearer, reply),
        },
      }
    },
    stop() {
      secret.stop()
      ca?.stop()
    },
  }
}

type Known = {
  readonly flags: ProviderFlags
  readonly clock: Clock
  readonly redirectUri: string
  readonly clientSecret: string
  readonly caBundle: string | undefined
}

function connectionsBy({ flags, clock, redirectUri, clientSecret, caBundle }: Known): Connections {
  const provider = { issuer: flags.issuer, allowInsecureHTTP: flags.allowInsecureHttp === true }
  return {
    login: createLogin({
      ...{ ...provider, clientID: flags.clientId, clientSecret, redirectUri },
      ...(caBundle !== undefined && { caBundle }),
    }),
    channel: createAuthenticationChannel({
      ...{ provider, clock, timeoutSeconds: defaultLimits.metadataSeconds },
      fetch: createBoundedFetch({ caBundle, limits: defaultLimits, reuse: 'Kept' }),
    }),
  }
}

/** Editors end a file with a line break. */
function parseSecret(text: string): string {
  const secret = text.trim()
  if (secret === '') throw new TypeError('the file is empty')
  return secret
}
