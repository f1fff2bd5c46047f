/** Policies that ask several people, beside the founding example's for one; the action of a request selects which one counts. */
import type { ApprovalPolicy, ApprovalPolicySpec } from '../../../src/api/objects.ts'
import { kinds } from '../../../src/kubernetes/client/kinds.ts'
import { resource } from '../../../src/kubernetes/client/resource.ts'
import type { Transport } from '../../../src/kubernetes/client/transport.ts'
import { wideLimits } from '../builders/limits.ts'
import type { Username } from './crash-people.ts'

type Stages = ApprovalPolicySpec['stages']

const stages = {
  /** Both must approve. */
  'two-people': [stage('release', ['alice', 'bob'], { required: 2 })],
  /** Two of them must approve. */
  'three-people': [stage('release', ['alice', 'bob', 'carol'], { required: 2 })],
  'all-three': [stage('release', ['alice', 'bob', 'carol'], { required: 3 })],
  /** Bob is asked if Alice has not answered after the shortest time that a policy may name. */
  escalation: [stage('sre', ['alice']), stage('lead', ['bob'], { insteadOf: 'sre', after: '10s' })],
} as const satisfies Readonly<Record<string, Stages>>

/** Of a request: whom it is to be decided by. */
export type SeveralPeople = keyof typeof stages

export async function addPoliciesForSeveral(admin: Transport): Promise<void> {
  const policies = resource<ApprovalPolicy>(admin, kinds.approvalPolicies)
  for (const [action, each] of Object.entries(stages)) {
    const written = await policies.create(policyFor(action, each))
    if (written.kind !== 'Applied') throw new Error(`ApprovalPolicy ${action}: ${JSON.stringify(written)}`)
  }
}

function policyFor(action: string, each: Stages): ApprovalPolicy {
  return {
    apiVersion: 'countersign.dev/v1alpha1',
    kind: 'ApprovalPolicy',
    metadata: { name: action },
    spec: {
      priority: 0,
      match: {
        namespaceSelector: { matchLabels: { 'countersign.dev/environment': 'prod' } },
        actions: [action],
      },
      identityProvider: 'embedded',
      stages: each,
      limits: wideLimits,
      requestedExpiry: { default: '10m', max: '2h' },
      token: { scopes: ['rollouts:promote'], maxLifetime: '10m' },
    },
  }
}

function stage(
  name: string,
  people: readonly Username[],
  more: Partial<Pick<Stages[number], 'required' | 'insteadOf' | 'after'>> = {},
): Stages[number] {
  const approvers = people.map((hint) => ({ name: `${hint}@company.com`, hint }))
  return { name, required: 1, approvers, ...more }
}
