/** Looks for the programs of a control plane on this machine. */
import { execFileSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Part } from './parts.ts'

export type Found = { readonly path: string; readonly where: 'KUBEBUILDER_ASSETS' | 'cache' | 'PATH' }

/** The first that is good enough, of the directory KUBEBUILDER_ASSETS, the cache and PATH. */
export function find(part: Part): Found | undefined {
  const { KUBEBUILDER_ASSETS: assets, PATH: path = '' } = process.env
  const cached = cachedPath(part)
  if (assets !== undefined && isNewEnough(join(assets, part.name), part)) {
    return { path: join(assets, part.name), where: 'KUBEBUILDER_ASSETS' }
  }
  if (isProgram(cached)) return { path: cached, where: 'cache' }
  const onPath = path
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, part.name))
    .find((candidate) => isNewEnough(candidate, part))
  return onPath === undefined ? undefined : { path: onPath, where: 'PATH' }
}

/** Where a program that was built here is kept; one version never replaces another. */
export function cachedPath({ name, version }: { readonly name: string; readonly version: string }): string {
  const { COUNTERSIGN_CACHE, XDG_CACHE_HOME } = process.env
  const cache = COUNTERSIGN_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'countersign')
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  return join(cache, `${name}-${version}-${process.platform}-${architecture}`, name)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function isNewEnough(path: string, part: Part): boolean {
  if (part.oldest === undefined || !isProgram(path)) return false
  const [major, minor] = versionOf(path, part)
  const [oldestMajor, oldestMinor] = part.oldest
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}

/** A program that does not run, or says nothing like a version, counts as too old. */
function versionOf(path: string, part: Part): readonly [major: number, minor: number] {
  try {
    const output = execFileSync(path, part.printVersion, { encoding: 'utf8', stdio: 'pipe', timeout: 10_000 })
    const [, major, minor] = /(\d+)\.(\d+)\.\d+/.exec(output) ?? []
    return [Number(major ?? 0), Number(minor ?? 0)]
  } catch {
    return [0, 0]
  }
}
