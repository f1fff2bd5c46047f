/** Every way in which a request waits or ends, driven through the real reconcile, and what people must read of it. */
import { blockedRows } from './blocked.ts'
import { errorRows } from './errors.ts'
import { endRows } from './ends.ts'
import { groupRows } from './groups.ts'
import { limitRows } from './limits.ts'
import { policyRows } from './policy.ts'
import { refusedRows } from './refused.ts'
import { separationRows } from './separation.ts'
import { strengthRows } from './strength.ts'
import { tokenRows } from './token.ts'
import { termsRows } from './terms.ts'
import type { Sentence } from './sentence.ts'

/** One row at least for each reason of src/api/reasons.ts. */
export const sentences: readonly Sentence[] = [
  ...policyRows,
  ...termsRows,
  ...groupRows,
  ...limitRows,
  ...blockedRows,
  ...endRows,
  ...refusedRows,
  ...strengthRows,
  ...separationRows,
  ...errorRows,
  ...tokenRows,
]
