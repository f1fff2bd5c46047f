import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubernetesObject } from '../../../../src/api/objects.ts'
import { KubernetesApiError } from '../../../../src/kubernetes/client/api-error.ts'
import type { Listable } from '../../../../src/kubernetes/watch/listing.ts'
import { Reflector } from '../../../../src/kubernetes/watch/reflector.ts'
import type { ReflectorReport } from '../../../../src/kubernetes/watch/reflector.ts'
import type { WatchEvent } from '../../../../src/kubernetes/watch/watch-events.ts'
import { systemClock } from '../../../../src/runtime/clock.ts'

test('an object that cannot be read is left out, and keeps nobody else out', async (t) => {
  const reports: ReflectorReport[] = []
  const reflector = new Reflector<KubernetesObject>({
    source: watching([changed('a', 1), changed('broken', 2), changed('b', 3), synced(4)]),
    clock: systemClock,
    project: (object) => {
      if (object.metadata.name === 'broken') throw new TypeError('containers.map is not a function')
      return object
    },
    onReport: (report) => reports.push(report),
  })
  t.after(() => reflector.stop())
  reflector.start()
  await reflector.hasSynced
  assert.deepEqual(reflector.names(), ['demo/a', 'demo/b'])
  const [unreadable] = reports.filter(({ kind }) => kind === 'Unreadable')
  assert.ok(unreadable?.kind === 'Unreadable')
  assert.deepEqual(unreadable.object, { namespace: 'demo', name: 'broken' })
})

test('pages follow the size of what they bring', async (t) => {
  const limits: (number | undefined)[] = []
  let page = 0
  const refused = Object.assign(new Error('no'), {})
  const source: Listable<KubernetesObject> = {
    list: ({ limit } = {}) => {
      limits.push(limit)
      page += 1
      const items = Array.from({ length: page === 1 ? 8 : 16 }, (_, index) => object(`${page}-${index}`, 1))
      return Promise.resolve({ items, resourceVersion: '9', continue: page < 3 ? 'more' : undefined })
    },
    watch: ({ signal }) => {
      if (page === 0) return Promise.reject(new KubernetesApiError(notOffered))
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(refused)
        })
      })
    },
  }
  const reflector = new Reflector<KubernetesObject>({ source, clock: systemClock })
  t.after(() => reflector.stop())
  reflector.start()
  await reflector.hasSynced
  assert.deepEqual([limits, reflector.size], [[500, 16, 32], 40])
})

const notOffered = { status: 422, reason: 'Invalid', message: 'no', retryAfterSeconds: undefined }

function watching(events: readonly WatchEvent<KubernetesObject>[]): Listable<KubernetesObject> {
  return {
    list: () => Promise.reject(new Error('not asked for')),
    watch: ({ signal }) => Promise.resolve(follow(events, signal)),
  }
}

async function* follow(
  events: readonly WatchEvent<KubernetesObject>[],
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<KubernetesObject>> {
  yield* events
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve)
  })
}

function changed(name: string, version: number): WatchEvent<KubernetesObject> {
  return { kind: 'Changed', object: object(name, version), resourceVersion: String(version) }
}

function synced(version: number): WatchEvent<KubernetesObject> {
  return { kind: 'Bookmark', isSynced: true, resourceVersion: String(version) }
}

function object(name: string, version: number): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'demo', name, resourceVersion: String(version) },
  }
}
