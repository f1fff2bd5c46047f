/** Where kube-apiserver spends its time while the load does its work, for `go tool pprof -top -cum`. */
import { writeFileSync } from 'node:fs'
import type { Scene } from '../scene.ts'

/** `BENCH_API_PROFILE=5` for the first five seconds of each run. */
const seconds = Number(process.env.BENCH_API_PROFILE ?? 0)

/**
 * Leaves `kube-apiserver-<name>.pprof` where the bench was started; does nothing unless a profile is wanted.
 * @throws unless the API server answers with a profile
 */
export async function profileApiServer({ admin }: Scene, name: string): Promise<void> {
  if (seconds === 0) return
  const path = '/debug/pprof/profile'
  const timeoutMs = (seconds + 30) * 1000
  const bytes = await admin.stream({ method: 'GET', path, query: { seconds: String(seconds) }, timeoutMs })
  const parts: Uint8Array[] = []
  for await (const part of bytes) parts.push(part)
  writeFileSync(`kube-apiserver-${name}.pprof`, Buffer.concat(parts))
}
