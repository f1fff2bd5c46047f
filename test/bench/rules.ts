/** Where to ask and who decides, for many people: one policy each. */
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
  /** How many people each action asks: that person and the next ones of the list, who must all approve. One if absent. */
  readonly approvers?: number
}

const parallel = 16

/** @param people usernames; the action that asks one of them is named as they are */
export async function applyRules(
  scene: Scene,
  people: readonly string[],
  rules: ProviderRules,
): Promise<void> {
  const { clientID, clientSecret, issuer, profile, delivery = 'Poll', approvers = 1 } = rules
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
  const asked = (first: number): readonly unknown[] =>
    [...people.slice(first), ...people.slice(0, first)]
      .slice(0, approvers)
      .map((person) => ({ name: `${person}@company.com`, hint: person }))
  await inParallel([...people.entries()], parallel, ([index, person]) =>
    scene.create(`${collection}/approvalpolicies`, {
      ...named(apiVersion, 'ApprovalPolicy', person),
      spec: {
        match: { namespaceSelector: {}, actions: [person] },
        identityProvider: 'bench',
        stages: [{ name: 'sre', required: approvers, approvers: asked(index) }],
        requestedExpiry: { default: '50m', max: '1h' },
        limits: wideLimits,
        token: { scopes: ['rollouts:promote'], maxLifetime: '10m' },
      },
    }),
  )
}
