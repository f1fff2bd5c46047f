/** When a person answered, as far as that is known: a provider does not say it. */
import type { Decision } from '../../api/objects.ts'

/**
 * What follows "approved": `at 2026-11-30T09:22:11Z`, or, where the operator learned of it late, `between … and …`.
 *
 * @param written how a moment in RFC 3339 is written; as it is if absent
 */
export function answerTime(
  { answeredAfter, decidedAt }: Pick<Decision, 'answeredAfter' | 'decidedAt'>,
  written: (moment: string) => string = String,
): string {
  return answeredAfter === undefined
    ? `at ${written(decidedAt)}`
    : `between ${written(answeredAfter)} and ${written(decidedAt)}`
}
