/**
 * Finds or builds the programs that are named on the command line, or else those of a control plane (`make control-plane`).
 * Order: the directory KUBEBUILDER_ASSETS, the cache, PATH, and at last a build from source, which takes minutes once.
 */
import { build } from './build.ts'
import { find } from './find.ts'
import { controlPlaneParts, parts } from './parts.ts'
import type { Part, PartName } from './parts.ts'
import { CannotBuildError } from './toolchain.ts'

/** The path of a program that is there already; building is left to `make control-plane` and the targets like it. */
export function requireBinary(name: PartName): string {
  const found = find(parts[name])
  if (found === undefined) {
    throw new CannotBuildError(`${name} was not found. Run: node tools/envtest/binaries.ts ${name}`)
  }
  return found.path
}

if (import.meta.main) await main()

async function main(): Promise<void> {
  const interruption = new AbortController()
  const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      process.exitCode = exitCodes[name]
      interruption.abort()
    })
  }
  try {
    for (const part of wanted(process.argv.slice(2))) await findOrBuild(part, interruption.signal)
  } catch (error) {
    if (interruption.signal.aborted) return
    if (!(error instanceof CannotBuildError)) throw error
    console.error(`✘ ${error.message}`)
    process.exitCode = 1
  }
}

function wanted(names: readonly string[]): readonly Part[] {
  if (names.length === 0) return controlPlaneParts.map((name) => parts[name])
  return names.map((name) => {
    const part = Object.values(parts).find((candidate) => candidate.name === name)
    if (part === undefined) throw new CannotBuildError(`${name} is none of ${Object.keys(parts).join(', ')}.`)
    return part
  })
}

async function findOrBuild(part: Part, signal: AbortSignal): Promise<void> {
  const label = `✔ ${part.name}`.padEnd(26)
  const found = find(part)
  if (found !== undefined) {
    console.log(`${label}found in ${found.where}: ${found.path}`)
    return
  }
  const startedAt = performance.now()
  const path = await build(part, signal)
  console.log(`${label}built in ${Math.round((performance.now() - startedAt) / 1000)} s: ${path}`)
}
