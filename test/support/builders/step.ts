/** The step that is chosen for a request in a cluster that is usual but for what a test changes. */
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import type { Progress } from '../../../src/core/request/observed.ts'
import { stepOf } from '../../../src/core/request/step.ts'
import type { Step } from '../../../src/core/request/step.ts'
import { t } from '../fakes/clocks/clock.ts'
import { settings } from './builders.ts'
import { limited, surroundings } from './surroundings.ts'
import type { ChangedSurroundings } from './surroundings.ts'

/** What is around the request, and what is remembered of its first prompt. */
export type Circumstances = ChangedSurroundings & { readonly progress?: Progress }

/** @param seconds since the request was created */
export function step(asked: ApprovalRequest, seconds: number, circumstances: Circumstances = {}): Step {
  const { progress, ...around } = circumstances
  return stepOf(
    { request: asked, prompt: 'approver-1', surroundings: surroundings(around), progress },
    { settings, ...limited(t(seconds), around) },
  )
}
