/** containerd with its CRI plugin, and a network of a bridge for Pods. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startLeashed } from '../envtest/leashed-process.ts'
import type { LeashedProcess } from '../envtest/leashed-process.ts'
import { podNetwork } from './network.ts'

const startTimeoutMs = 20_000

export function socketIn(directory: string): string {
  return join(directory, 'containerd.sock')
}

/** Returns once it listens, with the images in it. */
export async function startContainerRuntime(
  directory: string,
  archives: readonly string[],
): Promise<LeashedProcess> {
  const cni = join(directory, 'cni')
  mkdirSync(cni)
  writeFileSync(join(cni, '10-bridge.conflist'), JSON.stringify(podNetworking(directory)))
  const config = join(directory, 'containerd.toml')
  writeFileSync(config, configuration(directory, cni))
  const own = join(directory, 'containerd')
  mkdirSync(own)
  const args = ['--config', config]
  const running = startLeashed({
    program: 'containerd',
    args,
    directory: own,
    logFile: join(directory, 'containerd.log'),
  })
  await Promise.race([appears(socketIn(directory)), running.failed])
  for (const archive of archives) {
    execFileSync(
      'ctr',
      ['--address', socketIn(directory), '--namespace', 'k8s.io', 'images', 'import', archive],
      {
        stdio: 'pipe',
      },
    )
  }
  return running
}

async function appears(socket: string): Promise<void> {
  const signal = AbortSignal.timeout(startTimeoutMs)
  while (!existsSync(socket)) await sleep(50, undefined, { signal })
}

/** `restrict_oom_score_adj`: without CAP_SYS_RESOURCE, as in a container, nobody may lower it. */
function configuration(directory: string, cni: string): string {
  return `version = 2
root = "${join(directory, 'containerd/root')}"
state = "${join(directory, 'containerd/state')}"
[grpc]
  address = "${socketIn(directory)}"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  sandbox_image = "localhost/pause:1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${cni}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`
}

/** The addresses that are taken are written down in the node's own directory: what ends with the node is never given back. */
function podNetworking(directory: string): object {
  const ipam = {
    type: 'host-local',
    dataDir: join(directory, 'containerd/addresses'),
    ranges: [[{ subnet: podNetwork }]],
    routes: [{ dst: '0.0.0.0/0' }],
  }
  return {
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [
      { type: 'bridge', bridge: 'cni0', isGateway: true, ipMasq: true, hairpinMode: true, ipam },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  }
}
