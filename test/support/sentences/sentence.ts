/** One way in which a request waits or ends, and what people must read of it. */
import type { Reason } from '../../../src/api/reasons.ts'
import type { World } from '../worlds/approval-world.ts'
import type { anApprovalRequest } from '../builders/builders.ts'

type Request = ReturnType<typeof anApprovalRequest>

export type Sentence = {
  readonly reason: Reason
  /** What has happened, as the end of a test's name. */
  readonly when: string
  /** The request, where it is another one than `anApprovalRequest()`. */
  readonly request?: (plain: Request) => Request
  readonly act: (world: World) => Promise<unknown>
  /** What the condition's message says, in this order. */
  readonly says: readonly string[]
  /** Whether a prompt may have reached the approver: by what was sent. */
  readonly asked: boolean
  /** That a prompt is about to be sent is no Event: what comes of it is. */
  readonly isIntent?: true
}

export function rows(...each: readonly Sentence[]): readonly Sentence[] {
  return each
}

/** Changes something before the request is looked at, and lets it last. */
export function lasting(seconds: number, change: (world: World) => void = () => undefined): Sentence['act'] {
  return async (world) => {
    change(world)
    await world.settle()
    await world.after(seconds)
  }
}
