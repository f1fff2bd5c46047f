/** What an approver may change about a request (*approve with changes*), and whether what was chosen stays within it. */
import type { Adjustable, ApprovalRequest } from '../../api/objects.ts'
import { isDuration, secondsOf } from '../duration.ts'

/** Parameter → value, as in `spec.parameters`. */
export type Parameters = Readonly<Record<string, string>>

/** As `5m` was asked and `15m` was chosen. */
export type Change = { readonly name: string; readonly from: string; readonly to: string }

/**
 * `parameters` are the ones to act with: what was chosen, as it was spelled, and where it means the same (`60s` for `1m`) what
 * was asked. `parameter` is absent where the names themselves are wrong.
 */
export type Adjustment =
  | { readonly kind: 'Within'; readonly parameters: Parameters; readonly changes: readonly Change[] }
  | { readonly kind: 'Outside'; readonly parameter?: string; readonly message: string }

/** @param chosen every parameter of the request, by name, with the value that the approver chose */
export function adjustmentOf({ spec }: ApprovalRequest, chosen: Parameters): Adjustment {
  const asked = new Map(Object.entries(spec.parameters ?? {}))
  const choices = Object.entries(chosen)
  if (choices.length !== asked.size || choices.some(([name]) => !asked.has(name)))
    return { kind: 'Outside', message: 'the parameters must be those that were asked, by name' }
  const changed: [name: string, value: string][] = []
  for (const [name, to] of choices) {
    const from = asked.get(name) ?? ''
    if (to === from) continue
    const adjustable = spec.adjustable?.find((each) => each.name === name)
    const outside = refusalOf(name, to, adjustable)
    if (outside !== undefined) return { kind: 'Outside', parameter: name, message: outside }
    if (!meansTheSame(from, to, adjustable)) changed.push([name, to])
  }
  const parameters = { ...spec.parameters, ...Object.fromEntries(changed) }
  return { kind: 'Within', parameters, changes: changesTo(spec.parameters, parameters) }
}

/** In the order in which the parameters were asked. */
export function changesTo(asked: Parameters = {}, decided: Parameters = {}): readonly Change[] {
  return Object.entries(asked).flatMap(([name, from]) => {
    const to = decided[name]
    return to === undefined || to === from ? [] : [{ name, from, to }]
  })
}

/** `wait 15m instead of 5m`, of each change; nothing if there is none. */
export function changesInWords(changes: readonly Change[]): string {
  return changes.map(({ name, from, to }) => `${name} ${to} instead of ${from}`).join(', ')
}

function refusalOf(name: string, value: string, adjustable: Adjustable | undefined): string | undefined {
  switch (adjustable?.type) {
    case undefined:
      return `${name} may not be changed`
    case 'Enum':
      return adjustable.values?.includes(value) === true
        ? undefined
        : `${name} must be one of ${adjustable.values?.join(', ') ?? ''}`
    case 'Duration':
      return isDuration(value) && isBetween(secondsOf, value, adjustable)
        ? undefined
        : `${name} must be a duration from ${rangeOf(adjustable)}`
    case 'Integer':
      return integer.test(value) && isBetween(Number, value, adjustable)
        ? undefined
        : `${name} must be a whole number from ${rangeOf(adjustable)}`
  }
}

/** As in the CRD: one spelling for each number, and none that a double cannot hold. */
const integer = /^(0|-?[1-9][0-9]{0,14})$/

/** Bounds that are absent, which the CRD refuses, let nothing through. */
function isBetween(
  measure: (text: string) => number,
  value: string,
  { minimum, maximum }: Adjustable,
): boolean {
  if (minimum === undefined || maximum === undefined) return false
  return measure(minimum) <= measure(value) && measure(value) <= measure(maximum)
}

function rangeOf({ minimum = '', maximum = '' }: Adjustable): string {
  return `${minimum} to ${maximum}`
}

function meansTheSame(from: string, to: string, adjustable: Adjustable | undefined): boolean {
  return adjustable?.type === 'Duration' && secondsOf(from) === secondsOf(to)
}
