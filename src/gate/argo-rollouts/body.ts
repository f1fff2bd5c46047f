/** The body of a call: which gate of which Rollout. */
import type { Gate } from '../../core/gate/argo-rollouts/standing.ts'
import { jsonObject } from '../../core/json-object.ts'
import type { JsonObject } from '../../core/json-object.ts'

const fields = [
  ['rollout', /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, 'the name of a Rollout'],
  [
    'gate',
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    'the name of a gate: up to 63 lower-case letters, digits, dashes',
  ],
] as const

/** Parses the body of a call. @returns the gate, or a sentence that says what is wrong with the body */
export function gateFrom(text: string): Gate | string {
  const body = jsonObject(text)
  if (body === undefined) return 'the body must be a JSON object'
  const wrong = fields.find(([name, form]) => !form.test(textIn(body, name)))
  if (wrong !== undefined) return `${wrong[0]} must be ${wrong[2]}`
  return { rollout: textIn(body, 'rollout'), gate: textIn(body, 'gate') }
}

function textIn(body: JsonObject, name: string): string {
  const value = body[name]
  return typeof value === 'string' ? value : ''
}
