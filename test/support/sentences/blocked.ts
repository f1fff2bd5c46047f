/** Requests that wait: for the provider, the cluster or the approver. */
import type { Secret } from '../../../src/api/objects.ts'
import { tokenSecretName } from '../../../src/api/names.ts'
import type { World } from '../worlds/approval-world.ts'
import { aProvider } from '../builders/builders.ts'
import { granted, prompted } from '../fakes/providers/port.ts'
import { rows } from './sentence.ts'

const alice = 'alice@company.com'

export const planted: Secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: 'demo', name: tokenSecretName('foo-v2') },
}

/** The API server takes no Secret any more. */
export async function withoutQuota(world: World, seconds: number): Promise<void> {
  const { secrets } = world.dependencies
  const create = (): ReturnType<typeof secrets.create> =>
    Promise.resolve({ kind: 'Refused', message: 'exceeded quota: secrets' })
  world.clock.advance(seconds)
  await world.pass('foo-v2', { ...world.dependencies, secrets: { ...secrets, create } })
}

const unready = { kind: 'NotReady', reason: 'DiscoveryFailed', message: 'it cannot be reached.' } as const

export const blockedRows = rows(
  {
    reason: 'IdentityProviderNotReady',
    when: 'the provider answers 503',
    act: (world) => {
      world.openid.script.prompt = [{ kind: 'NotPrompted', error: 'temporarily_unavailable' }]
      return world.settle()
    },
    says: [
      `answered temporarily_unavailable when ${alice} was to be asked`,
      'Ask a platform engineer to fix it; the request resumes automatically',
    ],
    asked: false,
  },
  {
    reason: 'IdentityProviderNotReady',
    when: 'the provider cannot be reached',
    act: (world) => {
      world.openid.script.connect = [unready]
      return world.settle()
    },
    says: [
      'IdentityProvider company is not ready: it cannot be reached. Ask a platform engineer to fix it; ',
      'resumes automatically. Retried until',
    ],
    asked: false,
  },
  {
    reason: 'IdentityProviderNotReady',
    when: 'the Secret of the client is not there',
    act: (world) => {
      world.secrets.remove('agent-release-bot')
      return world.settle()
    },
    says: [
      'IdentityProvider company cannot authenticate its client agent-release-bot: ',
      'Secret countersign-system/agent-release-bot does not exist. Ask a platform engineer to fix it; ',
      'resumes automatically. Retried until',
    ],
    asked: false,
  },
  {
    reason: 'IdentityProviderNotReady',
    when: 'the Secret of the client lacks the key',
    act: (world) => {
      world.secrets.put({
        ...{ apiVersion: 'v1', kind: 'Secret', data: { other: 'eA==' } },
        metadata: { namespace: 'countersign-system', name: 'agent-release-bot' },
      })
      return world.settle()
    },
    says: [
      'Secret countersign-system/agent-release-bot has no key client_secret. Ask a platform engineer to fix it; ',
      'resumes automatically. Retried until',
    ],
    asked: false,
  },
  {
    reason: 'IdentityProviderNotReady',
    when: 'the provider does not let the client fetch the answer',
    act: async (world) => {
      world.openid.script.token = [{ kind: 'Error', error: 'invalid_client', description: 'wrong secret' }]
      await world.settle()
      await world.after(5)
      await world.after(20)
    },
    says: [
      `${alice} has been asked, but`,
      'answered invalid_client ("wrong secret")',
      'Ask a platform engineer',
    ],
    asked: true,
  },
  {
    reason: 'IdentityProviderNotReady',
    when: 'the provider is deleted while the prompt is open',
    act: async (world) => {
      await world.settle()
      world.providers.remove('company')
      await world.settle()
    },
    says: [
      `${alice} has been asked, but the operator cannot fetch the answer: IdentityProvider company was deleted.`,
      'Ask a platform engineer to fix it; the request resumes automatically. Retried until',
    ],
    asked: true,
  },
  {
    reason: 'IdentityProviderNotReady',
    when: 'the token endpoint answers a page',
    act: async (world) => {
      const detail = 'the token endpoint answered HTTP 200 with a page instead of JSON ("Be right back")'
      world.openid.script.token = [{ kind: 'Unreachable', detail }]
      await world.settle()
      await world.after(5)
      await world.after(20)
    },
    says: [
      `${alice} has been asked, but the operator cannot fetch the answer: IdentityProvider company: the token endpoint`,
      'answered HTTP 200 with a page instead of JSON ("Be right back"). Ask a platform engineer',
    ],
    asked: true,
  },
  {
    reason: 'AuthorizationPending',
    when: 'another controller may have fetched the answer',
    act: async (world) => {
      world.openid.script.token = [{ kind: 'Error', error: 'invalid_grant', description: 'used' }]
      await world.settle()
      await world.after(5)
    },
    says: [
      `${alice} has been asked, but IdentityProvider company answered invalid_grant ("used") when the operator fetched`,
      'looks whether another controller has stored one; if not, the request ends in TokenLost.',
    ],
    asked: true,
  },
  {
    reason: 'DefinitionsOutdated',
    when: 'the cluster’s definitions lack a field',
    act: (world) => {
      world.requests.define(({ status }) => status?.effective === undefined)
      return world.settle()
    },
    says: [
      'are older than the operator',
      'unknown field "status.a"',
      'Ask a platform engineer to update them.',
    ],
    asked: false,
  },
  {
    reason: 'SecretConflict',
    when: 'a Secret of that name is there before anybody is asked',
    request: (plain) => plain.wantingToken(),
    act: (world) => (world.secrets.put(planted), world.settle()),
    says: [
      'Secret foo-v2.countersign exists and is not the operator’s',
      'Delete it, or ask under another name.',
    ],
    asked: false,
  },
  {
    reason: 'SecretConflict',
    when: 'there is no room for its Secret before anybody is asked',
    request: (plain) => plain.wantingToken(),
    act: (world) => withoutQuota(world, 0),
    says: ['cannot be created: exceeded quota: secrets. Ask a platform engineer to allow it.'],
    asked: false,
  },
  {
    reason: 'SecretConflict',
    when: 'there is no room for its Secret once the approver has answered',
    request: (plain) => plain.wantingToken(),
    act: async (world) => {
      world.openid.script.token = [granted]
      await world.settle()
      await withoutQuota(world, 5)
    },
    says: [
      `${alice} answered, but`,
      'exceeded quota: secrets.',
      'Ask a platform engineer',
      'resumes automatically',
    ],
    asked: true,
  },
  {
    reason: 'Prompting',
    when: 'the prompt is being sent',
    act: async (world) => {
      world.failpoints.hit = (name) =>
        name === 'before:I1' ? Promise.reject(new Error('as if it took long')) : Promise.resolve()
      await world.pass().catch(() => undefined)
    },
    says: [`asking ${alice} through IdentityProvider company`],
    asked: true,
    isIntent: true,
  },
  {
    reason: 'Prompting',
    when: 'the provider is to ping, and its answer was lost',
    act: (world) => {
      world.providers.put(aProvider({ delivery: 'Ping' }))
      world.openid.script.prompt = [{ kind: 'Unknown', detail: 'no answer within 10 s' }]
      return world.settle()
    },
    says: [`${alice} may see it`, 'ping will bring its id'],
    asked: true,
  },
  {
    reason: 'AuthorizationPending',
    when: 'the approver was asked',
    act: (world) => {
      world.openid.script.prompt = [prompted]
      return world.settle()
    },
    says: [`${alice} has been asked`],
    asked: true,
  },
)
