/** What this machine must have for a node of its own. */
import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** Program → Debian package. */
const programs = {
  unshare: 'util-linux',
  mount: 'mount',
  ip: 'iproute2',
  iptables: 'iptables',
  conntrack: 'conntrack',
  openssl: 'openssl',
  containerd: 'containerd',
  runc: 'runc',
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
  buildah: 'buildah',
} as const

/** In words, with what to do about it; undefined if nothing is missing. */
export function missing(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux'
  if (process.getuid?.() !== 0) return 'it needs root, for network and control groups'
  const absent = Object.entries(programs).filter(([program]) => !isThere(program))
  if (absent.length === 0) return undefined
  return `install ${absent.map(([, name]) => name).join(' ')}`
}

function isThere(program: string): boolean {
  const directories = isAbsolute(program) ? [''] : (process.env.PATH ?? '').split(delimiter)
  return directories.some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
