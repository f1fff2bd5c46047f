/** What is shipped for Argo Rollouts, made fit for a test: loopback addresses, seconds instead of minutes. */
import assert from 'node:assert/strict'
import type { Addresses } from '../../../tools/argo-rollouts/manifests.ts'
import { wideLimits } from './limits.ts'
import { withField } from './manifests.ts'
import type { Manifest } from './manifests.ts'
import { documentsOf } from './rollouts.ts'

/** Label of namespaces whose questions stand for ten seconds only. */
export const briefly = { 'test/expiry': 'brief' }

/** Where and whom to ask, for the gate of every namespace of production. */
export function rules(addresses: Addresses): readonly object[] {
  const [client] = documentsOf('examples/1-client.yaml')
  const [policy] = documentsOf('examples/2-approval-policy.yaml')
  assert.ok(client && policy)
  const everyGate = withField(client, 'spec.clients.0.requesters', undefined)
  const where = { profile: 'OidcProvider', issuer: addresses.issuer, allowInsecureHTTP: true }
  const provider = withField(everyGate, 'spec', { ...everyGate.spec, ...where })
  const wide = changed(policy, { 'spec.match.requesters': undefined, 'spec.limits': wideLimits })
  const brief = changed(wide, {
    'metadata.name': 'brief',
    'spec.priority': 1,
    'spec.match.namespaceSelector.matchLabels': briefly,
    'spec.requestedExpiry': { default: '10s', max: '1m' },
  })
  return [provider, wide, brief]
}

/** Polls each second; pauses after twenty, and one that is added after five. */
export function templates(addresses: Addresses): readonly Manifest[] {
  const [approval, orPause, verify] = documentsOf('templates/templates.yaml', addresses)
  assert.ok(approval && orPause && verify)
  const impatient = lasting(5, withField(approval, 'metadata.name', 'impatient'))
  const all = [approval, lasting(20, orPause), verify, impatient]
  return all.map((template) => withField(template, `${metric}.interval`, '1s'))
}

function lasting(count: number, template: Manifest): Manifest {
  return changed(template, { [`${metric}.count`]: count, [`${metric}.inconclusiveLimit`]: count })
}

const metric = 'spec.metrics.0'

/** A namespace of production whose Rollouts may ask. */
export function gatedNamespace(
  name: string,
  labels: Readonly<Record<string, string>> = {},
): readonly object[] {
  const production = { 'countersign.dev/environment': 'prod', ...labels }
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: production } }
  const access = documentsOf('access/access.yaml').map((object) => {
    const inside = withField(object, 'metadata.namespace', name)
    return object.kind === 'RoleBinding' ? withField(inside, 'subjects.0.namespace', name) : inside
  })
  return [namespace, ...access]
}

/** Paths as `withField` has them. */
function changed<T>(object: T, changes: Readonly<Record<string, unknown>>): T {
  return Object.entries(changes).reduce((result, [path, value]) => withField(result, path, value), object)
}
