/** Processes in the Pods of the real node, as a shell on the node sees them. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'

/** The process id of a controller, by its identity in the Lease. */
export function processOf(leader: string): number {
  const [pod] = leader.split('_')
  const id = globSync('[0-9]*', { cwd: '/proc' }).find(
    (process) =>
      of(process, 'cmdline').includes('controller.mjs') && of(process, 'environ').includes(`HOSTNAME=${pod}`),
  )
  assert.ok(id !== undefined, `no process of ${leader}`)
  return Number(id)
}

/** One that has just ended has none. */
function of(process: string, property: 'cmdline' | 'environ'): readonly string[] {
  try {
    return readFileSync(`/proc/${process}/${property}`, 'latin1').split('\0')
  } catch {
    return []
  }
}
