/** A program as a user runs it: the project's kubectl and Helm are on its PATH. */
import { delimiter, dirname } from 'node:path'
import { helmPath } from '../../../tools/chart/helm.ts'
import { requireBinary } from '../../../tools/envtest/binaries.ts'
import { startProgram as start } from '../../../tools/program.ts'
import type { Program, RunningProgram } from '../../../tools/program.ts'

/** `env` is added to this process's own environment. */
export function startProgram(program: Program): RunningProgram {
  const path = [dirname(requireBinary('kubectl')), dirname(helmPath()), process.env.PATH].join(delimiter)
  return start({ ...program, env: { ...process.env, PATH: path, ...program.env } })
}
