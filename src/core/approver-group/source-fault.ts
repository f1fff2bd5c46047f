import type { SourceFault } from '../ports/group-sources.ts'

/** @param message a clause that names no secret and no URL */
export function sourceFault(reason: SourceFault['reason'], message: string): SourceFault {
  return { kind: 'Fault', reason, message }
}
