/** Stages that open after a request has expired. Pure. */
import type { ApprovalPolicy } from '../../api/objects.ts'
import { secondsOf } from '../duration.ts'
import { inWords } from '../words.ts'

type Opening = { readonly name: string; readonly after: string }

/**
 * Sentences about stages whose `after` is too late. The other stages decide all the same, so that it is no fault of Ready's.
 *
 * @returns each with a space before it; empty where all open in time
 */
export function lateStages({ spec: { stages, requestedExpiry } }: ApprovalPolicy): string {
  const standIns = stages.flatMap(({ name, after }) => (after === undefined ? [] : [{ name, after }]))
  const notBelow = (expiry: string) => (stage: Opening) => secondsOf(stage.after) >= secondsOf(expiry)
  const never = standIns.filter(notBelow(requestedExpiry.max))
  const seldom = standIns.filter(
    (stage) => !never.includes(stage) && notBelow(requestedExpiry.default)(stage),
  )
  const { default: usual, max } = requestedExpiry
  const hopeless =
    never.length > 0 &&
    ` Nobody is asked in ${named(never)}: by then every request has expired (requestedExpiry.max: ${max}).`
  const rare =
    seldom.length > 0 &&
    ` A request with the default requestedExpiry (${usual}) that is asked at once expires before ${named(seldom)} ${seldom.length === 1 ? 'opens' : 'open'}.`
  return [hopeless, rare].filter((sentence) => sentence !== false).join('')
}

function named(stages: readonly Opening[]): string {
  const each = stages.map(({ name, after }) => `${name} (after: ${after})`)
  return `${each.length === 1 ? 'stage' : 'stages'} ${inWords(each)}`
}
