/**
 * What a provider that does rich authorization requests (RFC 9396) is asked to grant, and what it granted. There is one element,
 * and all that may differ in it are the values of `parameters`, within what the request lets the approver change:
 *
 *   {"type": "countersign.dev/action", "actions": ["promote-rollout"], "identifier": "demo/Rollout/foo-v2",
 *    "digest": "sha256:…", "parameters": {"wait": "5m"}}
 */
import { actionDetailType } from '../../api/names.ts'
import type { ApprovalRequest, AuthorizationDetail } from '../../api/objects.ts'
import type { GrantedDetails } from '../ports/redeeming.ts'
import { adjustmentOf } from './adjustment.ts'
import type { Parameters } from './adjustment.ts'
import { digestOf } from '../../api/digest.ts'
import { detailTextsOf } from '../../api/signed-fields.ts'

/** The element that is asked for. Which fields are in it: `specFields`. */
export function authorizationDetailOf(request: ApprovalRequest): AuthorizationDetail {
  const { metadata, spec } = request
  return {
    type: actionDetailType,
    actions: detailTextsOf(request, 'actions'),
    identifier: [metadata.namespace ?? '', ...detailTextsOf(request, 'identifier')].join('/'),
    digest: digestOf(request),
    parameters: spec.parameters ?? {},
  }
}

/** `parameters` are the ones to act with; `detail` is the element as it was granted. */
export type Grant =
  | { readonly kind: 'Granted'; readonly detail: AuthorizationDetail; readonly parameters: Parameters }
  | { readonly kind: 'Refused'; readonly message: string }

/** Judges what came back for `authorizationDetailOf(request)`. */
export function grantOf(request: ApprovalRequest, granted: GrantedDetails | undefined): Grant {
  if (granted === undefined) return refused('the grant lacks them, although they were asked for')
  if (granted === 'Unreadable') return refused('they are no list of objects')
  const [element, ...more] = granted
  if (element === undefined || more.length > 0)
    return refused(`${granted.length} elements were granted, where one was asked for`)
  const asked = authorizationDetailOf(request)
  const difference = differenceOf(element, asked)
  if (difference !== undefined) return refused(`the granted element has ${difference}`)
  const parameters = textsIn(element.parameters)
  if (parameters === undefined) return refused('the granted parameters are no map of texts')
  const adjustment = adjustmentOf(request, parameters)
  if (adjustment.kind === 'Outside') return refused(adjustment.message)
  return { kind: 'Granted', detail: { ...asked, parameters }, parameters: adjustment.parameters }
}

/** Of all members but `parameters`, one by one: what came from outside may be nested without end. */
function differenceOf(
  element: Readonly<Record<string, unknown>>,
  asked: AuthorizationDetail,
): string | undefined {
  if (namesIn(element) !== namesIn(asked)) return 'other members than were asked'
  const { actions } = element
  if (!Array.isArray(actions) || actions.length !== 1 || actions[0] !== asked.actions[0])
    return 'other actions than were asked'
  const other = (['type', 'identifier', 'digest'] as const).find((name) => element[name] !== asked[name])
  return other === undefined ? undefined : `another ${other} than was asked`
}

function namesIn(object: object): string {
  return Object.keys(object).toSorted().join()
}

function textsIn(value: unknown): Parameters | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const entries = Object.entries(value)
  return entries.every(isOfText) ? Object.fromEntries(entries) : undefined
}

function isOfText(entry: readonly [string, unknown]): entry is readonly [string, string] {
  return typeof entry[1] === 'string'
}

function refused(message: string): Grant {
  return { kind: 'Refused', message }
}
