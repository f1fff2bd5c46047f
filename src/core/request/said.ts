/** What `Complete` says of one of several approvers and what is true of another one as well: it is said once. Pure. */
import type { ApprovalRequest } from '../../api/objects.ts'
import { isSaid, summaryOf } from './conditions.ts'
import { wholeOf } from './observed.ts'
import type { Observed } from './observed.ts'
import { withoutNames } from '../sentences/named.ts'
import { withoutMoments, withoutQuotes } from '../words.ts'

/** Whether `Complete` says this of the prompt's approver, or the same of another approver of the request. */
export function isSaidOfOne(observed: Pick<Observed, 'request' | 'whole'>, message: string): boolean {
  const whole = wholeOf(observed)
  return isSaid(observed.request, message) || (whole !== observed.request && isSaidOfAnother(whole, message))
}

/**
 * @param request the whole of it
 * @param message as it is said of one of the approvers. What it quotes of a provider may differ each time, and so may the end of
 *   each prompt
 */
export function isSaidOfAnother(request: ApprovalRequest, message: string): boolean {
  const { approvers = [] } = request.status?.effective ?? {}
  const said = summaryOf(request)?.message ?? ''
  const names = approvers.map(({ name }) => name)
  const likened = (text: string): string => withoutMoments(withoutQuotes(withoutNames(text, names)))
  return said !== '' && likened(message).startsWith(likened(said))
}
