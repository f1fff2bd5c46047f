/** Runs kubectl as the administrator of a control plane. */
import { dirname } from 'node:path'
import { startProgram } from '../program.ts'
import type { EndedProgram } from '../program.ts'
import { requireBinary } from './binaries.ts'

export type KubectlCall = {
  readonly kubeconfig: string
  readonly args: readonly string[]
  readonly input?: string
}

/** A refusal by the API server is a result too: look at the exit code. */
export async function tryKubectl({ kubeconfig, args, input }: KubectlCall): Promise<EndedProgram> {
  // Its cache of what the server serves would otherwise stay in the home directory for ever.
  const surroundings = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${dirname(kubeconfig)}/kubectl-cache`]
  return startProgram({ program: requireBinary('kubectl'), args: [...surroundings, ...args], input }).ended
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
