/** Control groups for one kubelet, apart from another's: a kubelet kills what it does not know in its own. */
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'

const root = '/sys/fs/cgroup'

/** In every hierarchy that is there, of version 1 or 2. */
export function makeCgroup(name: string): void {
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, name))
}

/** Once nothing runs in it. */
export function removeCgroup(name: string): void {
  for (const hierarchy of hierarchies()) remove(join(hierarchy, name))
}

function hierarchies(): readonly string[] {
  if (existsSync(join(root, 'cgroup.controllers'))) return [root]
  return directoriesIn(root).filter((hierarchy) => existsSync(join(hierarchy, 'cgroup.procs')))
}

function remove(directory: string): void {
  if (!existsSync(directory)) return
  directoriesIn(directory).forEach(remove)
  rmdirSync(directory)
}

function directoriesIn(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(directory, name))
}
