/** The table of signed fields against the CRD, and what is made from it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { digestOf } from '../../../src/api/digest.ts'
import { actionScopePrefixes, apiVersion } from '../../../src/api/names.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { specFields } from '../../../src/api/signed-fields.ts'
import { actionScopesOf } from '../../../src/core/action/action-scopes.ts'
import { authorizationDetailOf } from '../../../src/core/action/authorization-details.ts'
import { anApprovalRequest } from '../../support/builders/builders.ts'

type Schema = { readonly properties?: Readonly<Record<string, Schema>> }
type Definition = {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[] }
}

const definition = parse(
  readFileSync(new URL('../../../crds/countersign.dev_approvalrequests.yaml', import.meta.url), 'utf8'),
) as Definition

function fieldsOf(schema: Schema | undefined): readonly string[] {
  return Object.entries(schema?.properties ?? {}).flatMap(([name, field]) => {
    const inner = fieldsOf(field)
    return inner.length === 0 ? [name] : inner.map((path) => `${name}.${path}`)
  })
}

const full: ApprovalRequest = {
  apiVersion,
  kind: 'ApprovalRequest',
  metadata: anApprovalRequest().metadata,
  spec: {
    requester: { username: 'a', uid: 'b' },
    action: 'c',
    target: { apiVersion: 'd/v1', kind: 'E', name: 'f', revision: 'g' },
    environment: 'h',
    summary: 'i',
    reason: 'j',
    evidence: [{ name: 'k', value: 'l' }],
    parameters: { m: 'n' },
    adjustable: [{ name: 'm', type: 'Duration', minimum: '1m', maximum: '1h' }],
    requestedExpiry: '1m',
    token: { scopes: ['o'], audience: 'p', delivery: 'Secret' },
    ttlAfterFinished: '1h',
  },
}

function withAnother(path: string): ApprovalRequest {
  const spec = structuredClone(full.spec) as Record<string, unknown>
  const [name = '', field] = path.split('.')
  if (field === undefined) spec[name] = 'another'
  else (spec[name] as Record<string, unknown>)[field] = 'another'
  return { ...full, spec: spec as ApprovalRequest['spec'] }
}

test('every field of the CRD says whether it is signed, and no other does', () => {
  const spec = definition.spec.versions[0]?.schema.openAPIV3Schema.properties?.spec
  assert.deepEqual(Object.keys(specFields).toSorted(), fieldsOf(spec).toSorted())
})

for (const [path, binding] of Object.entries(specFields))
  test(`the digest changes with ${path}: ${binding === 'Unsigned' ? 'no' : 'yes'}`, () => {
    assert.equal(digestOf(withAnother(path)) !== digestOf(full), binding !== 'Unsigned')
  })

for (const [path, binding] of Object.entries(specFields)) {
  if (binding === 'Unsigned') continue
  test(`the scope of ${path} is ${binding.scope ?? 'none'}`, () => {
    const scopes = actionScopesOf(withAnother(path)).filter((scope) => scope.endsWith(':another'))
    assert.deepEqual(scopes, binding.scope === undefined ? [] : [`${binding.scope}:another`])
  })
  test(`the member of authorization_details that carries ${path} is ${binding.detail ?? 'none'}`, () => {
    const before = new Map(Object.entries(authorizationDetailOf(full)))
    const changed = Object.entries(authorizationDetailOf(withAnother(path)))
      .filter(
        ([name, value]) => name !== 'digest' && JSON.stringify(value) !== JSON.stringify(before.get(name)),
      )
      .map(([name]) => name)
    assert.deepEqual(changed, binding.detail === undefined ? [] : [binding.detail])
  })
}

test('every prefix of an action scope has its value', () => {
  assert.deepEqual(
    actionScopesOf(full).map((scope) => scope.slice(0, scope.indexOf(':'))),
    actionScopePrefixes,
  )
})
