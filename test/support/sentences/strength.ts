/** Requests under a policy that requires a strong or recent login. */
import type { ApprovalPolicySpec } from '../../../src/api/objects.ts'
import type { IdTokenClaims } from '../../../src/core/ports/redeeming.ts'
import { aPolicy } from '../builders/builders.ts'
import { start } from '../fakes/clocks/clock.ts'
import type { World } from '../worlds/approval-world.ts'
import { answering, cannotBeUsed, onceFixed } from './refused.ts'
import { rows } from './sentence.ts'

/** The approver answers under a policy that requires this of the login. */
function answeringUnder(
  require: NonNullable<ApprovalPolicySpec['require']>,
  claims: Partial<IdTokenClaims>,
): (world: World) => Promise<void> {
  return async (world) => {
    world.policies.put(aPolicy({ require }))
    await answering(world, {}, claims)
  }
}

export const strengthRows = rows(
  {
    reason: 'AuthenticationNotSupported',
    when: 'the provider supports none of the logins that the policy requires',
    act: (world) => {
      world.policies.put(aPolicy({ require: { acrValues: ['phr', 'phrh'] } }))
      world.openid.script.acrValues = ['0', '1']
      return world.settle()
    },
    says: [
      'policy prod-promotions requires a login with the acr "phr" or "phrh", and IdentityProvider company supports "0" and "1"',
      '(acr_values_supported). Ask a platform engineer to correct spec.require of the policy, or to let the provider',
    ],
    asked: false,
  },
  {
    reason: 'AuthenticationTooWeak',
    when: 'the approver logged in with another acr than the policy requires',
    act: answeringUnder({ acrValues: ['phr', 'phrh'] }, { acr: '1' }),
    says: [
      'acr: policy prod-promotions requires a login with the acr "phr" or "phrh", and the ID token has the acr "1".',
      cannotBeUsed,
      'Ask a platform engineer to compare the policy’s spec.require with how the provider logs people in.',
      onceFixed,
    ],
    asked: true,
  },
  {
    reason: 'AuthenticationTooWeak',
    when: 'the provider does not say how the approver logged in',
    act: answeringUnder({ acrValues: ['phr'] }, {}),
    says: ['requires a login with the acr "phr", and the ID token has no acr.', cannotBeUsed, onceFixed],
    asked: true,
  },
  {
    reason: 'AuthenticationTooWeak',
    when: 'the approver logged in too long ago',
    act: answeringUnder({ maxAuthenticationAge: '5m' }, { auth_time: start.getTime() / 1000 - 600 }),
    says: [
      'auth_time: policy prod-promotions requires a login at most 5m before the answer, and the ID token names a login at',
      ', 10m5s before.',
      cannotBeUsed,
      onceFixed,
    ],
    asked: true,
  },
  {
    reason: 'AuthenticationTooWeak',
    when: 'the provider does not say when the approver logged in',
    act: answeringUnder({ maxAuthenticationAge: '5m' }, {}),
    says: ['does not say when the approver logged in (auth_time is absent).', cannotBeUsed, onceFixed],
    asked: true,
  },
)
