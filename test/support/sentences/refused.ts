/** Requests that end because of what the provider's answer says, or because it cannot be kept. */
import { tokenSecretName } from '../../../src/api/names.ts'
import { authorizationDetailOf } from '../../../src/core/action/authorization-details.ts'
import type { IdTokenClaims, TokenResponse } from '../../../src/core/ports/redeeming.ts'
import type { World } from '../worlds/approval-world.ts'
import { aProvider } from '../builders/builders.ts'
import { aTokenResponse, granted, verified } from '../fakes/providers/port.ts'
import { rows } from './sentence.ts'
import { planted, withoutQuota } from './blocked.ts'

const alice = 'alice@company.com'

/** After the answer: it says this, and these claims are in its ID token. */
export async function answering(
  world: World,
  response: Partial<TokenResponse>,
  claims: Partial<IdTokenClaims> = {},
): Promise<void> {
  await world.settle()
  world.openid.script.token = [{ ...granted, response: aTokenResponse(response) }]
  if (verified.kind === 'Verified')
    world.openid.script.verify = [{ ...verified, claims: { ...verified.claims, ...claims } }]
  await world.after(5)
}

export const cannotBeUsed = `The approval that the provider reported for the prompt to ${alice} does not count.`
export const onceFixed = 'Once that is fixed, ask again:'

