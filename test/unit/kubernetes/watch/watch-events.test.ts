import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubernetesObject } from '../../../../src/api/objects.ts'
import { watchEvents } from '../../../../src/kubernetes/watch/watch-events.ts'

const metadata = { name: 'a', resourceVersion: '7' }
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata }
const end = { metadata: { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } } }

for (const [name, line, want] of [
  ['ADDED is a change', { type: 'ADDED', object }, { kind: 'Changed', object, resourceVersion: '7' }],
  ['MODIFIED is a change', { type: 'MODIFIED', object }, { kind: 'Changed', object, resourceVersion: '7' }],
  ['DELETED is a deletion', { type: 'DELETED', object }, { kind: 'Deleted', object, resourceVersion: '7' }],
  [
    'a bookmark says how far',
    { type: 'BOOKMARK', object },
    { kind: 'Bookmark', isSynced: false, resourceVersion: '7' },
  ],
  [
    'one bookmark ends the beginning',
    { type: 'BOOKMARK', object: end },
    { kind: 'Bookmark', isSynced: true, resourceVersion: '9' },
  ],
] as const) {
  test(name, async () => {
    assert.deepEqual(await eventsOf(line), [want])
  })
}

for (const [name, line, want] of [
  [
    '410 in the stream',
    { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } },
    { code: 'ERR_KUBERNETES_API', status: 410, reason: 'Expired' },
  ],
  [
    '429 in the stream says when',
    { type: 'ERROR', object: { kind: 'Status', code: 429, details: { retryAfterSeconds: 3 } } },
    { status: 429, retryAfterSeconds: 3 },
  ],
  ['an unknown type is an error', { type: 'SURPRISE', object }, { code: 'ERR_KUBERNETES_ANSWER' }],
  ['an object without a name is an error', { type: 'ADDED', object: {} }, { code: 'ERR_KUBERNETES_ANSWER' }],
  [
    'an object without a version is an error',
    { type: 'ADDED', object: { metadata: { name: 'a' } } },
    { code: 'ERR_KUBERNETES_ANSWER' },
  ],
  ['a line that is no object is an error', 7, { code: 'ERR_KUBERNETES_ANSWER' }],
] as const) {
  test(name, async () => {
    await assert.rejects(eventsOf(line), want)
  })
}

async function eventsOf(line: unknown): Promise<unknown[]> {
  const stream = ReadableStream.from([Buffer.from(`${JSON.stringify(line)}\n`)])
  const events: unknown[] = []
  for await (const event of watchEvents<KubernetesObject>(stream)) events.push(event)
  return events
}
