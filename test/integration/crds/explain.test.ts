import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { parse } from 'yaml'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { testKubeconfig } from '../../support/clusters/shared.ts'

type Schema = { readonly description: string; readonly properties: Readonly<Record<string, Schema>> }
type CustomResourceDefinition = {
  readonly spec: { readonly versions: readonly [{ readonly schema: { readonly openAPIV3Schema: Schema } }] }
}

for (const [kind, plural] of [
  ['approvalrequest', 'approvalrequests'],
  ['approvalpolicy', 'approvalpolicies'],
  ['approvergroup', 'approvergroups'],
  ['identityprovider', 'identityproviders'],
] as const) {
  test(`kubectl explain describes every field of ${kind}.spec`, async () => {
    const file = readFileSync(`crds/countersign.dev_${plural}.yaml`, 'utf8')
    const { spec } = (parse(file) as CustomResourceDefinition).spec.versions[0].schema.openAPIV3Schema
      .properties
    const shown = await kubectl({ kubeconfig: testKubeconfig(), args: ['explain', `${kind}.spec`] })
    assert.ok(spec !== undefined)
    for (const [name, field] of Object.entries(spec.properties)) {
      assert.ok(withoutBreaks(shown).includes(withoutBreaks(field.description)), `${name} in:\n${shown}`)
    }
  })
}

/** kubectl breaks and indents long lines. */
function withoutBreaks(text: string): string {
  return text.replace(/\s+/g, ' ')
}
