/** Where to ask and who decides, for many people: one policy each, since a policy has one approver. */
import { apiVersion } from '../../src/api/names.ts'
import { wideLimits } from '../support/builders/limits.ts'
import { inParallel } from './in-parallel.ts'
import { named } from './scene.ts'
import type { Scene } from './scene.ts'

export type ProviderRules = {
  readonly issuer: string
  readonly clientID: string
  readonly clientSecret: string
  readonly profile: 'Generic' | 'OidcProvider'
  readonly delivery?: 'Poll' | 'Ping'
}

const parallel = 16

/** @param people usernames; the action that asks one of them is named as they are */
export async function applyRules(
  scene: Scene,
  people: readonly string[],
  rules: ProviderRules,
): Promise<void> {
  const { clientID, clientSecret, issuer, profile, delivery = 'Poll' } = rules
  const collection = `/apis/${apiVersion}`
  await scene.storeSecret(clientID, clientSecret)
  const authentication = { method: 'client_secret_basic', secretRef: { name: clientID, key: 'secret' } }
  await scene.create(`${collection}/identityproviders`, {
    ...named(apiVersion, 'IdentityProvider', 'bench'),
    spec: {
      ...{ profile, issuer, delivery, allowInsecureHTTP: true },
      clients: [{ clientID, authentication }],
      ...(profile === 'Generic' && { token: { approverClaim: 'sub' } }),
    },
  })
  await inParallel(people, parallel, (person) =>
    scene.create(`${collection}/approvalpolicies`, {
      ...named(apiVersion, 'ApprovalPolicy', person),
      spec: {
        match: { namespaceSelector: {}, actions: [person] },
        identityProvider: 'bench',
        stages: [{ name: 'sre', approvers: [{ name: `${person}@company.com`, hint: person }] }],
        requestedExpiry: { default: '50m', max: '1h' },
        limits: wideLimits,
        token: { scopes: ['rollouts:promote'], maxLifetime: '10m' },
      },
    }),
  )
}
