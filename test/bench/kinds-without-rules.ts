/** Copies of the ApprovalRequest's kind, in groups of their own, to see what its schema costs. */
import { globSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { KubernetesObject } from '../../src/api/objects.ts'
import type { Scene } from './scene.ts'

/** The groups of the copies. Policies are about the kind's own group alone. */
export const copies = { withoutSchema: 'bare.countersign.dev', withoutRules: 'ruleless.countersign.dev' }

type Version = { readonly schema: { readonly openAPIV3Schema: unknown }; readonly [field: string]: unknown }
type Definition = KubernetesObject & {
  readonly spec: { readonly versions: readonly Version[]; readonly [field: string]: unknown }
}

const [file = ''] = globSync(new URL('../../crds/*_approvalrequests.yaml', import.meta.url).pathname)

/** Creates both kinds. They are served a moment later. */
export async function createCopies(scene: Scene): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const definition = parse(readFileSync(file, 'utf8')) as Definition
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  await scene.create(
    path,
    copyOf(definition, copies.withoutSchema, () => anything),
  )
  await scene.create(path, copyOf(definition, copies.withoutRules, withoutRules))
}

function copyOf(
  { spec, ...rest }: Definition,
  group: string,
  change: (schema: unknown) => unknown,
): Definition {
  // Without selectable fields, which a schema must know.
  const versions = spec.versions.map(({ name, served, storage, subresources, schema }) => ({
    ...{ name, served, storage, subresources },
    schema: { openAPIV3Schema: change(schema.openAPIV3Schema) },
  }))
  return { ...rest, metadata: { name: `approvalrequests.${group}` }, spec: { ...spec, group, versions } }
}

/** A schema without its CEL. */
function withoutRules(schema: unknown): unknown {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => (key === 'x-kubernetes-validations' ? undefined : value)),
  )
}
