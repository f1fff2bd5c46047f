/** Starts a Keycloak with the realm of `deploy/keycloak/realm.json`, on loopback. */
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { JWK } from 'jose'
import { awaitReady } from '../control-plane/await-ready.ts'
import { startLeashed, type LeashedProcess } from '../control-plane/leashed-process.ts'
import { keycloakDistribution } from './distribution.ts'

const realmFile = fileURLToPath(new URL('../../deploy/keycloak/realm.json', import.meta.url))
const readyWithinMs = 150_000

export type KeycloakOptions = {
  readonly port: number
  /** By which address everyone reaches it. */
  readonly url: string
  readonly inboxUrl: string
  /** What the agent proves itself by. */
  readonly agentKey: JWK
  readonly inboxSecret: string
  readonly passwords: { readonly alice: string; readonly bob: string }
  /** It belongs to Keycloak, and goes when this process dies. */
  readonly directory: string
  readonly logFile: string
}

/** Returns once the realm is served. */
export async function startKeycloak(options: KeycloakOptions): Promise<LeashedProcess> {
  const { port, url, inboxUrl, directory, logFile } = options
  cpSync(keycloakDistribution(), directory, { recursive: true })
  mkdirSync(join(directory, 'data/import'), { recursive: true })
  cpSync(realmFile, join(directory, 'data/import/company-realm.json'))
  const running = startLeashed({
    program: join(directory, 'bin/kc.sh'),
    args: [
      ...['start', '--optimized', '--import-realm', '--http-enabled=true', '--http-host=127.0.0.1'],
      ...[`--http-port=${port}`, `--hostname=${url}`],
      // Where Keycloak takes its prompts to; there is one for all realms.
      `--spi-ciba-auth-channel--ciba-http-auth-channel--http-authentication-channel-uri=${inboxUrl}/channel`,
    ],
    // Compiling quickly instead of well halves the start.
    env: { ...placeholders(options), JAVA_OPTS_APPEND: '-XX:TieredStopAtLevel=1' },
    directory,
    logFile,
  })
  const metadata = `http://127.0.0.1:${port}/realms/company/.well-known/openid-configuration`
  const ready = awaitReady({ url: metadata, signal: AbortSignal.timeout(readyWithinMs) })
  await Promise.race([ready, running.failed])
  return running
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
