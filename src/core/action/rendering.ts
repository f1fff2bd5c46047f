/** What people read, made from typed fields only: free text of the requester never gets in here. */
import type {
  ApprovalRequest,
  ApprovalRequestSpec,
  ApprovalRequestStatus,
  Condition,
  Decision,
  Prompt,
} from '../../api/objects.ts'
import { noEnvironment } from '../../api/names.ts'
import { mayBeShown } from '../prompt/prompt.ts'
import { answerTime } from '../answer/answer-time.ts'
import { shortNameOf } from '../policy/subject.ts'
import { changesInWords, changesTo } from './adjustment.ts'
import { codeOf, digestOf } from '../../api/digest.ts'

/** `promote-rollout Rollout/foo-v2 @7654b4484 in demo (prod)`, or `(prod, as claimed)` where the Namespace does not say so. */
export function headlineOf(request: ApprovalRequest): string {
  const { metadata, spec } = request
  const revision = spec.target.revision === undefined ? '' : ` @${spec.target.revision}`
  return `${spec.action} ${spec.target.kind}/${spec.target.name}${revision} in ${metadata.namespace ?? ''} (${environmentOf(request)})`
}

/** What a provider takes as a `binding_message` (CIBA Core §7.1). */
export type BindingMessageRules = {
  /** The inside of a regular expression's brackets. */
  readonly pattern: string
  readonly maxLength: number
}

/** Can this stand inside a regular expression's brackets? Only then a binding message can be rendered by it. */
export function isCharacterClass(pattern: string): boolean {
  try {
    new RegExp(`^[${pattern}]$`)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/**
 * The `binding_message` (CIBA Core §7.1): the target's name as far as it fits, then the code that the requester sees too,
 * for example `foo-v2.K7Q-3XP`. Characters that the provider refuses are replaced or left out.
 */
export function bindingMessageOf(request: ApprovalRequest, rules: BindingMessageRules): string {
  const accepted = new RegExp(`^[${rules.pattern}]$`)
  const code = keep(codeOf(request), accepted)
  const separator = ['.', '-', '_'].find((character) => accepted.test(character)) ?? ''
  const room = rules.maxLength - code.length - separator.length
  const name = keep(request.spec.target.name, accepted).slice(0, Math.max(room, 0))
  return name === '' ? code : `${name}${separator}${code}`
}

/**
 * One sentence for the auditor: who may do what, by whose word, when. For example `system:serviceaccount:prod:release-bot
 * (release-bot) promote-rollout foo-v2 revision 7654b4484 in prod: approved by alice@company.com (sub alice, acr ciba) at
 * 2026-11-23T09:22:31Z, digest sha256:…`
 */
export function auditLineOf(request: ApprovalRequest, summary: Condition): string {
  const { action, requester, target } = request.spec
  const revision = target.revision === undefined ? '' : ` revision ${target.revision}`
  const short = shortNameOf(requester)
  const who = short === requester.username ? short : `${requester.username} (${short})`
  return `${who} ${action} ${target.name}${revision} in ${environmentOf(request)}: ${answerOf(request, summary)}, digest ${digestOf(request)}`
}

/** `prod`, or `prod, as claimed`: only what the operator read from the Namespace's label stands alone. */
export function environmentOf({ spec: { environment }, status }: ApprovalRequest): string {
  if (status?.computed !== undefined && environment === noEnvironment) return environment
  const isRead = status?.computed?.some(({ name, value }) => name === 'environment' && value === environment)
  return isRead === true ? environment : `${environment}, as claimed`
}

function answerOf(request: ApprovalRequest, { lastTransitionTime, reason }: Condition): string {
  const { spec, status } = request
  const { prompts = [] } = status ?? {}
  const shown = prompts.filter(mayBeShown).map(({ approver }) => approver)
  switch (status?.outcome) {
    case 'Approved':
      return `approved by ${status.decision?.approvers.map(identified).join(', ') ?? ''} ${status.decision === undefined ? '' : answerTime(status.decision)}${changed(spec, status)}`
    case 'Denied':
      return `${deniersOf(prompts)} denied the request at ${lastTransitionTime}`
    default:
      return `${status?.outcome?.toLowerCase() ?? 'open'} (${reason}) at ${lastTransitionTime}, asked: ${shown.length === 0 ? 'nobody' : shown.join(', ')}`
  }
}

/** Where one person was asked, it was that one. */
function deniersOf(prompts: readonly Prompt[]): string {
  const deniers = prompts.filter(({ state }) => state === 'Denied')
  const names = (deniers.length > 0 ? deniers : prompts).map(({ approver }) => approver)
  return names.length === 0 ? 'the approver' : names.join(', ')
}

function changed({ parameters }: ApprovalRequestSpec, { decision }: ApprovalRequestStatus): string {
  const changes = changesTo(parameters, decision?.parameters)
  return changes.length === 0 ? '' : ` with ${changesInWords(changes)}`
}

function identified({ name, subject, acr }: Decision['approvers'][number]): string {
  return `${name} (sub ${subject}${acr === undefined ? '' : `, acr ${acr}`})`
}

function keep(text: string, accepted: RegExp): string {
  const replacement = accepted.test('-') ? '-' : ''
  return Array.from(text, (character) => (accepted.test(character) ? character : replacement)).join('')
}
