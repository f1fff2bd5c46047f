/** The demo's OpenID Provider: its people stand in people.yaml, its clients are made anew for each run. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { startBundle } from './processes.ts'
import type { Running } from './processes.ts'

export type Person = { readonly username: string; readonly password: string }

/** As the provider's file has people. */
export type DirectoryPerson = Person & { readonly email: string; readonly name: string }

export type ProviderOptions = {
  readonly issuer: string
  readonly host: string
  readonly port: number
  readonly inboxUrl: string
  /** The clients' secrets. */
  readonly secrets: { readonly agent: string; readonly inbox: string }
  /** Where it pings the agent's client, if it is to. */
  readonly notificationEndpoint?: string | undefined
  /** Clients besides the agent's and the inbox's, as the provider's file has them. */
  readonly clients: readonly object[]
  /** People besides those of people.yaml. */
  readonly people: readonly DirectoryPerson[]
}

/** people.yaml: who exists at the demo's provider, and what else it is started with. */
export function directoryOfPeople(): { readonly people: readonly Person[] } {
  return parse(readFileSync(new URL('people.yaml', import.meta.url), 'utf8')) as {
    readonly people: readonly Person[]
  }
}

/** Returns once it listens. */
export async function startProvider(
  directory: string,
  options: ProviderOptions,
): Promise<{ readonly process: Running; readonly people: readonly Person[] }> {
  const { inboxUrl } = options
  const template = directoryOfPeople()
  const config = join(directory, 'people.yaml')
  const clients = [...clientsOf(options), ...options.clients]
  const people = [...template.people, ...options.people]
  const directoryFile = { ...template, people, clients, channel: { uri: `${inboxUrl}/channel` } }
  writeFileSync(config, stringify(directoryFile), { mode: 0o600 })
  const args = [
    ...['--development', '--config', config, '--issuer', options.issuer],
    ...['--host', options.host, '--port', String(options.port)],
  ]
  return {
    process: await startBundle({ bundle: 'identity-provider', args, directory }),
    people,
  }
}

/** The agent's and the inbox's, as the provider's file has them. */
export function clientsOf({
  inboxUrl,
  secrets,
  notificationEndpoint,
}: Pick<ProviderOptions, 'inboxUrl' | 'secrets' | 'notificationEndpoint'>): readonly object[] {
  return [
    {
      kind: 'Ciba',
      client_id: 'agent-release-bot',
      client_secret: secrets.agent,
      ...(notificationEndpoint !== undefined && { notification_endpoint: notificationEndpoint }),
      scopes: ['rollouts:promote'],
    },
    {
      kind: 'Login',
      client_id: 'inbox',
      client_secret: secrets.inbox,
      redirect_uris: [`${inboxUrl}/login/callback`],
    },
  ]
}
