/**
 * What a crash plan of several people varies: where the controller is killed, how many are asked, how the answers come, and how the
 * client proves itself. Every run has the covering set, in which each pair of two dimensions' values occurs; `make crash` has
 * the whole product.
 */
import type { FailpointName } from '../../../src/core/ports/surroundings.ts'
import type { Method } from './crash-lab.ts'
import { answering, asking } from './crash-steps.ts'

export type Plan = {
  readonly failpoint: FailpointName
  readonly approvers: 'two' | 'three'
  readonly delivery: 'Poll' | 'Ping'
  readonly method: Method
}

export const dimensions = {
  failpoint: [...asking, ...answering, 'before:Answer', 'after:Answer'],
  approvers: ['two', 'three'],
  delivery: ['Poll', 'Ping'],
  method: ['client_secret_basic', 'private_key_jwt'],
} as const satisfies { readonly [Name in keyof Plan]: readonly Plan[Name][] }

const secret = 'client_secret_basic'
const key = 'private_key_jwt'

/** Of each failpoint two that differ in everything else: no set that covers all pairs is smaller. */
export const covering: readonly Plan[] = [
  row('before:W1', 'two', 'Poll', secret),
  row('before:W1', 'three', 'Ping', key),
  row('after:W1', 'two', 'Poll', key),
  row('after:W1', 'three', 'Ping', secret),
  row('before:I1', 'two', 'Ping', key),
  row('before:I1', 'three', 'Poll', secret),
  row('after:I1', 'two', 'Ping', secret),
  row('after:I1', 'three', 'Poll', key),
  row('before:W2', 'two', 'Poll', secret),
  row('before:W2', 'three', 'Ping', key),
  row('after:W2', 'two', 'Ping', key),
  row('after:W2', 'three', 'Poll', secret),
  row('before:I2', 'two', 'Poll', key),
  row('before:I2', 'three', 'Ping', secret),
  row('after:I2', 'two', 'Ping', secret),
  row('after:I2', 'three', 'Poll', key),
  row('before:Answer', 'two', 'Poll', key),
  row('before:Answer', 'three', 'Ping', secret),
  row('after:Answer', 'two', 'Ping', secret),
  row('after:Answer', 'three', 'Poll', key),
  row('before:W3', 'two', 'Poll', secret),
  row('before:W3', 'three', 'Ping', key),
  row('after:W3', 'two', 'Ping', key),
  row('after:W3', 'three', 'Poll', secret),
  row('before:W4', 'two', 'Poll', key),
  row('before:W4', 'three', 'Ping', secret),
  row('after:W4', 'two', 'Ping', secret),
  row('after:W4', 'three', 'Poll', key),
]

export const product: readonly Plan[] = dimensions.failpoint.flatMap((failpoint) =>
  dimensions.approvers.flatMap((approvers) =>
    dimensions.delivery.flatMap((delivery) =>
      dimensions.method.map((method) => ({ failpoint, approvers, delivery, method })),
    ),
  ),
)

/** Those of one delivery, which a lab has. All of them where the environment variable `CRASH_PLANS` says `all`. */
export function plansWith(delivery: Plan['delivery']): readonly Plan[] {
  const plans = process.env.CRASH_PLANS === 'all' ? product : covering
  return plans.filter((plan) => plan.delivery === delivery)
}

/**
 * What a plan may end in, where everyone approves who is asked and still can. Where the first of several prompts or answers ends the
 * process, the others may have come as far, or not: then there is more than one end. `Prompting`: nobody is left to answer, and
 * the ping of a prompt that may have been sent is awaited until the deadline.
 */
export function endsOf({ failpoint, approvers, delivery, method }: Plan): readonly string[] {
  const isSigned = method === key
  switch (failpoint) {
    case 'after:W1':
    case 'before:I1':
      if (isSigned) return ['Approved']
      return [delivery === 'Ping' ? 'Prompting' : 'PromptLost']
    case 'after:I1':
    case 'before:W2':
    case 'after:W2':
      if (delivery === 'Ping') return isSigned ? ['Approved'] : ['Approved', 'Prompting']
      return isSigned && (approvers === 'three' || failpoint === 'after:W2')
        ? ['PromptLost', 'Approved']
        : ['PromptLost']
    case 'after:Answer':
      return ['TokenLost', 'Approved']
    case 'after:I2':
    case 'before:Answer':
    case 'before:W3':
      return approvers === 'three' ? ['TokenLost', 'Approved'] : ['TokenLost']
    default:
      return ['Approved']
  }
}

function row(
  ...[failpoint, approvers, delivery, method]: readonly [
    Plan['failpoint'],
    Plan['approvers'],
    Plan['delivery'],
    Plan['method'],
  ]
): Plan {
  return { failpoint, approvers, delivery, method }
}
