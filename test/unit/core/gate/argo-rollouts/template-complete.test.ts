/** Whatever is another in one of two Pod templates, known to the operator or not, they are not called unchanged. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../../../../src/core/json-object.ts'
import { facts, foo, template, withFoo, withPod } from '../../../../support/builders/pod-templates.ts'

const unchanged = /^unchanged/

/** As long as a name may be: a domain of 253 characters, a slash, 63 more. */
function longName(last: string): string {
  return `${'a.'.repeat(100)}example.com/${'n'.repeat(60)}${last}`
}

const pair = (value: string): JsonObject => ({ [longName('1')]: value, [longName('2')]: 'same' })

for (const [what, withPair] of [
  ['annotations', (value) => ({ ...template, metadata: { annotations: pair(value) } })],
  ['labels', (value) => ({ ...template, metadata: { labels: pair(value) } })],
  ['limits of resources', (value) => withFoo({ resources: { limits: pair(value) } })],
  ['fields of the Pod', (value) => withPod(pair(value))],
  ['fields of a container', (value) => withFoo(pair(value))],
] as const satisfies readonly (readonly [string, (value: string) => JsonObject])[])
  test(`two ${what} whose long names begin alike are compared, each by its own name`, () => {
    assert.match(facts(withPair('2'), withPair('1'))['Pod template'] ?? '', /^1 difference/)
  })

const rich = {
  metadata: { labels: { app: 'foo' }, annotations: { 'company.com/a': '1' }, creationTimestamp: null },
  spec: {
    ...template.spec,
    initContainers: [{ name: 'init', image: 'init:v1', command: ['sh'], restartPolicy: 'Always' }],
    containers: [
      {
        ...foo,
        args: ['-v'],
        envFrom: [{ prefix: 'A_', configMapRef: { name: 'c', optional: true } }],
        ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }],
        volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true, subPath: 'x' }],
        securityContext: { privileged: false, capabilities: { add: ['A'], drop: ['ALL'] } },
        livenessProbe: { httpGet: { path: '/', port: 80, httpHeaders: [{ name: 'a', value: 'b' }] } },
        lifecycle: { preStop: { exec: { command: ['x'] } } },
      },
      { name: 'proxy', image: 'proxy:v1', imagePullPolicy: 'Always' },
    ],
    volumes: [
      { name: 'v', projected: { sources: [{ secret: { name: 's', items: [{ key: 'k', path: 'p' }] } }] } },
      { name: 'w', hostPath: { path: '/', type: 'Directory' } },
    ],
    securityContext: { runAsUser: 1, sysctls: [{ name: 'a', value: '1' }] },
    tolerations: [{ key: 'a', operator: 'Exists' }],
    affinity: { nodeAffinity: { x: [1, { y: null }] } },
    hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
  },
}

/** Where in a value something can be another: each member of an object, each item of a list. */
function places(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, member]) => places(member, [...path, key]))]
}

function changed(
  value: unknown,
  [key, ...below]: readonly string[],
  change: (old: unknown) => unknown,
): unknown {
  if (key === undefined) return change(value)
  const copy: unknown = structuredClone(value)
  const holder = copy as Record<string, unknown>
  holder[key] = changed(holder[key], below, change)
  return copy
}

const another = (old: unknown): unknown => {
  if (typeof old === 'string') return `${old}x`
  if (typeof old === 'number') return old + 1
  if (typeof old === 'boolean') return !old
  if (Array.isArray(old)) return [...(old as unknown[]), 'added']
  return { ...(old as object | null), added: 'x' }
}

for (const path of places(rich).filter(([first]) => first !== undefined))
  test(`another ${path.join('.')} is a difference, in both directions`, () => {
    const after = changed(rich, path, another) as JsonObject
    assert.doesNotMatch(facts(after, rich)['Pod template'] ?? '', unchanged)
    assert.doesNotMatch(facts(rich, after)['Pod template'] ?? '', unchanged)
  })

for (const [field, value, said] of [
  ['imagePullPolicy', 'Never', 'imagePullPolicy added (Never)'],
  ['terminationMessagePath', '/tmp/x', 'terminationMessagePath added'],
  ['terminationMessagePolicy', 'FallbackToLogsOnError', 'terminationMessagePolicy added'],
] as const)
  test(`a new container with ${field} ${value}, which is no default, is told with it`, () => {
    const told = facts(withPod({ containers: [foo, { name: 'new', image: 'new:v1', [field]: value }] }))
    assert.equal(told['container new'], `added; ${said}`)
  })
