/**
 * `node tools/node/main.ts COMMAND…`: runs a command beside a real node with the project's images on it. KUBECONFIG names its
 * administrator, NODE_CA_FILE the certificate of its API server, NODE_CONTAINERD its container runtime. Services are reached by
 * their names.
 *
 *   this process    builds the images, then starts, in network, mount and process namespaces of their own,
 *   `inside`        which starts the node, runs the command, and ends with everything that was started there
 *
 * However that process ends, the kernel ends the rest: containers, mounts, addresses.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeCgroup, removeCgroup } from './cgroups.ts'
import { socketIn } from './container-runtime.ts'
import { buildImages } from './images.ts'
import { missing } from './requirements.ts'
import { startNode } from './start.ts'

const [first, ...others] = process.argv.slice(2)
// Leashes would keep this process waiting for what it started.
if (first === '--inside') process.exit(await inside(others))
process.exitCode = await outside(process.argv.slice(2))

async function outside(command: readonly string[]): Promise<number> {
  const why = missing()
  if (why !== undefined) {
    console.error(`${command.join(' ')}: skipped, no real node here: ${why}`)
    return process.env.CI === undefined ? 0 : 1
  }
  const directory = mkdtempSync(join(tmpdir(), 'countersign-node-'))
  makeCgroup(basename(directory))
  try {
    const archives = buildImages(directory)
    const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    const self = fileURLToPath(import.meta.url)
    const args = [
      ...namespaces,
      process.execPath,
      self,
      '--inside',
      directory,
      String(archives.length),
      ...archives,
    ]
    return await run('unshare', [...args, ...command], process.env)
  } finally {
    removeCgroup(basename(directory))
    rmSync(directory, { recursive: true, force: true })
  }
}

async function inside([directory = '', count = '', ...rest]: readonly string[]): Promise<number> {
  const archives = rest.slice(0, Number(count))
  const [program = '', ...args] = rest.slice(Number(count))
  const startedAt = performance.now()
  const { kubeconfig, caFile } = await startNode(directory, archives)
  console.log(`✔ node ready in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
  return run(program, args, {
    ...process.env,
    KUBECONFIG: kubeconfig,
    NODE_CA_FILE: caFile,
    NODE_CONTAINERD: socketIn(directory),
  })
}

async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', env })
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => child.kill(name))
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}
