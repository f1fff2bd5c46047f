/** Turns admission policies on and off by their bindings, and waits until the API server has taken that up. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseAllDocuments } from 'yaml'
import { apiVersion, tokenSecretType } from '../../src/api/names.ts'
import type { KubernetesObject } from '../../src/api/objects.ts'
import { KubernetesApiError } from '../../src/kubernetes/client/api-error.ts'
import type { Agent } from './agents.ts'
import { requestOf } from './agents.ts'
import { benchNamespace, named } from './scene.ts'
import type { Scene } from './scene.ts'

/** Which policies are in effect: that of the requester, the mutating one, and the validating ones of other kinds. */
export type Effects = { readonly requester: boolean; readonly others: boolean; readonly stamp: boolean }

export interface PolicySwitch {
  /**
   * Returns when these policies, and no others, are in effect.
   * @throws if they are not within half a minute
   */
  set(wanted: Effects): Promise<void>
}

type Binding = KubernetesObject & { readonly kind: string }

const kustomize = new URL('../../deploy/kustomize/', import.meta.url)
const [pauseMs, withinMs] = [50, 30_000]
const dryRun = { dryRun: 'All' }

/** The policies as they are installed, all of them in effect. */
export function policySwitch(scene: Scene, agent: Agent): PolicySwitch {
  const validating = bindingsIn('base/admission/validating.yaml')
  const isOfRequester = ({ metadata }: Binding): boolean => metadata.name === 'countersign-requester'
  const bindings: Readonly<Record<keyof Effects, readonly Binding[]>> = {
    requester: validating.filter(isOfRequester),
    others: validating.filter((binding) => !isOfRequester(binding)),
    stamp: bindingsIn('components/requester-stamping/admission/mutating.yaml'),
  }
  let current: Effects = { requester: true, others: true, stamp: true }
  return {
    async set(wanted) {
      for (const name of ['others', 'requester', 'stamp'] as const) {
        if (wanted[name] === current[name]) continue
        for (const binding of bindings[name]) await turn(scene, binding, wanted[name])
      }
      current = wanted
      const deadline = performance.now() + withinMs
      while (!(await isInEffect(scene, agent, wanted))) {
        if (performance.now() > deadline) throw new Error('the policies were not taken up')
        await sleep(pauseMs)
      }
    },
  }
}

function bindingsIn(path: string): readonly Binding[] {
  return parseAllDocuments(readFileSync(new URL(path, kustomize), 'utf8'))
    .map((document) => document.toJS() as Binding)
    .filter(({ kind }) => kind.endsWith('Binding'))
}

async function turn(scene: Scene, binding: Binding, isOn: boolean): Promise<void> {
  const path = `/apis/admissionregistration.k8s.io/v1/${binding.kind.toLowerCase()}s`
  if (isOn) await scene.create(path, { ...binding })
  else await scene.admin.request({ method: 'DELETE', path: `${path}/${binding.metadata.name}` })
}

/** Where requesters are stamped, nobody can see whether they are proved as well; that takes effect sooner. */
async function isInEffect(scene: Scene, agent: Agent, wanted: Effects): Promise<boolean> {
  const unstamped = wanted.requester ? 'Refused' : 'AsWritten'
  const expected = wanted.stamp ? 'Stamped' : unstamped
  return (await requesterMade(agent)) === expected && (await isRestricted(scene)) === wanted.others
}

async function requesterMade(agent: Agent): Promise<'Stamped' | 'Refused' | 'AsWritten'> {
  const { spec, ...request } = requestOf('probe', 'probe')
  const forged = { apiVersion, ...request, spec: { ...spec, requester: { username: 'somebody else' } } }
  const path = `/apis/${apiVersion}/namespaces/${benchNamespace}/approvalrequests`
  try {
    const made = (await agent.create(path, forged, dryRun)) as typeof forged
    return made.spec.requester.username === agent.username ? 'Stamped' : 'AsWritten'
  } catch (error) {
    if (error instanceof KubernetesApiError && error.status === 403) return 'Refused'
    throw error
  }
}

async function isRestricted({ admin }: Scene): Promise<boolean> {
  const path = `/api/v1/namespaces/${benchNamespace}/secrets`
  const body = { ...named('v1', 'Secret', 'probe'), type: tokenSecretType }
  try {
    await admin.request({ method: 'POST', path, body, query: dryRun })
    return false
  } catch (error) {
    if (error instanceof KubernetesApiError && error.status === 403) return true
    throw error
  }
}
