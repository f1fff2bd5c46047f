/** Argo Rollouts writes every answer into the AnalysisRun: it must be small, whatever a message holds. */
import type { Verdict } from '../../core/gate/verdict.ts'

const mostBytes = 1024 - '{"gate":}'.length
const longestApprover = 100
const longestReason = 640

/** Makes an answer fit into 1,024 bytes of JSON: the name of the approver is cut to 100 characters, then the reason gives way. */
export function fitted({ approver, reason, ...verdict }: Verdict): Verdict {
  const rest = { ...verdict, ...(approver !== undefined && { approver: oneLine(approver, longestApprover) }) }
  if (reason === undefined) return rest
  for (let length = longestReason; length > 0; length -= 64) {
    const fitting = { ...rest, reason: oneLine(reason, length) }
    if (Buffer.byteLength(JSON.stringify(fitting)) <= mostBytes) return fitting
  }
  return rest
}

function oneLine(text: string, longest: number): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
  return (line.length > longest ? `${line.slice(0, longest - 1)}…` : line).toWellFormed()
}
