/** The slots as the one working replica has them: counted in its memory, and written down for the next process. */
import type { Slots } from '../../../core/ports/ownership.ts'
import type { PromptRecords } from './prompt-records.ts'
import type { Turnstile } from './turnstile.ts'

/** @param records of the prompts that outlive their requests */
export function slotsOf(turnstile: Turnstile, records: Pick<PromptRecords, 'load' | 'settled'>): Slots {
  const { counts, reserve, release, seen, gone, waits } = turnstile
  const { load, settled } = records
  return { load, counts, reserve, release, settled, seen, gone, waits }
}
