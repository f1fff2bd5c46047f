/**
 * The network of the node, in a namespace that nothing else is in: every address is the node's own, and what kube-proxy writes
 * touches no other network. A bridge carries the address, since the kubelet refuses loopback.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const nodeAddress = '10.250.0.1'
export const podNetwork = '10.244.0.0/24'
export const clusterDomain = 'cluster.local'

/** For this process and what it starts; must be in network and mount namespaces of its own. */
export function setUpNetwork(directory: string): void {
  const ip = (...args: readonly string[]): void => void execFileSync('ip', args, { stdio: 'pipe' })
  ip('link', 'set', 'lo', 'up')
  ip('link', 'add', 'node0', 'type', 'bridge')
  ip('addr', 'add', `${nodeAddress}/24`, 'dev', 'node0')
  ip('link', 'set', 'node0', 'up')
  ip('route', 'add', 'default', 'dev', 'node0')
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
  resolveByCluster(directory)
}

/** Names of Services hold for clients on the node too, as they do in Pods. */
function resolveByCluster(directory: string): void {
  const file = join(directory, 'resolv.conf')
  const search = `svc.${clusterDomain} ${clusterDomain}`
  writeFileSync(file, `nameserver ${nodeAddress}\nsearch ${search}\noptions ndots:5\n`)
  execFileSync('mount', ['--bind', file, '/etc/resolv.conf'], { stdio: 'pipe' })
}
