/**
 * Keycloak, in the one version that it is tested with. `node tools/keycloak/distribution.ts` fetches it from Maven Central, in the way
 * that this machine's Maven is set up for, and prepares it in the cache.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cachedPath } from '../envtest/find.ts'

const version = '26.7.5'
const sha256 = '30ef87fb7101c43d29688d1ae80c0588ff4a151b3330e9f664bf9692d398658a'
const artifact = `org.keycloak:keycloak-quarkus-dist:${version}:zip`
const fetching = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy'

/** What is decided when Keycloak is built, which spares every start half a minute. Data is in memory and goes with the process. */
const buildOptions = ['--db=dev-mem', '--cache=local', '--features=parameterized-scopes']

export class KeycloakError extends Error {
  readonly code = 'ERR_KEYCLOAK'
}

/** The directory that it is unpacked in. It writes into it: whoever starts one takes a copy. */
export function keycloakDistribution(): string {
  const path = cachedPath({ name: 'keycloak', version })
  if (!existsSync(path)) throw new KeycloakError('Keycloak was not found. Run: make keycloak')
  return path
}

if (import.meta.main) fetchKeycloak(cachedPath({ name: 'keycloak', version }))

function fetchKeycloak(path: string): void {
  if (existsSync(path)) return
  requirePrograms()
  console.log(`fetching Keycloak ${version}…`)
  mkdirSync(dirname(path), { recursive: true })
  const directory = mkdtempSync(`${path}.`)
  try {
    const maven = ['--quiet', '--batch-mode', `-Dmaven.repo.local=${directory}/repository`]
    run('mvn', [...maven, fetching, `-Dartifact=${artifact}`, `-DoutputDirectory=${directory}`])
    const archive = join(directory, `keycloak-quarkus-dist-${version}.zip`)
    const found = createHash('sha256').update(readFileSync(archive)).digest('hex')
    if (found !== sha256)
      throw new KeycloakError(`Keycloak ${version} came with the SHA-256 ${found}, not ${sha256}.`)
    run('unzip', ['-q', archive, '-d', directory])
    const unpacked = join(directory, `keycloak-${version}`)
    run(join(unpacked, 'bin/kc.sh'), ['build', ...buildOptions])
    renameSync(unpacked, path)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function requirePrograms(): void {
  for (const [program, args] of [
    ['java', ['-version']],
    ['mvn', ['--version']],
    ['unzip', ['-v']],
  ] as const) {
    try {
      execFileSync(program, args, { stdio: 'ignore' })
    } catch {
      throw new KeycloakError(`Keycloak needs ${program}; install Java 17 or later, Maven and unzip.`)
    }
  }
}

/** Quiet as long as it works. */
function run(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
}
