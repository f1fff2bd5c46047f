/** Who installs with kustomize gets what Helm would have installed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { fileURLToPath } from 'node:url'
import { identityOf, render } from '../../../tools/chart/render.ts'
import type { KubernetesObject, Rendering } from '../../../tools/chart/render.ts'

const kustomize = fileURLToPath(new URL('../../../deploy/kustomize/', import.meta.url))
const inbox = { valuesFiles: ['examples/keycloak.yaml'] }

for (const [path, rendering] of [
  ['base', { kubernetes: '1.30' }],
  ['overlays/with-inbox', inbox],
] as const satisfies readonly (readonly [string, Rendering])[]) {
  test(`${path} is what the chart renders`, async () => {
    const output = await kubectl({ kubeconfig: '/dev/null', args: ['kustomize', `${kustomize}${path}`] })
    const built = parseAllDocuments(output).map((document) => document.toJS() as KubernetesObject)
    const objects = (await render({ ...rendering, values: { crds: { keep: false } } })).map(
      ({ object }) => object,
    )
    const namespace = built.filter(({ kind }) => kind === 'Namespace')
    assert.equal(namespace.length, 1)
    assert.deepEqual(
      byIdentity(built.filter(({ kind }) => kind !== 'Namespace')),
      byIdentity(objects.map(withoutHelm)),
    )
  })
}

function byIdentity(objects: readonly KubernetesObject[]): Readonly<Record<string, KubernetesObject>> {
  return Object.fromEntries(objects.map((object) => [identityOf(object), object]))
}

function withoutHelm(object: KubernetesObject): KubernetesObject {
  const isHelms = (name: string): boolean =>
    name === 'helm.sh/chart' || name === 'app.kubernetes.io/managed-by'
  const labels = Object.entries(object.metadata.labels ?? {}).filter(([name]) => !isHelms(name))
  return { ...object, metadata: { ...object.metadata, labels: Object.fromEntries(labels) } }
}
