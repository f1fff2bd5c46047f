/** Each kind of difference between two Pod templates is told by name, and nothing in it that may be secret is shown. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../../../../../src/core/json-object.ts'
import {
  facts,
  foo,
  labels,
  sidecar,
  template,
  volume,
  withFoo,
  withPod,
} from '../../../../../support/builders/pod-templates.ts'

for (const [name, after, subject, want, before] of [
  ['an image', withFoo({ image: 'foo:v2' }), 'image', 'foo:v1 → foo:v2'],
  ['a literal variable', env('LOG_LEVEL', { value: 'debug' }), 'container foo', 'env LOG_LEVEL changed'],
  ['a new variable', env('DEBUG', { value: '1' }), 'container foo', 'env DEBUG added (a value)'],
  ['a variable that is gone', withFoo({ env: foo.env.slice(1) }), 'container foo', 'env LOG_LEVEL removed'],
  [
    'a variable of another Secret',
    env('DATABASE', { valueFrom: { secretKeyRef: { name: 'other', key: 'url' } } }),
    'container foo',
    'env DATABASE Secret db key url → Secret other key url',
  ],
  [
    'a variable that becomes one of a ConfigMap',
    env('LOG_LEVEL', { valueFrom: { configMapKeyRef: { name: 'log', key: 'level' } } }),
    'container foo',
    'env LOG_LEVEL a value → ConfigMap log key level',
  ],
  ['the order of variables', withFoo({ env: foo.env.toReversed() }), 'container foo', 'order of env changed'],
  [
    'a source of variables',
    withFoo({ envFrom: [{ secretRef: { name: 'all' } }] }),
    'container foo',
    'envFrom Secret all added',
  ],
  ['the command', withFoo({ command: ['sh', '-c', 'x'] }), 'container foo', 'command added'],
  ['the arguments', withFoo({ args: ['--password=x'] }), 'container foo', 'args added'],
  [
    'a limit',
    withFoo({ resources: { limits: { cpu: '2' } } }),
    'container foo',
    'resources.limits.cpu 1 → 2',
  ],
  [
    'a port',
    withFoo({ ports: [{ containerPort: 22, protocol: 'TCP' }] }),
    'container foo',
    'port 22/TCP added',
  ],
  [
    'what a container may do',
    withFoo({ securityContext: { privileged: true, capabilities: { add: ['NET_ADMIN'] } } }),
    'container foo',
    'securityContext.privileged added (true); securityContext.capabilities.add added (NET_ADMIN)',
  ],
  [
    'a mount',
    withFoo({ volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
    'container foo',
    'mount /data added (volume data)',
  ],
  [
    'a probe',
    withFoo({ livenessProbe: { exec: { command: ['x'] } } }),
    'container foo',
    'livenessProbe added',
  ],
  [
    'a field that nobody here has heard of',
    withFoo({ quantumPolicy: { key: 'x' } }),
    'container foo',
    'quantumPolicy added',
  ],
  [
    'a Secret as volume',
    volume({ secret: { secretName: 'db' } }),
    'volumes',
    'volume data added (Secret db)',
  ],
  [
    'another ConfigMap as volume',
    volume({ configMap: { name: 'foo-2' } }),
    'volumes',
    'volume data ConfigMap foo-1 → ConfigMap foo-2',
    volume({ configMap: { name: 'foo-1' } }),
  ],
  [
    'a projected volume',
    volume({ projected: { sources: [{ secret: { name: 'a' } }, { configMap: { name: 'b' } }] } }),
    'volumes',
    'volume data added (projected from Secret a and ConfigMap b)',
  ],
  [
    'a path of the node',
    volume({ hostPath: { path: '/' } }),
    'volumes',
    'volume data added (path of the node /)',
  ],
  [
    'the ServiceAccount',
    withPod({ serviceAccountName: 'admin', serviceAccount: 'admin' }),
    'Pod',
    'serviceAccountName foo → admin',
  ],
  ['the network of the node', withPod({ hostNetwork: true }), 'Pod', 'hostNetwork added (true)'],
  [
    'what the Pod may do',
    withPod({ securityContext: { runAsUser: 0 } }),
    'Pod',
    'securityContext.runAsUser added (0)',
  ],
  ['where it may run', withPod({ nodeSelector: { a: 'b' } }), 'Pod', 'nodeSelector added'],
  [
    'a label',
    { ...template, metadata: { labels: { ...labels, tier: 'x' } } },
    'labels and annotations',
    'label tier added',
  ],
  [
    'an annotation',
    { ...template, metadata: { labels, annotations: { 'vault/agent-inject': 'true' } } },
    'labels and annotations',
    'annotation vault/agent-inject added',
  ],
  [
    'a container that is gone',
    template,
    'container proxy',
    'removed',
    withPod({ containers: [foo, sidecar] }),
  ],
  [
    'a container that is new',
    withPod({ containers: [foo, sidecar] }),
    'container proxy',
    'added; env TOKEN added (a value)',
  ],
  [
    'an init container that is new',
    withPod({ initContainers: [{ name: 'migrate', image: 'migrate:v1' }] }),
    'init container migrate',
    'added',
  ],
] as readonly (readonly [string, JsonObject, string, string, JsonObject?])[])
  test(`${name} is told`, () => {
    const told = facts(after, before)
    assert.equal(told[subject], want)
    assert.match(told['Pod template'] ?? '', /^[1-9]\d* differences?, each named here$/)
    assert.doesNotMatch(JSON.stringify(told), /password|debug|"secret"/)
  })

/** One variable changed or added. */
function env(name: string, value: object): JsonObject {
  const others = foo.env.filter((one) => one.name !== name)
  const isThere = others.length < foo.env.length
  const changed = foo.env.map((one) => (one.name === name ? { name, ...value } : one))
  return withFoo({ env: isThere ? changed : [...foo.env, { name, ...value }] })
}
