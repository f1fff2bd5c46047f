/** Pod templates of two revisions of one Rollout, and what is told of their differences. */
import { changeFacts } from '../../../src/core/gate/argo-rollouts/facts/change.ts'
import type { Revision } from '../../../src/core/gate/argo-rollouts/facts/change.ts'
import type { JsonObject } from '../../../src/core/json-object.ts'

export const foo = {
  name: 'foo',
  image: 'foo:v1',
  imagePullPolicy: 'IfNotPresent',
  terminationMessagePath: '/dev/termination-log',
  resources: { limits: { cpu: '1' } },
  env: [
    { name: 'LOG_LEVEL', value: 'info' },
    { name: 'DATABASE', valueFrom: { secretKeyRef: { name: 'db', key: 'url' } } },
  ],
}
const pod = {
  containers: [foo],
  restartPolicy: 'Always',
  serviceAccountName: 'foo',
  serviceAccount: 'foo',
}
export const labels = { app: 'foo', 'rollouts-pod-template-hash': 'old' }
export const template = { metadata: { labels }, spec: pod }

const none = { labels: {}, annotations: {} }

export function revision(name: string, value: JsonObject): Revision {
  return { name, template: { kind: 'Read', value }, transient: none }
}

export function facts(after: JsonObject, before: JsonObject = template): Readonly<Record<string, string>> {
  const stable = revision('foo-old', before)
  return Object.fromEntries(
    changeFacts({ stable, updated: revision('foo-new', after) }).map(({ name, value }) => [name, value]),
  )
}

export const withPod = (changes: object, before: object = pod): JsonObject => ({
  ...template,
  spec: { ...before, ...changes },
})
export const withFoo = (changes: object): JsonObject => withPod({ containers: [{ ...foo, ...changes }] })
export const sidecar = { name: 'proxy', image: 'proxy:v1', env: [{ name: 'TOKEN', value: 'secret' }] }
export const volume = (source: object): JsonObject => withPod({ volumes: [{ name: 'data', ...source }] })
