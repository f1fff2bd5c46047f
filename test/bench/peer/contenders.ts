/** The two controllers that are compared: how each is started, and what it is asked for. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiVersion } from '../../../src/api/names.ts'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { requestFor } from '../agents.ts'
import { cpuSecondsOf, residentBytesOf } from '../process-figures.ts'
import { benchNamespace } from '../scene.ts'
import type { Controller, Scene } from '../scene.ts'
import { startServer } from './programs.ts'

/** As many as Countersign works on at once of the new requests of one namespace, without a flag. */
const workers = 32
const group = 'peer.countersign.dev'

export type Contender = {
  readonly name: 'Go' | 'Countersign'
  readonly plural: string
  /** As the load takes it: plural, version, group. */
  readonly resource: string
  /** Where its objects are. */
  readonly path: string
  /** File with one of its objects, as the load takes it. */
  readonly template: string
  start(): Promise<Pick<Controller, 'cpuSeconds' | 'residentBytes' | 'failed' | 'stop'>>
}

export type Provider = { readonly issuer: string; readonly clientSecret: string }

/** @param actionPrefix an action is this and the number of its approver */
export async function contenders(
  scene: Scene,
  provider: Provider,
  actionPrefix: string,
): Promise<readonly Contender[]> {
  const kubeconfig = await scene.kubeconfigFor(`${benchNamespace}/peer`)
  const request = requestFor('request-%d', `${actionPrefix}%A`)
  return [controllerInGo({ scene, provider, kubeconfig, request }), countersign(scene, request)]
}

type RequestObject = Readonly<Record<string, unknown>>

type Peer = {
  readonly scene: Scene
  readonly provider: Provider
  /** Of the ServiceAccount that it runs as. */
  readonly kubeconfig: string
  readonly request: RequestObject
}

function controllerInGo({ scene, provider, kubeconfig, request }: Peer): Contender {
  const object = { ...request, apiVersion: `${group}/v1`, kind: 'Approval' }
  let runs = 0
  return {
    name: 'Go',
    plural: 'approvals',
    resource: `approvals.v1.${group}`,
    path: `/apis/${group}/v1/namespaces/${benchNamespace}/approvals`,
    template: templateIn(scene, 'approval', object),
    start: async () => {
      runs += 1
      const args = [`--kubeconfig=${kubeconfig}`, `--issuer=${provider.issuer}`, `--workers=${workers}`]
      const env = { CLIENT_SECRET: provider.clientSecret }
      const running = await startServer(scene, 'peer-controller', { args, env, logName: String(runs) })
      const pid = Number(running.said.pid)
      return {
        cpuSeconds: () => cpuSecondsOf(pid),
        residentBytes: (which) => residentBytesOf(pid, which),
        failed: running.failed,
        stop: () => running.stop(),
      }
    },
  }
}

function countersign(scene: Scene, request: RequestObject): Contender {
  return {
    name: 'Countersign',
    plural: 'approvalrequests',
    resource: `approvalrequests.${apiVersion.split('/').toReversed().join('.')}`,
    path: `/apis/${apiVersion}/namespaces/${benchNamespace}/approvalrequests`,
    template: templateIn(scene, 'approvalrequest', request),
    start: async () => {
      const controller = await scene.startController()
      const ready = ['--for=condition=Ready', 'identityproviders,approvalpolicies', '--all']
      await kubectl({ kubeconfig: scene.kubeconfig, args: ['wait', ...ready, '--timeout=60s'] })
      return controller
    },
  }
}

function templateIn({ directory }: Scene, name: string, object: RequestObject): string {
  const file = join(directory, `${name}.json`)
  writeFileSync(file, JSON.stringify(object))
  return file
}
