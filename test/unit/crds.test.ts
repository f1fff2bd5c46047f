/** What no API server checks: that users can read what a field means, and that nobody can store without bound. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import test, { suite } from 'node:test'
import { parse } from 'yaml'

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
