/** What no API server checks: that users can read what a field means, and that nobody can store without bound. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import test, { suite } from 'node:test'
import { parse } from 'yaml'
import { withOtherWords } from '../support/assertions/other-words.ts'

type Schema = {
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly format?: string
  readonly maxLength?: number
  readonly maxItems?: number
  readonly maxProperties?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema
  readonly items?: Schema
  readonly pattern?: string
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message?: string }[]
}

type Field = { readonly path: string; readonly schema: Schema; readonly isProperty: boolean }

const ofEveryObject = ['.apiVersion', '.kind', '.metadata']

for (const file of readdirSync('crds').filter((name) => name.endsWith('.yaml'))) {
  suite(file, () => {
    const fields = fieldsOf({ path: '', schema: schemaIn(file), isProperty: false }).filter(
      ({ path }) => !ofEveryObject.includes(path),
    )

    test('describes every field', () => {
      assert.deepEqual(
        pathsOf(fields, ({ schema, isProperty }) => isProperty && schema.description === undefined),
        [],
      )
    })

    test('tells people in words what is wrong, never by a regular expression', () => {
      // A field with a pattern is refused with the pattern itself. What the operator writes, no person does.
      const spec = fields.filter(({ path }) => !path.startsWith('.status'))
      assert.deepEqual(
        pathsOf(spec, ({ schema }) => schema.pattern !== undefined),
        [],
      )
      const rules = spec.flatMap(({ schema }) => schema['x-kubernetes-validations'] ?? [])
      const wordless = rules.filter(({ message = '^' }) => /[\^\\]|\]\+/.test(message))
      assert.deepEqual(wordless, [])
    })

    test('says one thing by one word', () => {
      const texts = fields.flatMap(({ schema }) => [
        schema.description ?? '',
        ...(schema['x-kubernetes-validations'] ?? []).map(({ message = '' }) => message),
      ])
      assert.deepEqual(withOtherWords(texts), [])
    })

    test('bounds every string', () => {
      assert.deepEqual(
        pathsOf(fields, ({ schema }) => schema.type === 'string' && !isBounded(schema)),
        [],
      )
    })

    test('bounds every list', () => {
      assert.deepEqual(
        pathsOf(fields, ({ schema }) => schema.type === 'array' && schema.maxItems === undefined),
        [],
      )
    })

    test('bounds every map', () => {
      const isUnbounded = ({ schema }: Field): boolean =>
        schema.additionalProperties !== undefined && schema.maxProperties === undefined
      assert.deepEqual(pathsOf(fields, isUnbounded), [])
    })
  })
}

suite('the largest ApprovalRequest', () => {
  const spec = schemaIn('countersign.dev_approvalrequests.yaml').properties?.spec ?? {}

  test('has a spec of at most 16 KB of ASCII', () => {
    assert.ok(largest(spec, 1) <= 16 * 1024, `${largest(spec, 1)} characters`)
  })

  // JSON writes six bytes for a control character, or for `<`.
  test('has a spec of at most 96 KB of whatever text', () => {
    assert.ok(largest(spec, 6) <= 96 * 1024, `${largest(spec, 6)} bytes`)
  })
})

/** Of the JSON text, in bytes. */
function largest(schema: Schema, bytesPerCharacter: number): number {
  const { properties, items, additionalProperties, maxItems = 0, maxProperties = 0 } = schema
  const child = (of: Schema): number => largest(of, bytesPerCharacter)
  if (items !== undefined) return '[]'.length + maxItems * (child(items) + ','.length)
  if (additionalProperties !== undefined)
    return '{}'.length + maxProperties * (longestKey(schema) + '"":,'.length + child(additionalProperties))
  const sizes = Object.entries(properties ?? {}).map(([name, of]) => name.length + '"":,'.length + child(of))
  if (schema.type === 'object') return '{}'.length + sizes.reduce((sum, size) => sum + size, 0)
  assert.equal(schema.type, 'string', 'a number would have to be bounded too')
  const longest = schema.maxLength ?? Math.max(...(schema.enum ?? []).map(({ length }) => length))
  return '""'.length + longest * bytesPerCharacter
}

/** A schema has no bound for the keys of a map; a rule says how long they are. */
function longestKey(schema: Schema): number {
  const rules = (schema['x-kubernetes-validations'] ?? []).map(({ rule }) => rule)
  const bounds = rules.map((rule) => /key\.matches\('\^\[A-Za-z\]\[[^\]]*\]\{0,(\d+)\}\$'\)/.exec(rule)?.[1])
  const bound = bounds.find((digits) => digits !== undefined)
  assert.ok(bound !== undefined, 'no rule bounds the keys of a map')
  return 1 + Number(bound)
}

function schemaIn(file: string): Schema {
  const crd = parse(readFileSync(`crds/${file}`, 'utf8')) as {
    spec: { versions: [{ schema: { openAPIV3Schema: Schema } }] }
  }
  return crd.spec.versions[0].schema.openAPIV3Schema
}

function fieldsOf(field: Field): Field[] {
  const { path, schema } = field
  const properties = Object.entries(schema.properties ?? {}).map(([name, child]) => ({
    path: `${path}.${name}`,
    schema: child,
    isProperty: true,
  }))
  const nested = [schema.items, schema.additionalProperties]
    .filter((child) => child !== undefined)
    .map((child) => ({ path: `${path}[]`, schema: child, isProperty: false }))
  return [field, ...[...properties, ...nested].flatMap(fieldsOf)]
}

function pathsOf(fields: readonly Field[], predicate: (field: Field) => boolean): string[] {
  return fields.filter(predicate).map(({ path }) => path)
}

function isBounded({ maxLength, enum: values, format }: Schema): boolean {
  return maxLength !== undefined || values !== undefined || format === 'date-time'
}
