/** Go modules as they come, for the files that they carry. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { goEnvironment } from './toolchain.ts'

/** Its directory; Go downloads it once and checks it against the go.sum beside the go.mod that requires it. */
export async function moduleDirectory(requiring: string, path: string): Promise<string> {
  const args = ['mod', 'download', '-json', path]
  const { stdout } = await promisify(execFile)('go', args, { cwd: requiring, env: goEnvironment })
  return (JSON.parse(stdout) as { readonly Dir: string }).Dir
}
