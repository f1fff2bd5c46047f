/** The kinds that Countersign reads and writes, by the names that stand in URLs. */
import { argoApiVersion } from '../../api/argo-rollouts.ts'
import { apiVersion } from '../../api/names.ts'
import type { ResourceType } from './paths.ts'

/** Group, version, plural and scope of each, for `resource`. */
export const kinds = {
  approvalRequests: { apiVersion, plural: 'approvalrequests', namespaced: true },
  approvalPolicies: { apiVersion, plural: 'approvalpolicies', namespaced: false },
  identityProviders: { apiVersion, plural: 'identityproviders', namespaced: false },
  approverGroups: { apiVersion, plural: 'approvergroups', namespaced: false },
  configMaps: { apiVersion: 'v1', plural: 'configmaps', namespaced: true },
  namespaces: { apiVersion: 'v1', plural: 'namespaces', namespaced: false },
  serviceAccounts: { apiVersion: 'v1', plural: 'serviceaccounts', namespaced: true },
  secrets: { apiVersion: 'v1', plural: 'secrets', namespaced: true },
  rollouts: { apiVersion: argoApiVersion, plural: 'rollouts', namespaced: true },
  analysisRuns: { apiVersion: argoApiVersion, plural: 'analysisruns', namespaced: true },
  replicaSets: { apiVersion: 'apps/v1', plural: 'replicasets', namespaced: true },
} as const satisfies Readonly<Record<string, ResourceType>>
