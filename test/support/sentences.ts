/** Every way in which a request waits or ends, driven through the real reconcile, and what people must read of it. */
import { blockedRows } from './sentences-blocked.ts'
import { errorRows } from './sentences-errors.ts'
import { endRows } from './sentences-ends.ts'
import { policyRows } from './sentences-policy.ts'
import { refusedRows } from './sentences-refused.ts'
import { tokenRows } from './sentences-token.ts'
import { termsRows } from './sentences-terms.ts'
import type { Sentence } from './sentence.ts'

/** One row at least for each reason of src/api/reasons.ts. */
export const sentences: readonly Sentence[] = [
  ...policyRows,
  ...termsRows,
  ...blockedRows,
  ...endRows,
  ...refusedRows,
  ...errorRows,
  ...tokenRows,
]
