/** A control plane and one real node, on which Pods run. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { stringify } from 'yaml'
import { requireBinary } from '../envtest/binaries.ts'
import { kubectl } from '../envtest/kubectl.ts'
import { startLeashed } from '../envtest/leashed-process.ts'
import type { LeashedProcess } from '../envtest/leashed-process.ts'
import type { PartName } from '../envtest/parts.ts'
import { startControlPlane } from '../envtest/start.ts'
import type { ControlPlane } from '../envtest/start.ts'
import { socketIn, startContainerRuntime } from './container-runtime.ts'
import { clusterDomain, nodeAddress, podNetwork, setUpNetwork } from './network.ts'

const nodeName = 'node-1'

/** Returns once the node is ready. What it starts ends with the namespaces that it is in. */
export async function startNode(directory: string, archives: readonly string[]): Promise<ControlPlane> {
  setUpNetwork(directory)
  const controlPlane = await startControlPlane({
    directory: join(directory, 'control-plane'),
    address: nodeAddress,
  })
  const { kubeconfig } = controlPlane
  const start = (name: PartName, args: readonly string[]): LeashedProcess => {
    const own = join(directory, name)
    mkdirSync(own)
    return startLeashed({
      program: requireBinary(name),
      args,
      directory: own,
      logFile: join(directory, `${name}.log`),
    })
  }
  const started = [
    start('kube-controller-manager', controllerManagerFlags(controlPlane)),
    start('kube-scheduler', [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0']),
    start('coredns', ['-conf', write(directory, 'Corefile', corefile(kubeconfig))]),
    await startContainerRuntime(directory, archives),
    start('kube-proxy', proxyFlags(kubeconfig)),
    start('kubelet', kubeletFlags(directory, kubeconfig)),
  ]
  await Promise.race([untilReady(kubeconfig), ...started.map(({ failed }) => failed)])
  return controlPlane
}

async function untilReady(kubeconfig: string): Promise<void> {
  await kubectl({ kubeconfig, args: ['wait', '--for=create', `node/${nodeName}`, '--timeout=60s'] })
  await kubectl({ kubeconfig, args: ['wait', '--for=condition=Ready', `node/${nodeName}`, '--timeout=60s'] })
}

function controllerManagerFlags({
  kubeconfig,
  caFile,
  serviceAccountKeyFile,
}: ControlPlane): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--service-account-private-key-file=${serviceAccountKeyFile}`,
    `--root-ca-file=${caFile}`,
    '--use-service-account-credentials',
    '--leader-elect=false',
    '--secure-port=0',
  ]
}

function proxyFlags(kubeconfig: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--proxy-mode=iptables',
    `--hostname-override=${nodeName}`,
    `--cluster-cidr=${podNetwork}`,
    // The limit is the machine's, not the node's.
    '--conntrack-max-per-core=0',
    `--metrics-bind-address=${nodeAddress}:10249`,
    `--healthz-bind-address=${nodeAddress}:10256`,
  ]
}

function kubeletFlags(directory: string, kubeconfig: string): readonly string[] {
  const configuration = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${basename(directory)}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    containerRuntimeEndpoint: `unix://${socketIn(directory)}`,
    address: nodeAddress,
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    clusterDNS: [nodeAddress],
    clusterDomain,
  }
  return [
    `--config=${write(directory, 'kubelet.yaml', stringify(configuration))}`,
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${nodeAddress}`,
    `--root-dir=${join(directory, 'kubelet')}`,
    `--cert-dir=${join(directory, 'kubelet-pki')}`,
  ]
}

/** Names that are not the cluster's do not exist, except for the node's, by which the API server reaches the kubelet. */
function corefile(kubeconfig: string): string {
  return `${clusterDomain}:53 in-addr.arpa:53 {
  bind ${nodeAddress}
  errors
  kubernetes ${clusterDomain} in-addr.arpa {
    kubeconfig ${kubeconfig} countersign
  }
}
.:53 {
  bind ${nodeAddress}
  errors
  hosts {
    ${nodeAddress} ${nodeName}
  }
}
`
}

function write(directory: string, name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}
