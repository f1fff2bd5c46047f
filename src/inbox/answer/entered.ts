/** What a person entered into the fields of a request, and what pressing a button then leads to. Pure. */
import type { ApprovalRequest } from '../../api/objects.ts'
import { adjustmentOf } from '../../core/action/adjustment.ts'
import type { Change, Parameters } from '../../core/action/adjustment.ts'
import { approvalsNeeded } from '../prompts/deciders.ts'
import type { ShownQuestion } from '../prompts/look-up.ts'
import type { Decision } from '../prompts/state.ts'

/** Of each parameter that has a field: what was typed, and the sentence about what is wrong with it. */
export type Entered = { readonly values: Parameters; readonly errors: Parameters }

/** Whether at least one field has to be corrected before anything is sent. */
export function hasErrors({ errors }: Entered): boolean {
  return Object.keys(errors).length > 0
}

/** What follows a pressed button: an answer for the provider, a page to confirm changes on, the form again, or a refusal. */
export type Step =
  | { readonly kind: 'Give'; readonly decision: Decision; readonly choice: Choice }
  /** Changes count once they have been shown. */
  | { readonly kind: 'Confirm'; readonly entered: Entered; readonly choice: Choice }
  | { readonly kind: 'Edit'; readonly entered: Entered }
  | { readonly kind: 'Unreadable' }

/** The parameters to act with, and what they change. */
export type Choice = { readonly parameters: Parameters; readonly changes: readonly Change[] }

/** A form's fields as they arrive: texts, files, or nothing. */
export type SentForm = Readonly<Record<string, unknown>>

/** The name of a parameter's field. */
export function fieldNameOf(parameter: string): string {
  return `${prefix}${parameter}`
}

const prefix = 'parameter.'

/**
 * The parameters that this approver may change: none where the provider cannot take changes back (RFC 9396), and none where more
 * than one person must approve, since nobody approves what another one has changed.
 */
export function adjustableIn({ request, prompt }: Asked): NonNullable<ApprovalRequest['spec']['adjustable']> {
  return prompt.takesChanges && approvalsNeeded(request) === 1 ? (request.spec.adjustable ?? []) : []
}

/** What the approver was asked, as `stepAfter` needs it. */
export type Asked = Pick<ShownQuestion, 'request' | 'prompt'>

/**
 * Reads a submitted form. The bounds are checked on every submission, whatever was checked before: a form can contain
 * anything.
 */
export function stepAfter(form: SentForm, asked: Asked): Step {
  const { request } = asked
  const { decision: press } = form
  if (press === 'deny') return { kind: 'Give', decision: 'deny', choice: { parameters: {}, changes: [] } }
  if (press !== 'approve' && press !== 'approve-changed' && press !== 'edit') return { kind: 'Unreadable' }
  const sent = sentIn(form)
  const entered = judged(sent, asked)
  if (press === 'edit' || hasErrors(entered)) return { kind: 'Edit', entered }
  const choice = adjustmentOf(request, { ...request.spec.parameters, ...sent })
  if (choice.kind === 'Outside' || (choice.changes.length > 0 && adjustableIn(asked).length === 0))
    return { kind: 'Unreadable' }
  return choice.changes.length > 0 && press === 'approve'
    ? { kind: 'Confirm', entered, choice }
    : { kind: 'Give', decision: 'approve', choice }
}

function judged(sent: Parameters, asked: Asked): Entered {
  const { parameters = {} } = asked.request.spec
  const fields = adjustableIn(asked).map(({ name }) => ({
    name,
    value: sent[name] ?? parameters[name] ?? '',
  }))
  const errors = fields.flatMap(({ name, value }) => {
    const adjustment = adjustmentOf(asked.request, { ...parameters, [name]: value })
    return adjustment.kind === 'Outside' ? [[name, adjustment.message]] : []
  })
  return {
    values: Object.fromEntries(fields.map(({ name, value }) => [name, value])),
    errors: Object.fromEntries(errors) as Parameters,
  }
}

/** Telephones put a space after what they complete. */
function sentIn(form: SentForm): Parameters {
  const fields = Object.entries(form).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(
    fields.map(([name, value]) => [name.slice(prefix.length), typeof value === 'string' ? value.trim() : '']),
  )
}
