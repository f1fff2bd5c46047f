/** The Rollouts that are shipped as examples, under other names, and what belongs to them. */
import { parseAllDocuments } from 'yaml'
import { asWritten, rendered } from '../../../tools/argo-rollouts/manifests.ts'
import type { Addresses } from '../../../tools/argo-rollouts/manifests.ts'
import { withField } from './manifests.ts'
import type { Manifest } from './manifests.ts'

/** The documents of a file below `deploy/argo-rollouts`. */
export function documentsOf(
  file: string,
  addresses: Pick<Addresses, 'gateUrl'> = asWritten,
): readonly Manifest[] {
  return parseAllDocuments(rendered(file, addresses)).map((document) => document.toJS() as Manifest)
}

/** Without a namespace. */
export function theCanary(name: string): Manifest {
  return { ...exampleIn('examples/canary.yaml'), metadata: { name } }
}

export function theBlueGreen(name: string): Manifest {
  return { ...exampleIn('examples/blue-green.yaml'), metadata: { name } }
}

/** Active and preview, of the blue-green example. */
export function theServices(): readonly Manifest[] {
  return documentsOf('examples/blue-green.yaml').filter(({ kind }) => kind === 'Service')
}

/** What `kubectl` is told to release another version of Rollout foo in namespace prod. */
export function releaseOf(version: string): readonly string[] {
  const value = `registry.example.com/foo:${version}`
  const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value }]
  return ['patch', 'rollout/foo', '--namespace=prod', '--type=json', `--patch=${JSON.stringify(patch)}`]
}

export function withSteps(canary: Manifest, steps: readonly object[]): Manifest {
  return withField(canary, 'spec.strategy.canary.steps', steps)
}

/** A canary's step that asks by this template, with further arguments. */
export function aStep(
  templateName: string,
  gate = 'promote',
  further: Readonly<Record<string, string>> = {},
): { readonly analysis: object } {
  const rollout = { name: 'rollout', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }
  const templates = [{ templateName, clusterScope: true }]
  const values = Object.entries({ gate, ...further }).map(([name, value]) => ({ name, value }))
  return { analysis: { templates, args: [rollout, ...values] } }
}

function exampleIn(file: string): Manifest {
  const rollout = documentsOf(file).find(({ kind }) => kind === 'Rollout')
  if (rollout === undefined) throw new Error(`${file} has no Rollout`)
  return rollout
}

/** As Argo Rollouts makes it for the Rollout of this name; without one, of somebody's own. */
export function anAnalysisRun(name: string, rollout?: string): Manifest {
  const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', uid: '0815', controller: true }
  const ownerReferences = rollout === undefined ? [] : [{ ...owner, name: rollout }]
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name, ownerReferences },
    spec: { metrics: [{ name: 'approval', provider: { web: { url: 'https://gate.example.com' } } }] },
  }
}
