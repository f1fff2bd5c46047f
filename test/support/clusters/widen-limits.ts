import { randomBytes } from 'node:crypto'
import { kubectl } from '../../../tools/envtest/kubectl.ts'
import { wideLimits } from '../builders/limits.ts'

/**
 * Lets one person be asked as often as the tests of a file do, and by whoever asks there; a prompt still holds its place until it is
 * answered or expires.
 */
export async function widenLimits(kubeconfig: string, policy = 'prod-promotions'): Promise<void> {
  await patch(kubeconfig, policy, { limits: wideLimits, match: { requesters: null } })
}

/** The same, and whoever asks: the founding example's policy is for the release bot alone. */
export async function widenForEveryone(kubeconfig: string): Promise<void> {
  await patch(kubeconfig, 'prod-promotions', { limits: wideLimits, match: { requesters: null } })
}

/** Alice under a hint of her own, so that no prompt of another test is in the way. */
export async function nameSomebodyElse(kubeconfig: string, policy: string): Promise<void> {
  const hint = `alice-${randomBytes(4).toString('hex')}`
  const approver = { name: 'alice@company.com', hint, subject: 'alice' }
  const stages = [{ name: 'sre', required: 1, approvers: [approver] }]
  await patch(kubeconfig, policy, { stages, limits: wideLimits })
}

async function patch(kubeconfig: string, policy: string, spec: object): Promise<void> {
  const change = `--patch=${JSON.stringify({ spec })}`
  await kubectl({ kubeconfig, args: ['patch', `apol/${policy}`, '--type=merge', change] })
}
