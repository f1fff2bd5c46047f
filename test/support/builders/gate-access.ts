/** Who may ask the gate in a namespace, and who is asked about it. */
import type { ApprovalPolicySpec } from '../../../src/api/objects.ts'
import { apiVersion } from '../../../src/api/names.ts'
import { wideLimits } from './limits.ts'
import type { ClusterScene } from '../scenes/cluster-scene.ts'
import { clientID } from '../fakes/providers/company.ts'
import { create, storeCredential } from '../clusters/question.ts'
import type { Account } from './service-account-tokens.ts'

/** The rights that deploy/argo-rollouts/access gives. */
export async function letAsk(
  { operator: { admin } }: Pick<ClusterScene, 'operator'>,
  { namespace, name }: Account,
): Promise<void> {
  const group = 'rbac.authorization.k8s.io'
  const path = `/apis/${group}/v1/namespaces/${namespace}`
  const common = { apiVersion: `${group}/v1`, metadata: { name } }
  const rules = [{ apiGroups: ['countersign.dev'], resources: ['approvalrequests/gate'], verbs: ['create'] }]
  await admin.request({ method: 'POST', path: `${path}/roles`, body: { ...common, kind: 'Role', rules } })
  const body = {
    ...{ ...common, kind: 'RoleBinding' },
    roleRef: { apiGroup: group, kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  }
  await admin.request({ method: 'POST', path: `${path}/rolebindings`, body })
}

/** Of the same name as the namespace. */
export async function givePolicy(
  { operator, provider }: ClusterScene,
  name: string,
  policy: Partial<ApprovalPolicySpec> = {},
): Promise<void> {
  await storeCredential(operator, name, provider.clientSecret)
  const authentication = { method: 'client_secret_basic', secretRef: { name, key: 'secret' } } as const
  await create(operator.providers, {
    ...{ apiVersion, kind: 'IdentityProvider', metadata: { name } },
    spec: {
      ...{ issuer: provider.issuer, profile: 'Generic', delivery: 'Poll', allowInsecureHTTP: true },
      clients: [{ clientID, authentication }],
      token: { approverClaim: 'sub' },
    },
  })
  await create(operator.policies, {
    ...{ apiVersion, kind: 'ApprovalPolicy', metadata: { name } },
    spec: {
      match: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
        actions: ['promote-rollout'],
      },
      ...{ priority: 0, identityProvider: name, requestedExpiry: { default: '2m', max: '1h' } },
      limits: wideLimits,
      stages: [
        {
          name: 'sre',
          required: 1,
          approvers: [{ name: 'alice@company.com', hint: name, subject: 'alice' }],
        },
      ],
      ...policy,
    },
  })
}
