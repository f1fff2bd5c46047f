/**
 * `authorization_details` (RFC 9396) that name an action: what a client may ask for, and what the authentication channel may
 * bring back for it as granted.
 */
import { actionDetailType } from '../api/names.ts'

/** The one element that this provider takes: an action with its target, digest and parameters. */
export type ActionDetail = Readonly<Record<string, unknown>> & {
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
}

const longestText = 512
const mostParameters = 16
const members = ['actions', 'digest', 'identifier', 'parameters', 'type']

/** Parses the parameter `authorization_details` of a request; oidc-provider has refused it before if it is no JSON. */
export function detailsIn(params: Readonly<Record<string, unknown>> = {}): unknown {
  const { authorization_details: details } = params
  return typeof details === 'string' ? JSON.parse(details) : undefined
}

/** Takes a list of exactly one element that has its members and no others, within bounds. @returns undefined for anything else */
export function actionDetailIn(value: unknown): ActionDetail | undefined {
  const element: unknown = Array.isArray(value) && value.length === 1 ? value[0] : undefined
  return isActionDetail(element) ? element : undefined
}

/**
 * Checks what a person granted: it may differ from what was asked in its parameters' values only.
 * @returns undefined for anything else
 */
export function grantedDetailIn(value: unknown, asked: ActionDetail): ActionDetail | undefined {
  const granted = actionDetailIn(value)
  if (granted === undefined) return undefined
  const isAsked =
    fixedPartOf(granted) === fixedPartOf(asked) &&
    namesIn(granted.parameters).join() === namesIn(asked.parameters).join()
  return isAsked ? granted : undefined
}

function isActionDetail(element: unknown): element is ActionDetail {
  if (!isObject(element) || namesIn(element).join() !== members.join()) return false
  const { actions, digest, identifier, parameters, type } = element
  return (
    type === actionDetailType &&
    [digest, identifier].every(isShortText) &&
    Array.isArray(actions) &&
    actions.length === 1 &&
    actions.every(isShortText) &&
    isObject(parameters) &&
    namesIn(parameters).length <= mostParameters &&
    Object.entries(parameters).flat().every(isShortText)
  )
}

function fixedPartOf({ type, actions, identifier, digest }: ActionDetail): string {
  return JSON.stringify([type, actions, identifier, digest])
}

function namesIn(object: object): readonly string[] {
  return Object.keys(object).toSorted()
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isShortText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= longestText
}
