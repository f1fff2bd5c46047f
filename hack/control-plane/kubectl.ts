/** Runs kubectl as the administrator of a control plane. */
import { spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { requireBinary } from './binaries.ts'

export type KubectlCall = {
  readonly kubeconfig: string
  readonly args: readonly string[]
  readonly input?: string
}

export type KubectlResult = {
  readonly exitCode: number | null
  readonly output: string
  readonly errors: string
}

/** A refusal by the API server is a result too: look at the exit code. */
export async function tryKubectl({ kubeconfig, args, input = '' }: KubectlCall): Promise<KubectlResult> {
  // Its cache of what the server serves would otherwise stay in the home directory for ever.
  const surroundings = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${dirname(kubeconfig)}/kubectl-cache`]
  const child = spawn(requireBinary('kubectl'), [...surroundings, ...args])
  // It may end without having read everything; its exit code says what came of it.
  child.stdin.on('error', () => undefined).end(input)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  const [exitCode, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { exitCode, output, errors }
}

/** What kubectl printed; throws with its words when it failed. */
export async function kubectl(call: KubectlCall): Promise<string> {
  const { exitCode, output, errors } = await tryKubectl(call)
  if (exitCode !== 0) throw new KubectlError(`kubectl ${call.args.join(' ')} failed: ${errors.trim()}`)
  return output
}

export class KubectlError extends Error {
  readonly code = 'ERR_KUBECTL'
}