export const refusedRows = rows(
  {
    reason: 'ApprovedWithChanges',
    when: 'the approver approves with another wait',
    request: (plain) =>
      plain.saying({
        parameters: { wait: '5m' },
        adjustable: [{ name: 'wait', type: 'Duration', minimum: '1m', maximum: '1h' }],
      }),
    act: async (world) => {
      world.providers.put(aProvider({ authorizationDetails: 'Supported' }))
      const asked = authorizationDetailOf(world.request())
      const parameters = { ...asked.parameters, wait: '15m' }
      await answering(world, { authorizationDetails: [{ ...asked, parameters }] })
    },
    says: [`${alice} approved at`, 'with changes. Act before', 'with wait 15m instead of 5m.'],
    asked: true,
  },
  {
    reason: 'Approved',
    when: 'the approver approves and there is a token',
    request: (plain) => plain.wantingToken(),
    act: (world) => answering(world, {}),
    says: [`${alice} approved at`, 'Act before', 'with the token in Secret foo-v2.countersign'],
    asked: true,
  },
  {
    reason: 'ApproverMismatch',
    when: 'somebody else answers',
    act: (world) => answering(world, {}, { preferred_username: 'mallory' }),
    says: [
      'preferred_username is "mallory" and does not name',
      cannotBeUsed,
      'Ask a platform engineer to compare the policy’s approver',
      onceFixed,
    ],
    asked: true,
  },
  {
    reason: 'ApproverMismatch',
    when: 'the requester answers its own request',
    request: (plain) => plain.by('carol'),
    act: (world) => answering(world, {}, { email: 'carol' }),
    says: ['the requester answered its own request.', cannotBeUsed, onceFixed],
    asked: true,
  },
  {
    reason: 'TokenRejected',
    when: 'more was granted than asked',
    act: (world) => answering(world, { scope: 'openid everything' }),
    says: [
      'scope: more was granted than asked, everything.',
      cannotBeUsed,
      'Ask a platform engineer',
      onceFixed,
    ],
    asked: true,
  },
  {
    reason: 'TokenRejected',
    when: 'the ID token is older than the request',
    act: (world) => answering(world, {}, { iat: 1 }),
    says: ['the ID token is older than the request.', cannotBeUsed, onceFixed],
    asked: true,
  },
  {
    reason: 'SecretConflict',
    when: 'its Secret’s name is taken before the approver answers',
    request: (plain) => plain.wantingToken(),
    act: async (world) => {
      await world.settle()
      world.secrets.put(planted)
      await answering(world, {})
    },
    says: [
      `${alice} answered, but Secret ${tokenSecretName('foo-v2')} was there already`,
      'the token was revoked. Delete the Secret.',
      'sk again:',
    ],
    asked: true,
  },
  {
    reason: 'TokenLost',
    when: 'there is no room for its Secret until the token expires',
    request: (plain) => plain.wantingToken(),
    act: async (world) => {
      world.openid.script.token = [granted]
      await world.settle()
      await withoutQuota(world, 5)
      await withoutQuota(world, 301)
    },
    says: [
      `${alice} answered, but the token expired`,
      'exceeded quota: secrets.',
      'Ask a platform engineer to fix that.',
      onceFixed,
    ],
    asked: true,
  },
  {
    reason: 'TokenLost',
    when: 'the operator loses its lease before the token is stored',
    request: (plain) => plain.wantingToken(),
    act: async (world) => {
      world.failpoints.hit = (name) => {
        world.lease.held = name !== 'before:W3'
        return Promise.resolve()
      }
      await answering(world, {})
    },
    says: ['the operator lost its lease', `the answer of ${alice} cannot be used`, 'sk again:'],
    asked: true,
  },
  {
    reason: 'PromptLost',
    when: 'the provider’s answer to the prompt is lost',
    act: (world) => {
      world.openid.script.prompt = [{ kind: 'Unknown', detail: 'no answer within 10 s.' }]
      return world.settle()
    },
    says: [
      `the prompt is lost at IdentityProvider company: no answer within 10 s. ${alice} may still see the prompt;`,
      'an answer has no effect.',
      'platform engineer',
      'sk again:',
    ],
    asked: true,
  },
  {
    reason: 'PromptLost',
    when: 'the provider’s ping does not come',
    act: async (world) => {
      world.providers.put(aProvider({ delivery: 'Ping' }))
      world.openid.script.prompt = [{ kind: 'Unknown', detail: 'no answer within 10 s' }]
      await world.settle()
      await world.after(600)
    },
    says: [
      'ping did not bring its id',
      `${alice} may still see the prompt; an answer has no effect.`,
      'sk again:',
    ],
    asked: true,
  },
  {
    reason: 'IdentityProviderChanged',
    when: 'the provider gets another issuer while the prompt is open',
    act: async (world) => {
      await world.settle()
      world.providers.put(aProvider({ issuer: 'https://another' }))
      await world.after(5)
    },
    says: ['no longer has the issuer', `through which ${alice} was asked`, 'sk again:'],
    asked: true,
  },
  {
    reason: 'IdentityProviderChanged',
    when: 'the provider gets another issuer before anybody is asked',
    act: async (world) => {
      world.openid.script.prompt = [{ kind: 'NotPrompted', error: 'temporarily_unavailable' }]
      await world.settle()
      world.providers.put(aProvider({ issuer: 'https://another' }))
      await world.after(5)
    },
    says: [`through which ${alice} was to be asked`, 'nothing was sent to the new one', 'sk again:'],
    asked: false,
  },
  {
    reason: 'RequestExpired',
    when: 'the provider says the same of a denial and of silence',
    act: async (world) => {
      world.providers.put(aProvider({ profile: 'Auth0' }))
      await world.settle()
      world.openid.script.token = [{ kind: 'Error', error: 'access_denied' }]
      await world.after(600)
    },
    says: [
      `${alice} denied the request, or did not answer by`,
      'does not tell the two apart',
      `Ask ${alice} which it was`,
      'o ask again:',
      'about Rollout foo-v2 wait until',
      'limits.pauseAfterRefusal: 1m).',
    ],
    asked: true,
  },
  {
    reason: 'Withdrawn',
    when: 'its Rollout is gone before anybody is asked',
    act: async (world) => {
      world.policies.remove('prod-promotions')
      await world.settle()
      world.subject.watched = { reason: 'Withdrawn', message: 'Rollout foo-v2 is gone.' }
      world.subject.live = world.subject.watched
      await world.settle()
    },
    says: ['Rollout foo-v2 is gone. Nobody was asked.', 'retry the Rollout'],
    asked: false,
  },
)
