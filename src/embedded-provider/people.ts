/** The file that says who exists at the embedded provider: people, clients, and where prompts go. */
import { parse, YAMLParseError } from 'yaml'
import { credentialFrom } from './client-credential.ts'
import type { ClientCredential } from './client-credential.ts'
import { DirectoryError, fieldsOf } from './fields.ts'
import type { Fields } from './fields.ts'

/** Somebody who can log in and be asked. */
export type Person = {
  /** Also the `sub` and the `login_hint`. */
  readonly username: string
  readonly email: string
  readonly name: string
  readonly password: string
  /** The secret of an authenticator app, base32: the second factor (RFC 6238). */
  readonly totp?: string
}

/** A client of the provider. `Ciba` asks for approvals; `Login` logs people in, as the inbox does. */
export type Client =
  | {
      readonly kind: 'Ciba'
      readonly clientId: string
      readonly credential: ClientCredential
      /** What it may ask for besides `openid` and the scopes that name an action. */
      readonly scopes: readonly string[]
      /** Where it gets a ping when there is an answer (CIBA Core §10.2); without one it polls. */
      readonly notificationEndpoint: string | undefined
    }
  | {
      readonly kind: 'Login'
      readonly clientId: string
      readonly credential: ClientCredential
      readonly redirectUris: readonly string[]
    }

/** The content of the file, checked. */
export type Directory = {
  readonly people: readonly Person[]
  readonly clients: readonly Client[]
  readonly channelUri: string | undefined
  /** The `aud` of access tokens for requests without `resource` (RFC 8707). */
  readonly audience: string
  /** What `resource` may name; anything else is invalid_target. */
  readonly audiences: readonly string[]
  readonly tokenLifetimeSeconds: number
  /** Of polling (CIBA Core §7.3). */
  readonly intervalSeconds: number
}

const longestTokenLifetimeSeconds = 3600

/**
 * Parses the YAML file.
 * @throws DirectoryError that names the field, and never repeats a value that may be secret
 */
export function parseDirectory(text: string): Directory {
  const file = fieldsOf(read(text))
  const channel = file.optionalObject('channel')
  const audience = file.uri('audience')
  const others = file.texts('audiences', { each: /^[a-z][a-z0-9+.-]*:[!-~]{1,255}$/, least: 0 })
  const directory = {
    people: file.objects('people').map(personFrom),
    clients: file.objects('clients').map(clientFrom),
    channelUri: channel?.uri('uri'),
    audience,
    audiences: [audience, ...others],
    tokenLifetimeSeconds: file.seconds('tokenLifetimeSeconds', {
      otherwise: 300,
      most: longestTokenLifetimeSeconds,
    }),
    intervalSeconds: file.seconds('intervalSeconds', { otherwise: 5, most: 60 }),
  }
  channel?.nothingElse()
  file.nothingElse()
  noneTwice(
    'people',
    'username',
    directory.people.map(({ username }) => username),
  )
  noneTwice(
    'clients',
    'client_id',
    directory.clients.map(({ clientId }) => clientId),
  )
  return directory
}

function read(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 }) as unknown
  } catch (error) {
    // Its message would quote lines of the file, and with them secrets.
    if (error instanceof YAMLParseError)
      throw new DirectoryError(
        `the file is not YAML: ${error.code} in line ${error.linePos?.[0].line ?? '?'}`,
      )
    throw new DirectoryError('the file is not YAML')
  }
}

function personFrom(fields: Fields): Person {
  const totp = fields.optionalText('totp', /^[A-Z2-7]{16,128}$/)
  const person = {
    username: fields.text('username', /^[\w.@+-]{1,128}$/),
    email: fields.text('email', /^[^\s@]{1,64}@[^\s@]{1,189}$/),
    name: fields.text('name', /^[^\p{Cc}]{1,128}$/u),
    password: fields.text('password', /^.{4,256}$/),
    ...(totp !== undefined && { totp }),
  }
  fields.nothingElse()
  return person
}

function clientFrom(fields: Fields): Client {
  const common = {
    clientId: fields.text('client_id', /^[\w.-]{1,128}$/),
    credential: credentialFrom(fields),
  }
  const kind = fields.text('kind', /^(Ciba|Login)$/)
  const client: Client =
    kind === 'Ciba'
      ? {
          kind,
          ...common,
          scopes: fields.texts('scopes', { each: /^[\w:./-]{1,128}$/, least: 0 }),
          notificationEndpoint: fields.optionalWebUrl('notification_endpoint'),
        }
      : {
          kind: 'Login',
          ...common,
          redirectUris: fields.texts('redirect_uris', { each: /^https?:\/\/\S{1,512}$/, least: 1 }),
        }
  fields.nothingElse()
  return client
}

function noneTwice(list: string, field: string, values: readonly string[]): void {
  const again = values.find((value, index) => values.indexOf(value) < index)
  if (again !== undefined)
    throw new DirectoryError(`${list} has two entries with ${field} ${again}; remove one`)
}
