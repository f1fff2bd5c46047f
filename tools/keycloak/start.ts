/** Starts a Keycloak with the realm of `deploy/keycloak/realm.json`, on loopback. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { JWK } from 'jose'
import { awaitReady } from '../envtest/await-ready.ts'
import { startLeashed } from '../envtest/leashed-process.ts'
import type { LeashedProcess } from '../envtest/leashed-process.ts'
import { keycloakDistribution } from './distribution.ts'

const realmFile = fileURLToPath(new URL('../../deploy/keycloak/realm.json', import.meta.url))
export const pingedClient = 'agent-scaling-bot'
/** Clients with a service account, by what it may do in the realm. Each one's secret is `of-<client id>`. */
export const serviceAccounts = {
  'countersign-groups': ['view-users', 'query-groups'],
  'countersign-powerless': [],
  'test-admin': ['manage-users'],
} as const
const importedRealm = 'data/import/company-realm.json'
const readyWithinMs = 150_000

export type KeycloakOptions = {
  readonly port: number
  /** By which address everyone reaches it. */
  readonly url: string
  readonly inboxUrl: string
  /** Where the client `pingedClient` is told of answers. */
  readonly pingUrl: string
  /** What the agent proves itself by. */
  readonly agentKey: JWK
  readonly inboxSecret: string
  readonly passwords: { readonly alice: string; readonly bob: string }
  /** Changes the realm's file. */
  readonly change?: ((realm: Realm) => Realm) | undefined
  /** It belongs to Keycloak, and goes when this process dies. */
  readonly directory: string
  readonly logFile: string
}

/** Returns once the realm is served. */
export async function startKeycloak(options: KeycloakOptions): Promise<LeashedProcess> {
  const { inboxUrl, pingUrl, directory, change } = options
  unpackKeycloak(directory)
  const realm = realmWith(pingUrl)
  writeFileSync(join(directory, importedRealm), JSON.stringify(change?.(realm) ?? realm))
  // Where Keycloak takes its prompts to; there is one for all realms.
  const channel = `--spi-ciba-auth-channel--ciba-http-auth-channel--http-authentication-channel-uri=${inboxUrl}/channel`
  return startUnpacked({ ...options, args: ['--import-realm', channel], env: placeholders(options) })
}

/** A copy that nobody else writes into. A realm is imported from `importedRealm` below it. */
export function unpackKeycloak(directory: string): void {
  cpSync(keycloakDistribution(), directory, { recursive: true })
  mkdirSync(dirname(join(directory, importedRealm)), { recursive: true })
}

export type Unpacked = Pick<KeycloakOptions, 'port' | 'url' | 'directory' | 'logFile'> & {
  /** Added to its command line. */
  readonly args: readonly string[]
  /** Added to its environment, for the realm that it imports. */
  readonly env: Readonly<Record<string, string>>
}

/** The one in `directory`, as `unpackKeycloak` left it there. Returns once the realm is served; one that does not come so far is stopped. */
export async function startUnpacked(options: Unpacked): Promise<LeashedProcess> {
  const { port, url, directory, logFile, args, env } = options
  const running = startLeashed({
    program: join(directory, 'bin/kc.sh'),
    args: [
      ...['start', '--optimized', '--http-enabled=true', '--http-host=127.0.0.1'],
      ...[`--http-port=${port}`, `--hostname=${url}`, ...args],
    ],
    // Compiling quickly instead of well halves the start.
    env: { ...env, JAVA_OPTS_APPEND: '-XX:TieredStopAtLevel=1' },
    directory,
    logFile,
  })
  const metadata = `http://127.0.0.1:${port}/realms/company/.well-known/openid-configuration`
  const ready = awaitReady({ url: metadata, signal: AbortSignal.timeout(readyWithinMs) })
  try {
    await Promise.race([ready, running.failed])
  } catch (error) {
    await running.stop()
    throw error
  }
  return running
}

type RealmClient = { readonly clientId: string; readonly attributes: object }
/** The parts of a realm's file that something here changes. */
export type Realm = {
  readonly clients: readonly RealmClient[]
  readonly attributes: object
  readonly users: readonly { readonly username: string }[]
}

const groups = [
  ...['sre', 'leads', 'empty'].map((name) => ({ name })),
  { name: 'teams', subGroups: [{ name: 'foo' }] },
]
const memberships: Readonly<Record<string, readonly string[]>> = {
  alice: ['/sre', '/leads'],
  bob: ['/sre', '/teams/foo'],
}

/** As it is shipped, with groups, and beside the agent's client one like it that is registered for ping. */
function realmWith(pingUrl: string): Realm {
  const realm = JSON.parse(readFileSync(realmFile, 'utf8')) as Realm
  const pinged = realm.clients
    .filter(({ clientId }) => clientId === 'agent-release-bot')
    .map((client) => ({
      ...client,
      clientId: pingedClient,
      attributes: {
        ...client.attributes,
        'ciba.backchannel.token.delivery.mode': 'ping',
        'ciba.backchannel.client.notification.endpoint': pingUrl,
      },
    }))
  const accounts = Object.entries(serviceAccounts)
  return {
    ...realm,
    groups,
    clients: [...realm.clients, ...pinged, ...accounts.map(([clientId]) => withServiceAccount(clientId))],
    users: [
      ...realm.users.map((user) => ({ ...user, groups: memberships[user.username] ?? [] })),
      ...accounts.map(([clientId, roles]) => ({
        ...{ username: `service-account-${clientId}`, enabled: true, serviceAccountClientId: clientId },
        clientRoles: { 'realm-management': roles },
      })),
    ],
  }
}

function withServiceAccount(clientId: string): RealmClient {
  const flows = { standardFlowEnabled: false, directAccessGrantsEnabled: false, serviceAccountsEnabled: true }
  const client = { clientId, secret: `of-${clientId}`, publicClient: false, attributes: {} }
  return { ...client, ...flows }
}

/** Of the realm's file. They are replaced before the JSON is read, so quotes are escaped here. */
function placeholders(options: KeycloakOptions): Readonly<Record<string, string>> {
  const { agentKey, inboxSecret, inboxUrl, passwords } = options
  const keys = JSON.stringify({ keys: [{ ...agentKey, use: 'sig' }] })
  return {
    AGENT_JWKS: JSON.stringify(keys).slice(1, -1),
    INBOX_CLIENT_SECRET: inboxSecret,
    INBOX_URL: inboxUrl,
    ALICE_PASSWORD: passwords.alice,
    BOB_PASSWORD: passwords.bob,
  }
}
